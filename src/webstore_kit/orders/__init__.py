"""Carts and orders: one row that is a cart while it is open and an order from checkout on."""
