"""Providers: the decisions of a shop that the store asks for, each a Protocol with a default.

An extension hands in its own; see `Extension.providers`. All but the clock and the mailer are called inside the
transaction, or the snapshot, that they decide for, so they may read the database, and must not wait for anything else.
They may refuse as the store itself does, with a Conflict say. Any other fault, or an answer that is none, undoes all
that the request did, and the client gets a 500.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, runtime_checkable
from uuid import uuid4

from webstore_kit.core.clock import utc_now
from webstore_kit.core.errors import ExtensionError

if TYPE_CHECKING:
    from webstore_kit.core.store import Store

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cart or order: so many of a product, at that price each."""

    product_id: int
    title: str
    quantity: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        """The price of all of them."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an order goes, as far as that is known: texts as the customer wrote them, empty where they are not."""

    country: str = ""
    city: str = ""
    post_code: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """What a customer is about to buy."""

    customer_id: int
    lines: tuple[Line, ...]
    destination: Destination

    @property
    def subtotal(self) -> Decimal:
        """The price of all lines."""
        return sum((line.total for line in self.lines), NOTHING)


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of an order; one that is included is in the prices already, and adds nothing to the total."""

    amount: Decimal = NOTHING
    is_included: bool = False


UNTAXED = Tax()
NOWHERE = Destination()


@runtime_checkable
class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""


@runtime_checkable
class PriceRule(Protocol):
    """Says what a customer pays for each line: prices by quantity, for members, for resellers."""

    def prices(self, store: "Store", basket: Basket) -> Sequence[Decimal]:
        """The price of one piece of each line, in the order of the lines, from 0, with up to two decimals.

        The lines have the prices of the catalogue, and the destination is not known yet.
        """


@runtime_checkable
class ShippingRule(Protocol):
    """Says what it costs to send an order."""

    def cost(self, store: "Store", basket: Basket) -> Decimal:
        """What is added to the prices of the lines, from 0, with up to two decimals."""


@runtime_checkable
class TaxRule(Protocol):
    """Says what tax an order has."""

    def tax(self, store: "Store", basket: Basket, shipping: Decimal) -> Tax:
        """The tax of the lines and of the shipping."""


Count = Callable[[str, int], int]
"""`count(name, start)` is the next number under that name: `start` first, then one more each time. No other transaction
is given the same one, and it is given back where this one is not committed."""


@runtime_checkable
class OrderNumbering(Protocol):
    """Gives orders the number that shop and customer call them by."""

    def number(self, store: "Store", count: Count) -> str:
        """The number of the order that is placed now: one that no order has, of up to 40 characters."""


@runtime_checkable
class StockPolicy(Protocol):
    """Says how much of what is on hand may be sold."""

    def kept_back(self, store: "Store", product_id: int) -> int | None:
        """How many of the product stay on the shelf; 0 sells the last one. None: its stock is not counted at all."""


@runtime_checkable
class Mailer(Protocol):
    """Sends e-mails; to be called after the commit."""

    def send(self, mail: EmailMessage) -> None:
        """Send the mail, which has `To`, `Subject` and a text, or raise what the matter is."""


class CatalogPrices:
    """Everybody pays the price of the catalogue."""

    def prices(self, store: "Store", basket: Basket) -> Sequence[Decimal]:
        """The prices as they are."""
        return [line.price for line in basket.lines]


class FreeShipping:
    """Sending costs nothing."""

    def cost(self, store: "Store", basket: Basket) -> Decimal:
        """Nothing."""
        return NOTHING


class NoTax:
    """Nothing is said of taxes."""

    def tax(self, store: "Store", basket: Basket, shipping: Decimal) -> Tax:
        """None."""
        return UNTAXED


class RunningNumbers:
    """Numbers that rise by one, by the settings `order_number_prefix` and `order_number_start`."""

    def number(self, store: "Store", count: Count) -> str:
        """The next number."""
        settings = store.settings
        return f"{settings.order_number_prefix}{count('orders', settings.order_number_start)}"


class SellAll:
    """All that is on hand may be sold, and nothing more."""

    def kept_back(self, store: "Store", product_id: int) -> int | None:
        """None stay."""
        return 0


@dataclass(frozen=True)
class MailFolder:
    """Writes each mail into a file of its owner's alone, until the shop says who sends them.

    In a store, that is in the folder `mails` in the store's own.
    """

    folder: Path

    def send(self, mail: EmailMessage) -> None:
        """Write the mail, as a file that mail programs open."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # they say who bought what
        path = self.folder / f"{uuid4()}.eml"
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(mail.as_bytes(policy=SMTP))


class Provided(TypedDict, total=False):
    """The providers that an extension hands in, by their names."""

    clock: Clock
    price_rule: PriceRule
    shipping: ShippingRule
    tax: TaxRule
    order_numbering: OrderNumbering
    stock_policy: StockPolicy
    mailer: Mailer


@dataclass(frozen=True)
class Providers:
    """The providers of a store."""

    clock: Clock = utc_now
    price_rule: PriceRule = field(default_factory=CatalogPrices)
    shipping: ShippingRule = field(default_factory=FreeShipping)
    tax: TaxRule = field(default_factory=NoTax)
    order_numbering: OrderNumbering = field(default_factory=RunningNumbers)
    stock_policy: StockPolicy = field(default_factory=SellAll)
    mailer: Mailer = field(default_factory=lambda: MailFolder(Path("mails")))


def wrong(name: str, provider: object, what: str) -> ExtensionError:
    """The error of a provider that answered what it must not; for the log, so it quotes nothing of a client's."""
    kind = type(provider)
    return ExtensionError(f"The provider {name} ({kind.__module__}.{kind.__qualname__}) answered {what}.")


PROTOCOLS: dict[str, type] = {
    "clock": Clock,
    "price_rule": PriceRule,
    "shipping": ShippingRule,
    "tax": TaxRule,
    "order_numbering": OrderNumbering,
    "stock_policy": StockPolicy,
    "mailer": Mailer,
}
