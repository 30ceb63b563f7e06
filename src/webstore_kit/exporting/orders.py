"""The finished orders, as CSV and JSON for bookkeeping and shipping.

They go out by the time of their checkout; adopted orders without one come first. All of it runs inside one
`store.snapshot()`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from peewee import JOIN

from webstore_kit.catalog.models import Product
from webstore_kit.core.clock import iso_text
from webstore_kit.core.database import rows, tuples
from webstore_kit.core.money import money_text
from webstore_kit.customers.models import Address, Customer
from webstore_kit.exporting import lines
from webstore_kit.importing.own import guarded
from webstore_kit.orders.models import Order, OrderLine

PLACES = 50_000
"""How many orders are put in their order at once: there is no index of the time, so each time all are looked at."""
BATCH = 500
"""How many orders are read at once."""
WHO = ("first_name", "last_name", "email", "phone")
WHERE = ("address", "post_code", "city", "country")
LINE = ("product_id", "sku", "title", "quantity", "price", "line_total")
COLUMNS = ("number", "time_checkout", *WHO, *WHERE, *LINE, "shipping", "tax", "order_total")
"""The columns of the CSV, which has a row for each line of an order."""
Placed = dict[str, Any]
"""An order with its customer, its address, its `lines` and `order_total`; amounts are `Decimal`."""


@dataclass(frozen=True, slots=True)
class Days:
    """From which day to which, both of them included and in UTC; None is no limit."""

    first: date | None = None
    last: date | None = None


ALWAYS = Days()


def placed(days: Days = ALWAYS) -> Iterator[Placed]:
    """The finished orders of these days. An order without a time is in no day, so it is there without limits alone."""
    ids = _ids(days)
    while batch := list(islice(ids, BATCH)):
        found, bought = _orders(batch), _lines(batch)
        for number in batch:
            yield _with_lines(found[number], bought[number])


def csv(orders: Iterable[Placed]) -> Iterator[str]:
    """The lines of a CSV file: a row for each line of an order, and one for an adopted order that has none.

    What a customer typed is guarded, so that no spreadsheet takes it for a formula.
    """
    yield lines.row(COLUMNS)
    for order in orders:
        for line in order["lines"] or [{}]:
            yield lines.row(_cell({**order, **line}.get(name)) for name in COLUMNS)


def json_list(orders: Iterable[Placed]) -> Iterator[str]:
    """The lines of a JSON list with an object for each order on its line; amounts are texts with two decimals."""
    return lines.json_list(json.dumps(order, ensure_ascii=False, default=_text) for order in orders)


FORMATS: Mapping[str, Callable[[Iterable[Placed]], Iterator[str]]] = {"csv": csv, "json": json_list}
"""What makes the lines of each format, by its name."""


def _with_lines(order: Mapping[str, Any], bought: Sequence[Mapping[str, Any]]) -> Placed:
    summed = [{**line, "line_total": line["price"] * line["quantity"]} for line in bought]
    total = sum((line["line_total"] for line in summed), Decimal("0.00"))
    total += order["shipping"] + (0 if order["tax_is_included"] else order["tax"])
    return {**order, "lines": summed, "order_total": total}


def _cell(value: Any) -> str:
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    return guarded(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return iso_text(value)
    return money_text(value) if isinstance(value, Decimal) else str(value)


# --- reads ---------------------------------------------------------------------------------------------------------


def _ids(days: Days) -> Iterator[int]:
    if days == ALWAYS:
        yield from _untimed()
    query = Order.select(Order.id, Order.time_checkout).where(Order.is_ordered, *_within(days))
    query = query.order_by(Order.time_checkout, Order.id).limit(PLACES)
    page = tuples(query)
    while page:
        yield from (number for number, _ in page)
        last, moment = page[-1]
        later = (Order.time_checkout > moment) | ((Order.time_checkout == moment) & (Order.id > last))
        page = tuples(query.where(later))


def _within(days: Days) -> Iterator[Any]:
    yield Order.time_checkout.is_null(False)
    if days.first is not None:
        yield Order.time_checkout >= datetime.combine(days.first, time.min, UTC)
    if days.last is not None:
        yield Order.time_checkout <= datetime.combine(days.last, time.max, UTC)


def _untimed() -> Iterator[int]:
    query = Order.select(Order.id).where(Order.is_ordered, Order.time_checkout.is_null()).order_by(Order.id)
    page = tuples(query.limit(PLACES))
    while page:
        yield from (number for (number,) in page)
        page = tuples(query.where(Order.id > page[-1][0]).limit(PLACES))


def _orders(ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    who = (getattr(Customer, name) for name in WHO)
    where = (getattr(Address, name) for name in WHERE)
    beside = Order.shipping, Order.tax, Order.tax_is_included
    query = Order.select(Order.id, Order.number, Order.time_checkout, *who, *where, *beside).where(Order.id.in_(ids))
    found = rows(query.join(Customer).join_from(Order, Address, JOIN.LEFT_OUTER))
    return {order["id"]: {name: value for name, value in order.items() if name != "id"} for order in found}


def _lines(ids: Sequence[int]) -> Mapping[int, list[Mapping[str, Any]]]:
    columns = OrderLine.product_number, Product.sku, OrderLine.title, OrderLine.quantity, OrderLine.price
    query = OrderLine.select(OrderLine.order, *columns).join(Product, JOIN.LEFT_OUTER).where(OrderLine.order.in_(ids))
    bought: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for order, *values in tuples(query.order_by(OrderLine.id)):
        bought[order].append(dict(zip(LINE, values, strict=False)))
    return bought
