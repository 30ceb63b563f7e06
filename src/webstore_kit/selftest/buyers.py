"""The buyers: each fills carts and checks out, one visit after the other."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import Executor
from random import Random

from webstore_kit.selftest.client import Client, Request
from webstore_kit.selftest.course import Course
from webstore_kit.selftest.purchases import Answer, Purchase
from webstore_kit.selftest.report import Plan
from webstore_kit.selftest.servers import Server
from webstore_kit.selftest.traffic import Traffic
from webstore_kit.selftest.visits import Manner, Visit, visit

NEW_CUSTOMER = Request("POST", "/api/customer/create/")


class Buyer:
    """One buyer, with a second connection to each server for what is sent twice at the same moment."""

    def __init__(
        self, plan: Plan, number: int, products: Sequence[int], servers: Sequence[Server], course: Course
    ) -> None:
        self._plan = plan
        self._products = products
        self._course = course
        self._first, self._second = (
            Client(servers, course, Random(f"{plan.seed}/{number}/{which}"))  # noqa: S311 - nothing secret
            for which in ("first", "second")
        )

    @property
    def traffic(self) -> Traffic:
        """What the buyer met on the wire."""
        return self._first.traffic + self._second.traffic

    def buy(self, helpers: Executor) -> list[Purchase]:
        """Make visits until there are none left; the helpers send what is sent twice at the same moment."""
        purchases = []
        while (number := self._course.next_visit()) is not None:
            purchase = self._make(visit(self._plan, self._products, number), helpers)
            purchases.append(purchase)
            self._course.visit_done(len(purchase.orders))
        self._first.close()
        self._second.close()
        return purchases

    def _make(self, visit: Visit, helpers: Executor) -> Purchase:
        address = f"{visit.number} High Street"
        answer = self._first.ask(NEW_CUSTOMER, visit.number)
        token = str(answer.value("customer_token")) if answer.status == 200 else ""
        basket = self._fill_cart(visit, token) if token else {}
        self._course.stopped.wait(visit.hesitation if basket else 0)
        answers = self._check_out(visit, _checkout(token, address), helpers) if basket else ()
        return Purchase(token, address, basket, tuple(answer for answer in answers if answer.status))

    def _fill_cart(self, visit: Visit, token: str) -> dict[int, int]:
        """What the cart took; a product that is sold out meanwhile is left out."""
        basket = {}
        for step, (product, quantity) in enumerate(visit.basket, 1):
            answer = self._first.ask(_cart_update(token, product, quantity), _server(visit, step))
            self._first.traffic.cart.append(answer.seconds)
            if answer.status == 200:
                basket[product] = quantity
        return basket

    def _check_out(self, visit: Visit, request: Request, helpers: Executor) -> tuple[Answer, ...]:
        server = _server(visit, len(visit.basket) + 1)
        if visit.manner is Manner.AT_ONCE:
            both = threading.Barrier(2)
            twin = helpers.submit(_send, self._second, request, server + 1, both)
            return _send(self._first, request, server, both), twin.result()
        answer = _send(self._first, request, server)
        self._first.traffic.lost_answers += answer.was_lost_before
        if visit.manner is Manner.AGAIN:
            return answer, _send(self._first, request, server + visit.changes_server)
        return (answer,)


def _send(client: Client, request: Request, server: int, both: threading.Barrier | None = None) -> Answer:
    if both:
        both.wait()
    answer = client.ask(request, server)
    client.traffic.checkout.append(answer.seconds)
    return answer


def _server(visit: Visit, step: int) -> int:
    return visit.number + (step if visit.changes_server else 0)


def _cart_update(token: str, product: int, quantity: int) -> Request:
    body = {"token": token, "product_id": product, "quantity": quantity}
    return Request("POST", "/api/order/cart/update/", json.dumps(body).encode())


def _checkout(token: str, address: str) -> Request:
    name = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com"}
    where = {"country": "France", "city": "Paris", "post_code": "01001", "address": address}
    return Request("PUT", "/api/order/finalize/", json.dumps({"token": token, **name, **where}).encode())
