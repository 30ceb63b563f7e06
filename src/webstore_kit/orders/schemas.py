"""Bodies and answers of carts and orders, and how their endpoints write a 400."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from webstore_kit.core.clock import iso_text
from webstore_kit.core.database import Row
from webstore_kit.core.errors import StoreError
from webstore_kit.core.money import money_text
from webstore_kit.http.errors import FieldErrors
from webstore_kit.http.fields import Digits, Email, Form, Text, WholeNumber
from webstore_kit.http.values import Count, CustomerToken, Flag, Id, Money, Time
from webstore_kit.orders.pricing import Totals

Line = Annotated[str, Text(max_length=200)]
Token = Annotated[CustomerToken, Text(max_length=200)]


class CartUpdate(Form):
    """How many of a product shall be in the customer's cart; 0 takes it out."""

    token: Token
    product_id: Annotated[int, WholeNumber(), Field(examples=[5])]
    quantity: Annotated[int, WholeNumber(minimum=0), Field(examples=[2])]


class Checkout(Form):
    """Who buys and where it goes. `post_code` and `phone` are text, as zeros in front of them count."""

    token: Token
    first_name: Annotated[Line, Field(examples=["Ann"])]
    last_name: Annotated[Line, Field(examples=["Lee"])]
    email: Annotated[str, Email(), Field(examples=["ann@example.com"])]
    country: Annotated[Line, Field(examples=["France"])]
    city: Annotated[Line, Field(examples=["Paris"])]
    post_code: Annotated[str, Digits(max_length=32), Field(examples=["01001"])]
    address: Annotated[Line, Field(examples=["1 rue X"])]
    phone: Annotated[str, Digits(max_length=32, blank=True, null=True), Field(examples=["0033123456"])] = ""

    def digest(self) -> str:
        """The same for the same request sent again, as JSON or as a form."""
        return sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()


class CartCount(TypedDict):
    """How many lines the cart has now."""

    status: Flag
    cart_items_count: Annotated[Count, Field(description="How many lines; not how many pieces.")]


class CartLineOut(TypedDict):
    """A line of the open cart, at today's price."""

    id: Id
    price: Money
    quantity: Count
    order: Annotated[Id, Field(description="The id of the cart, which the order will keep.")]
    product: Annotated[Id, Field(description="The id of the product.")]


class CartTotals(TypedDict):
    """What the open cart comes to; a tax that is included is in the prices already, and adds nothing to the total."""

    subtotal: Money
    shipping: Money
    tax: Money
    tax_is_included: Flag
    total: Money


class OrderLineOut(TypedDict):
    """A line of an order in a list; `product` is the title."""

    order_id: Id
    product_id: Id
    price: Money
    quantity: Count
    product: Annotated[str, Field(description="The title of the product.", examples=["Kettle"])]


class OrderOut(TypedDict):
    """An order, or the open cart, in a list."""

    id: Id
    is_ordered: Annotated[Flag, Field(description="False for the open cart.")]
    time_created: Time
    time_checkout: Time | None
    time_delivery: Annotated[Time | None, Field(examples=[None])]
    products: list[OrderLineOut]


class CheckoutOut(TypedDict):
    """An order as the checkout answers it."""

    id: Id
    time_created: Time
    time_checkout: Time | None
    time_delivery: Annotated[Time | None, Field(examples=[None])]
    is_ordered: Annotated[Flag, Field(description="False for the open cart.")]
    customer: Annotated[Id, Field(description="The id of the customer.")]
    customer_shipping_address: Annotated[Id, Field(description="The id of the address.")]


class CheckoutRefused(TypedDict):
    """Why there is no order."""

    error: Annotated[str, Field(description="A sentence for people.", examples=["The cart is empty."])]
    errors: Annotated[NotRequired[FieldErrors], Field(description="The fields at fault, where there are any.")]


class CartRefused(CheckoutRefused):
    """Why the cart is as it was."""

    status: Annotated[Flag, Field(description="Always false.", examples=[False])]


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


def checkout_out(row: Row) -> CheckoutOut:
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


def cart_refusal(error: StoreError) -> CartRefused:
    """A 400 as the cart writes it."""
    return {"status": False, **checkout_refusal(error)}


def checkout_refusal(error: StoreError) -> CheckoutRefused:
    """A 400 as the checkout writes it."""
    if not error.fields:
        return {"error": error.detail}
    return {"error": error.detail, "errors": {name: list(messages) for name, messages in error.fields.items()}}


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
