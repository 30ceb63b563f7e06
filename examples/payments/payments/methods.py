"""The ways to pay. A shop adds its own by the Protocol."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from payments.models import ON_DELIVERY, PAID
from webstore_kit import Conflict, InvalidInput

APPROVED, DECLINED = "4242424242424242", "4000000000000002"
"""The numbers that the stub knows; they are the test cards of a payment provider."""


@dataclass(frozen=True)
class Settled:
    """How a payment was settled: the status that it has now, and the last digits of the card."""

    status: str
    last_digits: str | None = None


class PaymentMethod(Protocol):
    """A way to pay."""

    def settle(self, amount: Decimal, card_number: str) -> Settled:
        """Take the amount. Raises InvalidInput where the request is wrong, Conflict where the money is not to be had.

        It is called once for a payment, inside the transaction: if that is not committed, the money has to come back.
        """


class CardStub:
    """Looks like a card to a front end, and takes no money: one number is approved, one is declined."""

    def settle(self, amount: Decimal, card_number: str) -> Settled:
        """Approve or decline."""
        digits = card_number.replace(" ", "")
        if digits == DECLINED:
            raise Conflict("The card was declined. Please try another.")
        if digits != APPROVED:
            raise InvalidInput({"card_number": [f"Enter {APPROVED}, or {DECLINED} to be declined."]})
        return Settled(PAID, digits[-4:])


class OnDelivery:
    """Whoever brings the order takes the money."""

    def settle(self, amount: Decimal, card_number: str) -> Settled:
        """Agree."""
        return Settled(ON_DELIVERY)
