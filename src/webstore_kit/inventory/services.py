"""Writes of stock. Nothing else in the code base writes the tables `stock` and `stock_ledger`, but for `adoption`."""

from collections.abc import Mapping
from typing import Any

from peewee import Value

from webstore_kit.catalog.models import Product, Stock
from webstore_kit.core import bulk
from webstore_kit.core.database import among, keeping, locking, tuples
from webstore_kit.core.errors import NotFound
from webstore_kit.core.fields import UtcDateTimeField
from webstore_kit.core.prepared import prepared
from webstore_kit.core.providers import wrong
from webstore_kit.core.store import Store
from webstore_kit.inventory.events import StockChanged
from webstore_kit.inventory.models import LedgerEntry, Reason

MOST = 2**31 - 1
"""The most pieces that a line, or the stock, can have."""


def change_stock(store: Store, product_id: int, change: int, reason: str, order_id: int | None = None) -> bool:
    """Add to the stock of a product, or take from it, and enter that in the ledger.

    Answers False, and changes nothing, where there is not so much to take. The condition is in the UPDATE, so that of
    two buyers of the last one only one gets it.
    """
    return _changed(store, product_id, change, reason, order_id)


def take_stock(store: Store, product_id: int, quantity: int, order_id: int) -> bool:
    """Sell that many of the product; answers False, and takes nothing, where there are not so many to be sold."""
    kept_back = _kept_back(store, product_id)
    if kept_back is None:
        return True
    return _changed(store, product_id, -quantity, Reason.SALE, order_id, at_least=kept_back)


def sellable(store: Store, product_id: int, on_hand: int) -> int:
    """How many of the product may be sold where so many are on hand."""
    kept_back = _kept_back(store, product_id)
    return MOST if kept_back is None else max(0, on_hand - kept_back)


def _kept_back(store: Store, product_id: int) -> int | None:
    policy = store.providers.stock_policy
    kept_back = policy.kept_back(store, product_id)
    if kept_back is not None and (type(kept_back) is not int or kept_back < 0):
        raise wrong("stock_policy", policy, f"{kept_back!r}, no number of pieces from 0")
    return kept_back


def _changed(store: Store, product_id: int, change: int, reason: str, order_id: int | None, at_least: int = 0) -> bool:
    quantity: int | None = _change.scalar(product=product_id, change=change, at_least=at_least)
    if quantity is None:
        return False
    _enter.execute(product=product_id, change=change, reason=reason, order=order_id, now=store.now())
    store.publish(StockChanged(product_id, quantity, change, str(reason)))
    return True


def set_stock(store: Store, product_id: int, quantity: int, reason: str = Reason.COUNT) -> int:
    """Say how many of the product there are; answers how many there were. Raises NotFound."""
    if keeping(Product.select(Product.id).where(Product.id == product_id), Product).scalar() is None:
        raise NotFound(f"There is no product {product_id}.")
    Stock.insert(product=product_id, quantity=0).on_conflict_ignore().execute()
    # Locked, so that nobody buys one between the reading and the change.
    before = int(locking(Stock.select(Stock.quantity).where(Stock.product == product_id)).scalar())
    if quantity != before:
        change_stock(store, product_id, quantity - before, reason)
    return before


def set_stocks(store: Store, quantities: Mapping[int, int], reason: str = Reason.COUNT) -> None:
    """Say of many products, by id, how many there are. The products are there, and stay until the transaction ends."""
    ids = sorted(quantities)
    known = locking(
        Stock.select(Stock.product, Stock.quantity).where(among(Stock.product, ids)).order_by(Stock.product)
    )
    before = dict(tuples(known))
    new = [(number, quantities[number]) for number in ids if number not in before and quantities[number]]
    changed = [(quantities[number], number) for number in before if quantities[number] != before[number]]
    bulk.insert(Stock, ["product_id", "quantity"], new)
    bulk.update(Stock, ["quantity"], changed, by="product_id")
    now = UtcDateTimeField().db_value(store.now())
    entries = [*new, *((number, quantity - before[number]) for quantity, number in changed)]
    rows = [(number, change, reason, now) for number, change in entries]
    bulk.insert(LedgerEntry, ["product_id", "change", "reason", "time"], rows)
    if store.events.heeds(StockChanged):
        for number, change in entries:
            store.publish(StockChanged(number, quantities[number], change, str(reason)))


def open_ledger(store: Store) -> None:
    """Enter the stock of a store whose stock was written in bulk, and which has no ledger yet."""
    now = Value(store.now(), UtcDateTimeField().db_value)
    entries = Stock.select(Stock.product, Stock.quantity, Value(Reason.OPENING.value), now).where(Stock.quantity > 0)
    columns = [LedgerEntry.product_id, LedgerEntry.change, LedgerEntry.reason, LedgerEntry.time]
    LedgerEntry.insert_from(entries.order_by(Stock.product), columns).execute()


@prepared
def _change(product: Any, change: Any, at_least: Any) -> Any:
    enough = Stock.quantity + change >= at_least
    changed = Stock.update(quantity=Stock.quantity + change).where(Stock.product == product, enough)
    return changed.returning(Stock.quantity)


@prepared
def _enter(product: Any, change: Any, reason: Any, order: Any, now: Any) -> Any:
    entry = {"product_id": product, "change": change, "reason": reason, "order_id": order, "time": now}
    return LedgerEntry.insert(entry)
