"""Events: who is told, when, and what becomes of it when a transaction is undone or a subscriber fails."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pytest
from starlette.testclient import TestClient

from tests.factories import DELIVERY, PASSWORD, add_customer, add_product
from webstore_kit import (
    CartUpdated,
    Conflict,
    CustomerRegistered,
    Event,
    Extension,
    OrderPlaced,
    OrderStatusChanged,
    Settings,
    StockChanged,
    Store,
    Subscriber,
    create_app,
)
from webstore_kit.core.parts import Parts
from webstore_kit.core.providers import Destination, Line, Tax


@dataclass(frozen=True)
class Rang(Event):
    """Somebody rang."""

    number: int


class Diary:
    """Writes down what it is told, and fails where it is asked to."""

    def __init__(self) -> None:
        self.entries: list[Event] = []
        self.fault: Exception | None = None

    def note(self, store: Store, event: Event) -> None:
        self.entries.append(event)
        if self.fault:
            raise self.fault


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def stores(settings: Settings) -> Iterator[Callable[[Parts], Store]]:
    made: list[Store] = []

    def make(parts: Parts) -> Store:
        made.append(Store(settings, parts=parts))
        return made[-1]

    yield make
    for store in made:
        store.close()


def test_before_the_commit_is_at_once_and_after_it_is_after_it(stores: Callable[[Parts], Store], diary: Diary) -> None:
    late = Diary()
    store = stores(Parts(before_commit=[Subscriber(Rang, diary.note)], after_commit=[Subscriber(Rang, late.note)]))
    with store.transaction():
        store.publish(Rang(1))
        assert (diary.entries, late.entries) == ([Rang(1)], [])
    store.events.settle()
    assert (diary.entries, late.entries) == ([Rang(1)], [Rang(1)])


def test_nobody_is_told_after_a_rollback(stores: Callable[[Parts], Store], diary: Diary) -> None:
    store = stores(Parts(after_commit=[Subscriber(Event, diary.note)]))

    def ring_in_vain() -> None:
        store.publish(Rang(1))
        raise Conflict("No.")

    with pytest.raises(Conflict):
        store.write(ring_in_vain)
    store.write(lambda: store.publish(Rang(2)))
    store.events.settle()
    assert diary.entries == [Rang(2)]


def test_events_of_an_inner_transaction_wait_for_the_outer_one(stores: Callable[[Parts], Store], diary: Diary) -> None:
    store = stores(Parts(after_commit=[Subscriber(Rang, diary.note)]))
    with store.transaction():
        with store.transaction():
            store.publish(Rang(1))
        store.events.settle()
        assert diary.entries == []
    store.events.settle()
    assert diary.entries == [Rang(1)]


def test_of_writes_that_share_a_commit_only_those_that_were_done_are_told(
    stores: Callable[[Parts], Store], diary: Diary
) -> None:
    store = stores(Parts(after_commit=[Subscriber(Rang, diary.note)]))

    def ring(number: int) -> int:
        store.publish(Rang(number))
        if number % 3 == 0:
            raise Conflict("No.")
        return number

    with store.transaction():  # holds up the writers, so that the others gather behind
        waiting = [store.submit(partial(ring, number), store.deadline()) for number in range(30)]
    done = [each.result() for each in waiting if not each.exception()]
    store.events.settle()
    assert sorted(event.number for event in diary.entries if isinstance(event, Rang)) == sorted(done)
    assert done == [number for number in range(30) if number % 3]


def test_an_event_outside_a_transaction_is_a_mistake(stores: Callable[[Parts], Store]) -> None:
    with pytest.raises(RuntimeError, match=r"inside store\.transaction\(\)"):
        stores(Parts()).publish(Rang(1))


def test_a_subscriber_that_fails_after_the_commit_is_logged_and_the_next_is_told(
    stores: Callable[[Parts], Store], diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    failing = Diary()
    failing.fault = ValueError("a secret that a client sent")
    both = [Subscriber(Rang, failing.note), Subscriber(Rang, diary.note)]
    store = stores(Parts(after_commit=both))
    with caplog.at_level(logging.INFO, "webstore_kit"):
        with store.transaction():
            store.publish(Rang(1))
        store.events.settle()
    assert diary.entries == [Rang(1)]
    assert "Diary.note failed on Rang: ValueError at test_events.py:" in caplog.text
    assert "secret" not in caplog.text


def test_to_close_the_store_tells_all_that_is_committed(stores: Callable[[Parts], Store], diary: Diary) -> None:
    store = stores(Parts(after_commit=[Subscriber(Rang, diary.note)]))
    for number in range(50):
        with store.transaction():
            store.publish(Rang(number))
    store.close()
    assert diary.entries == [Rang(number) for number in range(50)]


def test_threads_do_not_meet_each_others_events(stores: Callable[[Parts], Store], diary: Diary) -> None:
    store = stores(Parts(after_commit=[Subscriber(Rang, diary.note)]))

    def ring(number: int) -> None:
        with store.transaction():
            store.publish(Rang(number))
            if number % 2:
                raise Conflict("No.")

    with ThreadPoolExecutor(8) as threads:
        faults = [each.exception() for each in [threads.submit(ring, number) for number in range(40)]]
    store.events.settle()
    assert sum(fault is not None for fault in faults) == 20
    assert {event.number for event in diary.entries if isinstance(event, Rang)} == set(range(0, 40, 2))


def test_a_purchase_is_told_step_by_step(settings: Settings, store: Store, diary: Diary) -> None:
    product, token = add_product(store, "Mug", "10.50", 5), add_customer(store)
    extension = Extension(name="diary", after_commit=[Subscriber(Event, diary.note)])
    with TestClient(create_app(settings, extensions=[extension])) as client:
        form = {"token": token, "username": "ann", "password": PASSWORD, "email": "ann@example.com"}
        assert client.post("/api/customer/registration/", json=form).status_code == 201
        put = {"token": token, "product_id": product, "quantity": 2}
        assert client.post("/api/order/cart/update/", json=put).status_code == 200
        order = client.put("/api/order/finalize/", json={**DELIVERY, "token": token}).json()
    line = Line(product, "Mug", 2, Decimal("10.50"))
    assert diary.entries == [
        CustomerRegistered(1, 1, "ann", "ann@example.com", "", ""),
        CartUpdated(1, product, 2),
        StockChanged(product, 3, -2, "sale"),
        OrderStatusChanged(order["id"], "1001", before="cart", after="ordered"),
        OrderPlaced(
            order_id=order["id"],
            number="1001",
            customer_id=1,
            email="ann@example.com",
            lines=(line,),
            destination=Destination("France", "Paris", "01001", "1 rue X"),
            subtotal=Decimal("21.00"),
            shipping=Decimal("0.00"),
            tax=Tax(),
            total=Decimal("21.00"),
        ),
    ]


def test_what_a_subscriber_refuses_before_the_commit_is_not_done(
    settings: Settings, store: Store, diary: Diary
) -> None:
    product, token = add_product(store, quantity=5), add_customer(store)
    diary.fault = Conflict("Not on Sundays.")
    extension = Extension(name="sunday", before_commit=[Subscriber(OrderPlaced, diary.note)])
    with TestClient(create_app(settings, extensions=[extension])) as client:
        client.post("/api/order/cart/update/", json={"token": token, "product_id": product, "quantity": 2})
        answer = client.put("/api/order/finalize/", json={**DELIVERY, "token": token})
        assert (answer.status_code, answer.json()) == (400, {"error": "Not on Sundays."})
        assert client.get(f"/api/product/get/{product}/").json()["quantity"] == 5
        assert len(client.get(f"/api/order/cart/list/{token}/").json()) == 1


def test_a_request_that_is_sent_again_is_told_once(settings: Settings, store: Store, diary: Diary) -> None:
    product, token = add_product(store, quantity=9), add_customer(store)
    extension = Extension(name="diary", after_commit=[Subscriber(Event, diary.note)])
    with TestClient(create_app(settings, extensions=[extension])) as client:
        for key in ("a", "a", "b"):  # by its key, and with the same quantity under another one
            put = {"token": token, "product_id": product, "quantity": 2}
            client.post("/api/order/cart/update/", json=put, headers={"Idempotency-Key": key})
        checkout = {**DELIVERY, "token": token}
        orders = [client.put("/api/order/finalize/", json=checkout, headers={"Idempotency-Key": "a"}) for _ in range(2)]
        orders.append(client.put("/api/order/finalize/", json=checkout))  # by its body
        assert [order.status_code for order in orders] == [200] * 3
        assert client.put("/api/order/finalize/", json={**checkout, "city": "Lyon"}).status_code == 400
    assert [type(event).__name__ for event in diary.entries] == [
        "CartUpdated",
        "CartUpdated",
        "StockChanged",
        "OrderStatusChanged",
        "OrderPlaced",
    ]
