"""The inventory: how many of each product are on hand, and the one place that changes it."""
