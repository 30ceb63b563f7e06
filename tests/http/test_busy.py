"""A database that another process keeps locked: clients are told 503, it is counted, and nothing changes."""

import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.factories import add_customer, add_product
from webstore_kit import Settings, Store, create_app
from webstore_kit.orders.models import OrderLine


@pytest.fixture
def impatient(settings: Settings) -> Iterator[TestClient]:
    """A client of a store that waits 0.2 seconds for its turn to write."""
    app = create_app(settings)
    app.state.store = Store(settings, patience=0.2)
    with TestClient(app) as client:
        yield client


def hold(store: Store) -> Any:
    """A connection of somebody else's that keeps everybody from writing what a cart needs."""
    if store.postgresql:
        connection: Any = psycopg.connect(store.settings.database_url)
        connection.execute("LOCK TABLE customers, orders IN EXCLUSIVE MODE")
        return connection
    connection = sqlite3.connect(store.settings.directory / "store.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_requests_that_get_no_turn_are_503_and_counted(
    impatient: TestClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    token, product = add_customer(store), add_product(store)
    body = {"token": token, "product_id": product, "quantity": 1}

    def put(_: int) -> Any:
        return impatient.post("/api/order/cart/update/", json=body)

    other = hold(store)
    with caplog.at_level(logging.WARNING, "webstore_kit"), ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(put, range(5)))
    other.rollback()
    other.close()
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "1")] * 5
    assert {answer.text for answer in answers} == {'{"detail":"The store is busy. Please try again in a moment."}'}
    assert impatient.app.state.store.times_busy == 5  # type: ignore[attr-defined]
    last = "update_cart was answered 503: the store is busy (5 since it started)"
    assert [record.getMessage() for record in caplog.records if record.name == "webstore_kit"][-1] == last
    with store.snapshot():
        assert OrderLine.select().count() == 0
    assert put(0).status_code == 200


def test_reads_go_on_while_somebody_writes(impatient: TestClient, store: Store) -> None:
    product = add_product(store)
    other = hold(store)
    assert impatient.get(f"/api/product/get/{product}/").status_code == 200
    other.rollback()
    other.close()
