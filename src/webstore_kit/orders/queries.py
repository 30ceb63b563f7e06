"""Reads of carts and orders. All of them run inside `store.snapshot()` or `.transaction()`."""

from datetime import datetime
from typing import Any

from peewee import JOIN, Case, fn

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import Row, first_row, rows
from webstore_kit.customers.models import Customer
from webstore_kit.orders.models import Order, OrderLine

# While the cart is open a line shows the product as it is today; of a deleted one, as it was last seen.
_open_now = ((Order.is_ordered, OrderLine.price),)
PRICE = Case(None, _open_now, fn.COALESCE(Product.price, OrderLine.price))
LINE = (
    OrderLine.id,
    OrderLine.order,
    OrderLine.product,
    OrderLine.product_number,
    OrderLine.quantity,
)


def open_cart(customer_id: int) -> int | None:
    """The id of the customer's open cart."""
    query = Order.select(Order.id).where(Order.customer == customer_id, ~Order.is_ordered)
    cart_id: int | None = query.scalar()
    return cart_id


def cart_lines(cart_id: int) -> list[Row]:
    """The lines of an open cart with today's titles and prices, oldest first."""
    return rows(_lines().where(OrderLine.order == cart_id))


def cart_lines_of_token(token: str) -> list[Row]:
    """The lines of the open cart of the customer with this token; none where the token is unknown."""
    query = _lines().join_from(Order, Customer).where(Customer.token == token, ~Order.is_ordered)
    return rows(query)


def line_count(cart_id: int | None) -> int:
    """How many lines a cart has."""
    return int(OrderLine.select().where(OrderLine.order == cart_id).count())


def orders_of(user_id: int) -> list[Row]:
    """The orders of the user's customer, the open cart among them, oldest first."""
    query = Order.select(Order).join(Customer).where(Customer.user == user_id)
    return rows(query.order_by(Order.id))


def lines_of(user_id: int) -> dict[int, list[Row]]:
    """The lines of all orders of the user's customer, by the order's id, oldest first."""
    query = _lines().join_from(Order, Customer).where(Customer.user == user_id)
    lines: dict[int, list[Row]] = {}
    for row in rows(query):
        lines.setdefault(row["order"], []).append(row)
    return lines


def order(order_id: int) -> Row:
    """One order."""
    return rows(Order.select().where(Order.id == order_id))[0]


def order_finished_by(customer_id: int, digest: str, since: datetime) -> Row | None:
    """The newest order of the customer that a request with this digest finished since then."""
    query = Order.select().where(
        Order.customer == customer_id,
        Order.is_ordered,
        Order.checkout_digest == digest,
        Order.time_checkout >= since,
    )
    return first_row(query.order_by(Order.id.desc()))


def _lines() -> Any:
    title = Case(None, ((Order.is_ordered, OrderLine.title),), fn.COALESCE(Product.title, OrderLine.title))
    query = OrderLine.select(*LINE, title.alias("title"), PRICE.converter(OrderLine.price.python_value).alias("price"))
    return query.join(Order).join_from(OrderLine, Product, JOIN.LEFT_OUTER).order_by(OrderLine.id)
