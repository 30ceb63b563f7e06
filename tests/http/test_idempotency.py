"""The header Idempotency-Key: a request that carries one is done once, and answered alike however often it is sent."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.factories import DELIVERY, PASSWORD, add_customer, add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Product
from webstore_kit.core.clock import utc_now
from webstore_kit.customers.models import Customer, User
from webstore_kit.http.idempotency import IdempotencyKey, claim_of
from webstore_kit.inventory.queries import available
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders.models import Order, OrderLine


def put(client: TestClient, token: str, product: int, quantity: int = 1, key: str | None = None) -> Any:
    body = {"token": token, "product_id": product, "quantity": quantity}
    return client.post("/api/order/cart/update/", json=body, headers=with_key(key))


def finalize(client: TestClient, token: str, key: str | None = "k1", **changes: Any) -> Any:
    body = {**DELIVERY, "token": token, **changes}
    return client.put("/api/order/finalize/", json=body, headers=with_key(key))


def register(client: TestClient, key: str | None = "k1", **changes: Any) -> Any:
    body = {"username": "ann", "password": PASSWORD, **changes}
    return client.post("/api/customer/registration/", json=body, headers=with_key(key))


def with_key(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}


def is_replayed(answer: Any) -> bool:
    assert answer.headers.get("Idempotent-Replayed", "true") == "true"
    return "Idempotent-Replayed" in answer.headers


def kept(store: Store) -> int:
    with store.snapshot():
        return int(IdempotencyKey.select().count())


def test_a_checkout_that_is_sent_again_is_answered_again(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store, quantity=5)
    put(client, token, product, 2)
    first, second = finalize(client, token), finalize(client, token)
    assert (first.status_code, is_replayed(first)) == (200, False)
    assert (second.status_code, is_replayed(second), second.content) == (200, True, first.content)
    assert second.headers["content-type"] == first.headers["content-type"] == "application/json"
    assert second.headers["cache-control"] == first.headers["cache-control"] == "no-store"
    with store.snapshot():
        assert (available(product), Order.select().count()) == (3, 1)


def test_it_is_answered_again_when_a_new_cart_is_filled_meanwhile(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store, quantity=5)
    put(client, token, product)
    first = finalize(client, token)
    put(client, token, product)
    assert finalize(client, token).content == first.content
    second = finalize(client, token, key="k2")
    assert (second.json()["id"], is_replayed(second)) == (first.json()["id"] + 1, False)


def test_a_cart_update_that_is_sent_again_does_not_undo_a_later_one(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store, quantity=5)
    first = put(client, token, product, 1, key="a")
    put(client, token, product, 4, key="b")
    again = put(client, token, product, 1, key="a")
    assert (again.content, is_replayed(again)) == (first.content, True)
    with store.snapshot():
        assert [line.quantity for line in OrderLine.select()] == [4]


def test_a_registration_that_is_sent_again_is_no_taken_name(client: TestClient, store: Store) -> None:
    first, second = register(client), register(client)
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.content, is_replayed(second)) == (first.content, True)
    assert register(client, key="k2").json() == {"username": ["A user with that username already exists."]}
    with store.snapshot():
        assert (User.select().count(), Customer.select().count()) == (1, 1)


def test_the_same_key_with_another_request_is_422_and_changes_nothing(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store, quantity=5)
    put(client, token, product)
    finalize(client, token)
    put(client, token, product)
    answer = finalize(client, token, city="Lyon")
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": "This Idempotency-Key was used with another request before. Use a new key for a new request."
    }
    with store.snapshot():
        assert Order.select().where(~Order.is_ordered).count() == 1
        assert available(product) == 4


def test_the_same_key_with_another_request_that_is_wrong_is_422(client: TestClient, store: Store) -> None:
    register(client)
    assert register(client, username="").status_code == 422


def test_keys_of_two_customers_and_of_two_operations_are_apart(client: TestClient, store: Store) -> None:
    tokens, product = [add_customer(store), add_customer(store)], add_product(store, quantity=5)
    for token in tokens:
        assert put(client, token, product, key="1").json() == {"status": True, "cart_items_count": 1}
    orders = [finalize(client, token, key="1") for token in tokens]
    assert [(order.status_code, is_replayed(order)) for order in orders] == [(200, False)] * 2
    assert orders[0].json()["id"] != orders[1].json()["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb", "ü"])
def test_a_key_that_is_none_is_400_in_the_shape_of_the_operation(client: TestClient, store: Store, key: str) -> None:
    token, product = add_customer(store), add_product(store)
    sentence = "Idempotency-Key must be 1 to 255 visible ASCII characters."
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    body = {"token": token, "product_id": product, "quantity": 1}
    answer = client.post("/api/order/cart/update/", json=body, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"status": False, "error": sentence})
    answer = client.post("/api/customer/registration/", json={}, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"detail": sentence})
    with store.snapshot():
        assert Order.select().count() == 0


def test_the_longest_key_and_a_quoted_one_are_good(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    for key in ("x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"'):
        assert not is_replayed(put(client, token, product, key=key))
        assert is_replayed(put(client, token, product, key=key))


def test_a_refusal_is_not_kept(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store, quantity=1)
    put(client, token, product)
    with store.transaction():
        set_stock(store, product, 0)
    assert finalize(client, token).status_code == 400
    assert finalize(client, token, city="").status_code == 400
    assert kept(store) == 0
    with store.transaction():
        set_stock(store, product, 1)
    answer = finalize(client, token)
    assert (answer.status_code, is_replayed(answer)) == (200, False)


def test_without_a_key_nothing_is_kept(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    put(client, token, product)
    finalize(client, token, key=None)
    assert kept(store) == 0


def test_an_answer_is_kept_for_a_day_and_then_deleted(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    served: Store = client.app.state.store  # type: ignore[attr-defined]
    for number in range(3):
        put(client, token, product, key=f"old {number}")
    start = utc_now()
    served.now = lambda: start + timedelta(hours=23, minutes=59)
    assert is_replayed(put(client, token, product, key="old 0"))
    served.now = lambda: start + timedelta(hours=24, minutes=1)
    assert not is_replayed(put(client, token, product, key="old 0"))
    assert kept(store) == 1
    assert is_replayed(put(client, token, product, key="old 0"))


def test_what_is_kept_names_neither_key_nor_token(client: TestClient, store: Store) -> None:
    token = add_customer(store)
    register(client, key="my-very-own-key", token=token)
    with store.snapshot():
        row = str(IdempotencyKey.select().dicts().get())
    assert "my-very-own-key" not in row
    assert token not in row
    assert PASSWORD not in row


def test_the_answer_stays_when_what_was_bought_is_gone(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    put(client, token, product)
    first = finalize(client, token)
    with store.transaction():
        Product.delete().where(Product.id == product).execute()
    assert finalize(client, token).content == first.content


@contextmanager
def held(store: Store, token: str) -> Iterator[Callable[[], None]]:
    """Another process that keeps the customer from writing, until what this gives is called."""
    if store.postgresql:
        connection: Any = psycopg.connect(store.settings.database_url)
        connection.execute("SELECT 1 FROM customers WHERE token = %s FOR UPDATE", (token,))
    else:
        connection = sqlite3.connect(
            store.settings.directory / "store.sqlite3", isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection.rollback
    finally:
        connection.close()


def test_a_key_that_is_being_worked_on_is_409(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    put(client, token, product)
    running = client.app.state.running  # type: ignore[attr-defined]
    with held(store, token) as let_go, ThreadPoolExecutor(1) as thread:
        first = thread.submit(finalize, client, token)
        while not running.claims:
            assert not first.done()
        answer = finalize(client, token)
        assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
        assert answer.json() == {
            "detail": "A request with this Idempotency-Key is still being worked on. Please try again in a moment."
        }
        let_go()
        assert first.result().status_code == 200
    assert not running.claims
    assert finalize(client, token).content == first.result().content


def test_a_key_that_another_process_is_working_on_is_409_on_postgresql(client: TestClient, store: Store) -> None:
    if not store.postgresql:
        return  # a second process waits for the one write lock there, and finds the answer
    token, product = add_customer(store), add_product(store)
    put(client, token, product)
    claim = claim_of("PUT /api/order/finalize/", token, "k1", b"")
    assert claim is not None
    with psycopg.connect(store.settings.database_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (claim.lock,))
        assert finalize(client, token).status_code == 409
    assert finalize(client, token).status_code == 200


def test_one_key_sent_many_times_at_once_makes_one_order(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store, quantity=50)
    put(client, token, product, 2)
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: finalize(client, token), range(50)))
    done = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in done}) == 1
    assert [is_replayed(answer) for answer in done].count(False) == 1
    with store.snapshot():
        assert (available(product), Order.select().count()) == (48, 1)


def test_where_the_answer_cannot_be_kept_nothing_is_done(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    put(client, token, product)
    with store.transaction():
        store.database.execute_sql("ALTER TABLE idempotency_keys RENAME TO elsewhere")
    try:
        assert finalize(client, token).status_code == 500
    finally:
        with store.transaction():
            store.database.execute_sql("ALTER TABLE elsewhere RENAME TO idempotency_keys")
    with store.snapshot():
        assert available(product) == 5
        assert Order.select().where(Order.is_ordered).count() == 0
    assert finalize(client, token).status_code == 200


def test_a_page_of_another_origin_may_read_the_headers(client: TestClient, store: Store) -> None:
    answer = client.get("/api/product/brands/all/", headers={"Origin": "http://localhost:3000"})
    assert answer.headers["access-control-expose-headers"] == "Idempotent-Replayed, Retry-After"
