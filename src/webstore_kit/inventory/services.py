"""Writes of stock. Nothing else in the code base writes the table `stock`."""

from webstore_kit.catalog.models import Stock


def set_stock(product_id: int, quantity: int) -> None:
    """Say how many of the product there are."""
    (
        Stock.insert(product=product_id, quantity=quantity)
        .on_conflict(conflict_target=[Stock.product], preserve=[Stock.quantity])
        .execute()
    )


def take_stock(product_id: int, quantity: int) -> bool:
    """Take that many of the product; answers False, and takes nothing, where there are not so many.

    The condition is in the UPDATE, so that of two buyers of the last one only one gets it.
    """
    enough = Stock.quantity >= quantity
    taken = Stock.update(quantity=Stock.quantity - quantity).where(Stock.product == product_id, enough).execute()
    return bool(taken)
