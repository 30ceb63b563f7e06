"""Customers: their tokens, users, addresses; registration, passwords and tokens of access."""
