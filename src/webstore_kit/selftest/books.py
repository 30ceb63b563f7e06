"""The books: what the database says of orders and stock once the servers have stopped."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from peewee import JOIN, fn

from webstore_kit.catalog.models import Stock
from webstore_kit.core.database import rows
from webstore_kit.core.store import Store
from webstore_kit.customers.models import Address, Customer
from webstore_kit.inventory.models import LedgerEntry, Reason
from webstore_kit.orders.models import Order, OrderLine

Sales = Counter[tuple[int, int, int]]
"""Order, product, and how many."""


@dataclass(frozen=True)
class Bought:
    """A finished order."""

    number: str | None
    token: str
    """Its customer's."""
    address: str | None


@dataclass(frozen=True)
class Books:
    """Everything that the self-test compares."""

    orders: Mapping[int, Bought]
    lines: Sales
    """Of the finished orders."""
    stock: Mapping[int, int]
    ledger: Mapping[int, int]
    """What the changes of each product add up to."""
    sales: Sales
    """As the ledger has them."""

    @cached_property
    def baskets(self) -> Mapping[int, Mapping[int, int]]:
        """What was bought with each order: products, and how many of each."""
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for order, product, units in self.lines.elements():
            found[order][product] = units
        return found

    @cached_property
    def sold(self) -> Counter[int]:
        """How many of each product are in the finished orders."""
        found: Counter[int] = Counter()
        for _, product, units in self.lines.elements():
            found[product] += units
        return found


def read(store: Store) -> Books:
    """The books of the store, all of one moment."""
    with store.snapshot():
        return Books(orders=_orders(), lines=_lines(), stock=_stock(), ledger=_ledger(), sales=_sales())


def _orders() -> dict[int, Bought]:
    query = Order.select(Order.id, Order.number, Customer.token, Address.address).join(Customer)
    query = query.join_from(Order, Address, JOIN.LEFT_OUTER).where(Order.is_ordered)
    return {row["id"]: Bought(row["number"], row["token"], row["address"]) for row in rows(query)}


def _lines() -> Sales:
    query = OrderLine.select(OrderLine.order, OrderLine.product_number, OrderLine.quantity).join(Order)
    return Counter(_tuples(query.where(Order.is_ordered)))


def _stock() -> dict[int, int]:
    return dict(_tuples(Stock.select(Stock.product, Stock.quantity)))


def _ledger() -> dict[int, int]:
    total = fn.SUM(LedgerEntry.change)
    return dict(_tuples(LedgerEntry.select(LedgerEntry.product_id, total).group_by(LedgerEntry.product_id)))


def _sales() -> Sales:
    query = LedgerEntry.select(LedgerEntry.order_id, LedgerEntry.product_id, LedgerEntry.change)
    sales = _tuples(query.where(LedgerEntry.reason == Reason.SALE))
    return Counter((order, product, -change) for order, product, change in sales)


def _tuples(query: Any) -> Iterable[Any]:
    found: Iterable[Any] = query.tuples()
    return found
