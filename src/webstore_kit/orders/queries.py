"""Reads of carts and orders. All of them run inside `store.snapshot()` or `.transaction()`."""

from datetime import datetime
from typing import Any

from peewee import JOIN, Case, fn

from webstore_kit.catalog.models import Product, Stock
from webstore_kit.core.database import Row, first_row, keeping, rows
from webstore_kit.core.prepared import prepared
from webstore_kit.customers.models import Address, Customer
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
    Order.customer,
)


def open_cart(customer_id: int) -> int | None:
    """The id of the customer's open cart."""
    cart_id: int | None = _open_cart.scalar(customer=customer_id)
    return cart_id


def cart_lines(cart_id: int) -> list[Row]:
    """The lines of an open cart with today's titles and prices, oldest first.

    `is_sold` says whether the shop still sells the product.
    """
    return _cart_lines.rows(cart=cart_id)


def cart_lines_of_token(token: str) -> list[Row]:
    """The lines of the open cart of the customer with this token; none where the token is unknown."""
    return _cart_lines_of_token.rows(token=token)


def line_count(cart_id: int | None) -> int:
    """How many lines a cart has."""
    return int(_line_count.scalar(cart=cart_id))


def product_to_sell(product_id: int) -> Row | None:
    """The product with `id`, `title`, `price`, `is_active`, and the `quantity` on hand."""
    return _product_to_sell.row(product=product_id)


def order_finished_by(customer_id: int, digest: str, since: datetime) -> Row | None:
    """The newest order of the customer that a request with this digest finished since then."""
    return _order_finished_by.row(customer=customer_id, digest=digest, since=since)


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


def newest_orders(limit: int) -> list[Row]:
    """The newest finished orders: each with its customer, its address, how many `pieces` it has, and its `total`."""
    return rows(_orders().order_by(Order.time_checkout.desc(), Order.id.desc()).limit(limit))


def order_of_number(number: str) -> Row | None:
    """The finished order of this number, as in `newest_orders`."""
    return first_row(_orders().where(Order.number == number))


def order_lines(order_id: int) -> list[Row]:
    """The lines of a finished order, oldest first."""
    return rows(_lines().where(OrderLine.order == order_id))


def numbers_of_orders_with(product_id: int) -> dict[int, str]:
    """The numbers of the finished orders that have this product, by their ids."""
    query = Order.select(Order.id, Order.number).join(OrderLine).where(OrderLine.product == product_id)
    return {row["id"]: row["number"] for row in rows(query.where(Order.is_ordered))}


def _orders() -> Any:
    added = Case(None, ((Order.tax_is_included, 0),), Order.tax)
    total = fn.COALESCE(fn.SUM(OrderLine.price * OrderLine.quantity), 0) + Order.shipping + added
    sums = (
        fn.COALESCE(fn.SUM(OrderLine.quantity), 0).alias("pieces"),
        total.converter(OrderLine.price.python_value).alias("total"),
    )
    who = Customer.first_name, Customer.last_name, Customer.email, Customer.phone
    where = Address.address, Address.post_code, Address.city, Address.country
    about = Order.id, Order.number, Order.time_checkout, Order.shipping, Order.tax, Order.tax_is_included
    query = Order.select(*about, *who, *where, *sums).where(Order.is_ordered)
    query = query.join(Customer).join_from(Order, Address, JOIN.LEFT_OUTER).join_from(Order, OrderLine, JOIN.LEFT_OUTER)
    return query.group_by(Order.id, Customer.id, Address.id)


def _lines() -> Any:
    title = Case(None, ((Order.is_ordered, OrderLine.title),), fn.COALESCE(Product.title, OrderLine.title))
    price = PRICE.converter(OrderLine.price.python_value)
    is_sold = fn.COALESCE(Product.is_active, False)
    query = OrderLine.select(*LINE, title.alias("title"), price.alias("price"), is_sold.alias("is_sold"))
    return query.join(Order).join_from(OrderLine, Product, JOIN.LEFT_OUTER).order_by(OrderLine.id)


@prepared
def _open_cart(customer: Any) -> Any:
    return Order.select(Order.id).where(Order.customer == customer, ~Order.is_ordered)


@prepared
def _cart_lines(cart: Any) -> Any:
    return _lines().where(OrderLine.order == cart)


@prepared
def _cart_lines_of_token(token: Any) -> Any:
    return _lines().join_from(Order, Customer).where(Customer.token == token, ~Order.is_ordered)


@prepared
def _line_count(cart: Any) -> Any:
    return OrderLine.select(fn.COUNT(OrderLine.id)).where(OrderLine.order == cart)


@prepared
def _product_to_sell(product: Any) -> Any:
    on_hand = fn.COALESCE(Stock.quantity, 0).alias("quantity")
    query = Product.select(Product.id, Product.title, Product.price, Product.is_active, on_hand)
    # Kept, or the shop could delete it before it is in the cart.
    return keeping(query.join(Stock, JOIN.LEFT_OUTER).where(Product.id == product), Product)


@prepared
def _order_finished_by(customer: Any, digest: Any, since: Any) -> Any:
    same = Order.is_ordered, Order.checkout_digest == digest, Order.time_checkout >= since
    return Order.select().where(Order.customer == customer, *same).order_by(Order.id.desc()).limit(1)
