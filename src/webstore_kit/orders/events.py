"""What happens to carts and orders."""

from dataclasses import dataclass
from decimal import Decimal

from webstore_kit.core.events import Event
from webstore_kit.core.providers import Destination, Line, Tax


@dataclass(frozen=True)
class CartUpdated(Event):
    """A customer has so many of a product in the cart now; 0 is none any more."""

    customer_id: int
    product_id: int
    quantity: int


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A customer has bought what was in the cart."""

    order_id: int
    number: str
    customer_id: int
    email: str
    lines: tuple[Line, ...]
    destination: Destination
    subtotal: Decimal
    shipping: Decimal
    tax: Tax
    total: Decimal


@dataclass(frozen=True)
class OrderStatusChanged(Event):
    """An order is in another status: what was a "cart" is "ordered"."""

    order_id: int
    number: str
    before: str
    after: str
