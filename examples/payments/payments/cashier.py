"""The cashier: notes what is due for each order, and lets it be paid once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from payments.methods import PaymentMethod
from payments.models import DUE, PAID, Payment
from webstore_kit import Call, Event, InvalidInput, NotFound, OrderPlaced, Store
from webstore_kit.http.fields import Form, Text, WholeNumber
from webstore_kit.models import Customer, Order

LARGEST_ID = 10**18
"""Beyond it no order can be, and the column has no room."""


@dataclass(frozen=True)
class OrderPaid(Event):
    """The payment of an order is settled; an event of the extension's own, which others may be told of."""

    order_id: int
    amount: Decimal
    method: str
    status: str


class PayForm(Form):
    """Who pays which order, and how. The number of the card is not kept."""

    token: Annotated[str, Text(max_length=200)]
    order_id: Annotated[int, WholeNumber(minimum=1)]
    method: Annotated[str, Text(max_length=40)]
    card_number: Annotated[str, Text(max_length=30, blank=True, null=True)] = ""


class PaymentOut(TypedDict):
    """A payment as the API answers it."""

    order_id: int
    amount: str
    status: str
    method: str | None
    last_digits: str | None


def due(store: Store, order: OrderPlaced) -> None:
    """Note what an order costs. It is called before the commit, so there is no order without its payment."""
    Payment.insert(order=order.order_id, amount=order.total).execute()


def status_of(store: Store, order_ids: Sequence[int]) -> Mapping[int, str]:
    """The status of the payment of each of the orders; carts, and orders from before the extension, have none."""
    rows: Any = Payment.select(Payment.order, Payment.status).where(Payment.order.in_(order_ids)).tuples()
    return dict(rows)


class Cashier:
    """Takes payments, by the methods that a shop offers."""

    body = PayForm

    def __init__(self, methods: Mapping[str, PaymentMethod]) -> None:
        self._methods = methods

    def pay(self, call: Call[PayForm]) -> PaymentOut:
        """Pay an order. One that is settled already is answered as it is, and nothing is taken again."""
        form = call.body
        method = self._method(form.method)
        amount = _amount(form.token, form.order_id)
        if _claimed(call.store, form):
            settled = method.settle(amount, form.card_number)
            Payment.update(status=settled.status, last_digits=settled.last_digits).where(
                Payment.order == form.order_id
            ).execute()
            call.store.publish(OrderPaid(form.order_id, amount, form.method, settled.status))
        return _answer(form.order_id)

    def _method(self, name: str) -> PaymentMethod:
        method = self._methods.get(name)
        if method is None:
            raise InvalidInput({"method": [f"There are {', '.join(self._methods)}."]})
        return method


def _amount(token: str, order_id: int) -> Decimal:
    """What the order of this customer costs. Raises NotFound; whose order another one is, is not told."""
    query = Payment.select(Payment.amount).join(Order).join(Customer)
    mine = query.where(Order.id == order_id, Customer.token == token)
    amount: Decimal | None = mine.scalar() if order_id < LARGEST_ID else None
    if amount is None:
        raise NotFound(f"You have no order {order_id} to pay.")
    return amount


def _claimed(store: Store, form: PayForm) -> bool:
    """Whether it is for this request to settle the payment.

    The condition is in the UPDATE, so of several that come at once the others wait here until the first has been
    committed, and then find it settled; or, where it was refused and so undone, it is their turn.
    """
    claim = Payment.update(method=form.method, status=PAID, time_settled=store.now())
    return bool(claim.where(Payment.order == form.order_id, Payment.status == DUE).execute())


def _answer(order_id: int) -> PaymentOut:
    payment = Payment.get(Payment.order == order_id)
    return {
        "order_id": order_id,
        "amount": f"{payment.amount:.2f}",
        "status": payment.status,
        "method": payment.method,
        "last_digits": payment.last_digits,
    }
