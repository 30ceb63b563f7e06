"""What a cart costs: the providers of the shop are asked, and their answers checked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from webstore_kit.core.database import Row
from webstore_kit.core.money import LARGEST
from webstore_kit.core.providers import NOTHING, NOWHERE, UNTAXED, Basket, Destination, Line, Tax, wrong
from webstore_kit.core.store import Store
from webstore_kit.orders.errors import TooMuch

MOST = 1000 * LARGEST
"""The most that an order comes to: in minor units it fits a 64-bit column."""


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
    rule = store.providers.price_rule
    prices = list(rule.prices(store, listed))
    if len(prices) != len(lines):
        raise wrong("price_rule", rule, f"{len(prices)} prices for {len(lines)} lines")
    priced = [
        replace(line, price=_amount("price_rule", rule, price)) for line, price in zip(lines, prices, strict=True)
    ]
    return replace(listed, lines=tuple(priced))


def priced(store: Store, rows: Sequence[Row]) -> list[Row]:
    """The rows of the lines of one open cart, of `queries`, each with the `price` that the customer pays."""
    if not rows:
        return []
    lines = basket(store, rows[0]["customer"], rows).lines
    return [{**row, "price": line.price} for row, line in zip(rows, lines, strict=True)]


def totals(store: Store, priced: Basket) -> Totals:
    """What the basket comes to; nothing where it is empty. Raises TooMuch."""
    if not priced.lines:
        return Totals()
    shipping = store.providers.shipping
    cost = _amount("shipping", shipping, shipping.cost(store, priced))
    found = Totals(priced.subtotal, cost, _tax(store, priced, cost))
    if found.total > MOST:
        raise TooMuch
    return found


def _tax(store: Store, priced: Basket, shipping: Decimal) -> Tax:
    rule = store.providers.tax
    tax = rule.tax(store, priced, shipping)
    if not isinstance(tax, Tax):
        raise wrong("tax", rule, f"a {type(tax).__name__}, no Tax")
    return Tax(_amount("tax", rule, tax.amount), bool(tax.is_included))


def _amount(name: str, provider: object, amount: object) -> Decimal:
    """The amount, with two decimals; ExtensionError where the provider's answer is none."""
    if not isinstance(amount, Decimal):
        raise wrong(name, provider, f"a {type(amount).__name__}, no Decimal")
    if not (amount.is_finite() and 0 <= amount <= LARGEST and amount == round(amount, 2)):
        raise wrong(name, provider, f"{amount}, no amount from 0 with up to two decimals")
    return abs(amount.quantize(NOTHING))  # there is a zero below zero
