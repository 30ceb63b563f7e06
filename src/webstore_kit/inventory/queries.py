"""Reads of stock."""

from webstore_kit.catalog.models import Stock


def available(product_id: int) -> int:
    """How many of the product can be bought now."""
    return int(Stock.select(Stock.quantity).where(Stock.product == product_id).scalar() or 0)
