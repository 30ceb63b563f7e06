"""What a cart costs: the providers of the shop are asked, and their answers checked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from webstore_kit.core.database import Row
from webstore_kit.core.money import to_minor
from webstore_kit.core.providers import NOTHING, NOWHERE, UNTAXED, Basket, Destination, Line, Tax
from webstore_kit.core.store import Store


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to."""

    subtotal: Decimal = NOTHING
    shipping: Decimal = NOTHING
    tax: Tax = UNTAXED

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.subtotal + self.shipping + (NOTHING if self.tax.is_included else self.tax.amount)


def basket(store: Store, customer_id: int, rows: Sequence[Row], destination: Destination = NOWHERE) -> Basket:
    """The cart's lines, of rows of `queries.cart_lines`, each at the price that the customer pays."""
    lines = tuple(Line(row["product_number"], row["title"], row["quantity"], row["price"]) for row in rows)
    listed = Basket(customer_id, lines, destination)
    prices = store.providers.price_rule.prices(store, listed)
    priced = [replace(line, price=_amount(price)) for line, price in zip(lines, prices, strict=True)]
    return replace(listed, lines=tuple(priced))


def priced(store: Store, rows: Sequence[Row]) -> list[Row]:
    """The rows of the lines of one open cart, of `queries`, each with the `price` that the customer pays."""
    if not rows:
        return []
    lines = basket(store, rows[0]["customer"], rows).lines
    return [{**row, "price": line.price} for row, line in zip(rows, lines, strict=True)]


def totals(store: Store, priced: Basket) -> Totals:
    """What the basket comes to; nothing where it is empty."""
    if not priced.lines:
        return Totals()
    shipping = _amount(store.providers.shipping.cost(store, priced))
    tax = store.providers.tax.tax(store, priced, shipping)
    return Totals(priced.subtotal, shipping, Tax(_amount(tax.amount), tax.is_included))


def _amount(amount: Decimal) -> Decimal:
    """The amount, with two decimals; ValueError where a provider answers what is none."""
    if amount < 0:
        raise ValueError(f"an amount below 0: {amount}")
    to_minor(amount)
    return amount.quantize(NOTHING)
