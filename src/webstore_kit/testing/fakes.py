"""Fakes: small providers that do what a test says, and remember what they were asked."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import TypeVar

from webstore_kit.core.events import Event, Subscriber
from webstore_kit.core.providers import Basket, Count, Tax
from webstore_kit.core.store import Store

Kind = TypeVar("Kind", bound=Event)
Amount = str | int | Decimal
CENT = Decimal("0.01")


class FixedClock:
    """A clock that stands still: at `moment`, which a test sets, until it is advanced."""

    def __init__(self, moment: datetime = datetime(2030, 1, 1, 12, tzinfo=UTC)) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """The moment at which it stands."""
        return self.moment

    def advance(self, **duration: float) -> datetime:
        """Move it on by a duration, as `timedelta` takes it: `days=1, minutes=5`; answers the new moment."""
        self.moment += timedelta(**duration)
        return self.moment


class FakeMailer:
    """Keeps each mail in `sent` instead of sending it; where `fault` is set, it raises that."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.sent: list[EmailMessage] = []
        self.fault = fault

    def send(self, mail: EmailMessage) -> None:
        """Keep the mail, or raise the fault."""
        if self.fault:
            raise self.fault
        self.sent.append(mail)


class FixedPrices:
    """Prices by product id; any other product costs what the catalogue says."""

    def __init__(self, by_product: Mapping[int, Amount]) -> None:
        self.by_product = by_product

    def prices(self, store: Store, basket: Basket) -> Sequence[Decimal]:
        """The price of one piece of each line."""
        return [Decimal(self.by_product.get(line.product_id, line.price)) for line in basket.lines]


class FlatShipping:
    """The same for every order, and nothing from a subtotal of `free_from` on."""

    def __init__(self, amount: Amount, free_from: Amount | None = None) -> None:
        self.amount = Decimal(amount)
        self.free_from = None if free_from is None else Decimal(free_from)

    def cost(self, store: Store, basket: Basket) -> Decimal:
        """What the order costs to send."""
        is_free = self.free_from is not None and basket.subtotal >= self.free_from
        return Decimal("0.00") if is_free else self.amount


class FlatTax:
    """So many percent of lines and shipping: on top, or `is_included` in the prices."""

    def __init__(self, percent: Amount, *, is_included: bool = False) -> None:
        self.percent = Decimal(percent)
        self.is_included = is_included

    def tax(self, store: Store, basket: Basket, shipping: Decimal) -> Tax:
        """The tax, rounded to two decimals."""
        whole = 100 + self.percent if self.is_included else Decimal(100)
        amount = (basket.subtotal + shipping) * self.percent / whole
        return Tax(amount.quantize(CENT), self.is_included)


class CountingNumbers:
    """Order numbers that begin with the prefix: T-1, T-2, and so on."""

    def __init__(self, prefix: str = "T-", start: int = 1) -> None:
        self.prefix = prefix
        self.start = start

    def number(self, store: Store, count: Count) -> str:
        """The next number."""
        return f"{self.prefix}{count('testing', self.start)}"


class Unlimited:
    """Stock is not counted: everything can be sold, at any time."""

    def kept_back(self, store: Store, product_id: int) -> int | None:
        """None, which is no limit."""
        return None


class KeepBack:
    """So many pieces of each product stay on the shelf."""

    def __init__(self, pieces: int = 1) -> None:
        self.pieces = pieces

    def kept_back(self, store: Store, product_id: int) -> int | None:
        """How many stay."""
        return self.pieces


class Heard:
    """Notes the events that it is told, in `events`; where `fault` is set, it raises that then.

    `heard.of(OrderPlaced)` is a Subscriber, for `before_commit` or `after_commit` of an Extension.
    """

    def __init__(self, fault: Exception | None = None) -> None:
        self.events: list[Event] = []
        self.fault = fault

    def __call__(self, store: Store, event: Event) -> None:
        """Note the event, or raise the fault."""
        self.events.append(event)
        if self.fault:
            raise self.fault

    def of(self, kind: type[Kind]) -> Subscriber[Kind]:
        """A subscriber to events of that kind."""
        return Subscriber(kind, self)
