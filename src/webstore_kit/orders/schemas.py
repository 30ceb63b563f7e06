"""Bodies and answers of carts and orders, and how their endpoints write a 400."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, TypedDict

from webstore_kit.core.clock import iso_text
from webstore_kit.core.database import Row
from webstore_kit.core.errors import StoreError
from webstore_kit.core.money import money_text
from webstore_kit.http.fields import Digits, Email, Form, Text, WholeNumber
from webstore_kit.orders.pricing import Totals

Line = Annotated[str, Text(max_length=200)]


class CartUpdate(Form):
    """How many of a product shall be in the customer's cart; 0 takes it out."""

    token: Line
    product_id: Annotated[int, WholeNumber()]
    quantity: Annotated[int, WholeNumber(minimum=0)]


class Checkout(Form):
    """Who buys and where it goes. `post_code` and `phone` are text, as zeros in front of them count."""

    token: Line
    first_name: Line
    last_name: Line
    email: Annotated[str, Email()]
    country: Line
    city: Line
    post_code: Annotated[str, Digits(max_length=32)]
    address: Line
    phone: Annotated[str, Digits(max_length=32, blank=True, null=True)] = ""

    def digest(self) -> str:
        """The same for the same request sent again, as JSON or as a form."""
        return sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()


class CartUpdated(TypedDict):
    """How many lines the cart has now."""

    status: bool
    cart_items_count: int


class CartLineOut(TypedDict):
    """A line of the open cart, at today's price."""

    id: int
    price: str
    quantity: int
    order: int
    product: int


class CartTotals(TypedDict):
    """What the open cart comes to; a tax that is included is in the prices already, and adds nothing to the total."""

    subtotal: str
    shipping: str
    tax: str
    tax_is_included: bool
    total: str


class OrderLineOut(TypedDict):
    """A line of an order in a list; `product` is the title."""

    order_id: int
    product_id: int
    price: str
    quantity: int
    product: str


class OrderOut(TypedDict):
    """An order, or the open cart, in a list."""

    id: int
    is_ordered: bool
    time_created: str
    time_checkout: str | None
    time_delivery: str | None
    products: list[OrderLineOut]


class OrderPlaced(TypedDict):
    """An order as the checkout answers it."""

    id: int
    time_created: str
    time_checkout: str | None
    time_delivery: str | None
    is_ordered: bool
    customer: int
    customer_shipping_address: int


def cart_line_out(row: Row) -> CartLineOut:
    """A line of the open cart, of a row of `queries.cart_lines`."""
    return {
        "id": row["id"],
        "price": money_text(row["price"]),
        "quantity": row["quantity"],
        "order": row["order"],
        "product": row["product_number"],
    }


def cart_totals(totals: Totals) -> CartTotals:
    """What a cart comes to."""
    return {
        "subtotal": money_text(totals.subtotal),
        "shipping": money_text(totals.shipping),
        "tax": money_text(totals.tax.amount),
        "tax_is_included": totals.tax.is_included,
        "total": money_text(totals.total),
    }


def order_out(row: Row, lines: list[Row]) -> OrderOut:
    """An order with its lines, of rows of `queries.orders_of` and `queries.lines_of`."""
    return {
        "id": row["id"],
        "is_ordered": row["is_ordered"],
        "time_created": iso_text(row["time_created"]),
        "time_checkout": _time(row["time_checkout"]),
        "time_delivery": _time(row["time_delivery"]),
        "products": [_order_line_out(line) for line in lines],
    }


def order_placed(row: Row) -> OrderPlaced:
    """An order, of a row of `queries.order`."""
    return {
        "id": row["id"],
        "time_created": iso_text(row["time_created"]),
        "time_checkout": _time(row["time_checkout"]),
        "time_delivery": _time(row["time_delivery"]),
        "is_ordered": row["is_ordered"],
        "customer": row["customer"],
        "customer_shipping_address": row["shipping_address"],
    }


def cart_refusal(error: StoreError) -> Mapping[str, Any]:
    """A 400 as the cart writes it."""
    return {"status": False, **checkout_refusal(error)}


def checkout_refusal(error: StoreError) -> Mapping[str, Any]:
    """A 400 as the checkout writes it."""
    return {"error": error.detail, **({"errors": error.fields} if error.fields else {})}


def _order_line_out(row: Row) -> OrderLineOut:
    return {
        "order_id": row["order"],
        "product_id": row["product_number"],
        "price": money_text(row["price"]),
        "quantity": row["quantity"],
        "product": row["title"],
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso_text(moment)
