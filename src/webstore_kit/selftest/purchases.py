"""The purchases: what buyers were told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHORTAGE = ("sold out", "available")
"""One of these is in every sentence that says that there is not enough; see orders/errors.py."""


@dataclass(frozen=True)
class Answer:
    """What a server answered; the status 0 is no answer at all."""

    status: int
    body: bytes = b""
    retry_after: float = 0.0
    sent: datetime | None = None
    """When this one was asked for, by the clock."""
    seconds: float = 0.0
    """How long it took."""
    is_second_try: bool = False
    """Whether the same request was sent before, and then the connection broke."""

    @property
    def is_order(self) -> bool:
        """Whether it is a yes."""
        return self.status == 200

    @property
    def is_shortage(self) -> bool:
        """Whether it says that there is not enough."""
        return self.status == 400 and any(word in self.body.decode(errors="replace") for word in SHORTAGE)

    @property
    def was_lost_before(self) -> bool:
        """Whether the order was there before it was asked for again: the first answer was lost, the order not."""
        if not (self.is_second_try and self.is_order and self.sent):
            return False
        return datetime.fromisoformat(self.value("time_checkout")) < self.sent

    def value(self, name: str) -> Any:
        """A value of the JSON object."""
        return json.loads(self.body)[name]


UNANSWERED = Answer(0)


@dataclass(frozen=True)
class Purchase:
    """One visit as the buyer saw it."""

    token: str
    address: str
    basket: Mapping[int, int]
    """What the cart took: products, and how many of each."""
    answers: tuple[Answer, ...] = ()
    """To the checkout, one for each time that it was sent on purpose."""

    @property
    def orders(self) -> set[int]:
        """The ids of the orders that the buyer was told; more than one is wrong."""
        return {int(answer.value("id")) for answer in self.answers if answer.is_order}
