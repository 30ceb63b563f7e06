"""Writes the catalogue and the orders to files: what goes out comes back in unchanged."""
