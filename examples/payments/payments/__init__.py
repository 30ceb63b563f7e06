"""Payments: what is due for each order, and two ways to pay it."""

from collections.abc import Mapping
from pathlib import Path

from payments.cashier import Cashier, due, status_of
from payments.methods import CardStub, OnDelivery, PaymentMethod
from payments.models import Payment
from webstore_kit import AddedField, Extension, Operation, OrderPlaced, Subscriber, Work

METHODS: Mapping[str, PaymentMethod] = {"card": CardStub(), "on_delivery": OnDelivery()}


def payments(methods: Mapping[str, PaymentMethod] = METHODS) -> Extension:
    """The extension, with the ways to pay that a shop wants to offer, by name."""
    pay = Operation(
        "POST", "/api/payments/pay/", Cashier(methods).pay, body=Cashier.body, work=Work.WRITE, idempotent=True
    )
    return Extension(
        name="payments",
        models=[Payment],
        migrations=Path(__file__).parent / "migrations",
        routes=[pay],
        before_commit=[Subscriber(OrderPlaced, due)],
        fields=[AddedField("order", "payment", str, status_of)],
    )


extension = payments()
