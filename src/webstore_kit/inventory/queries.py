"""Reads of stock and of its ledger. All of them run inside `store.snapshot()` or `.transaction()`."""

from peewee import JOIN, fn

from webstore_kit.catalog.models import Product, Stock
from webstore_kit.core.database import Row, first_row, rows
from webstore_kit.inventory.models import LedgerEntry


def available(product_id: int) -> int:
    """How many of the product can be bought now."""
    return int(Stock.select(Stock.quantity).where(Stock.product == product_id).scalar() or 0)


def levels(below: int | None = None) -> list[Row]:
    """All products with `id`, `sku`, `title` and `quantity`, the fewest first; only those with fewer than `below`."""
    quantity = fn.COALESCE(Stock.quantity, 0)
    query = Product.select(Product.id, Product.sku, Product.title, quantity.alias("quantity"))
    query = query.join(Stock, JOIN.LEFT_OUTER).order_by(quantity, Product.id)
    return rows(query if below is None else query.where(quantity < below))


def ledger(product_id: int) -> list[Row]:
    """Every change of the product's stock, oldest first, with the `quantity` that it left."""
    left = fn.SUM(LedgerEntry.change).over(order_by=[LedgerEntry.id])
    columns = LedgerEntry.time, LedgerEntry.change, LedgerEntry.reason, LedgerEntry.order_id
    query = LedgerEntry.select(*columns, left.alias("quantity")).where(LedgerEntry.product_id == product_id)
    return rows(query.order_by(LedgerEntry.id))


def product_of_name(name: str) -> Row | None:
    """The product with `id` and `title` that the shop calls so: its SKU, or `id:` and its id."""
    kind, _, digits = name.partition(":")
    known = Product.sku == name
    if kind == "id" and digits.isascii() and digits.isdigit() and len(digits) <= 18:
        known = Product.id == int(digits)
    return first_row(Product.select(Product.id, Product.title).where(known))
