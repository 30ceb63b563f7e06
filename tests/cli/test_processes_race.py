"""Buyers who race for what there is, over HTTP and in several server processes: the counts are exact."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from threading import Barrier
from typing import Any

import pytest

from tests.cli.processes import ask, once_up, serving
from tests.databases import new_postgresql_database, settings_for
from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Store
from webstore_kit.core.database import rows
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.inventory.queries import available
from webstore_kit.orders.models import Order, OrderLine

Answer = tuple[int, bytes]


class Shop:
    """A running store: its servers' address, and its database."""

    def __init__(self, address: str, store: Store) -> None:
        self.address = address
        self.store = store

    def send_at_once(self, requests: list[tuple[str, str, Any]]) -> list[Answer]:
        """The status and body that each request gets, all sent from the same moment."""
        barrier = Barrier(len(requests), timeout=20)

        def send(method: str, path: str, body: Any) -> Answer:
            with closing(HTTPConnection(self.address.removeprefix("http://"), timeout=30)) as connection:
                connection.connect()
                barrier.wait()
                connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                return answer.status, answer.read()

        with ThreadPoolExecutor(len(requests)) as threads:
            return list(threads.map(send, *zip(*requests, strict=True)))

    def customers_with_carts(self, carts: list[list[int]]) -> list[str]:
        """A customer for each cart, with one of each of its products in it."""
        tokens = [add_customer(self.store) for _ in carts]
        for token, products in zip(tokens, carts, strict=True):
            for product in products:
                update = {"token": token, "product_id": product, "quantity": 1}
                ask(f"{self.address}/api/order/cart/update/", "POST", update)
        return tokens

    def sold(self, product: int) -> tuple[int, int, int, int]:
        """What the database says: the stock left, the ledger's sum, the sales in it, the lines of finished orders."""
        with self.store.snapshot():
            entries = rows(LedgerEntry.select().where(LedgerEntry.product_id == product))
            lines = OrderLine.select().join(Order).where(Order.is_ordered, OrderLine.product_number == product)
            sales = [entry["change"] for entry in entries if entry["reason"] == "sale"]
            return available(product), sum(entry["change"] for entry in entries), -sum(sales), lines.count()


def checkout(token: str) -> tuple[str, str, Any]:
    return "PUT", "/api/order/finalize/", {**DELIVERY, "token": token}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A store that two processes serve."""
    directory, variables = tmp_path_factory.mktemp("shop"), {}
    settings = settings_for(directory)
    if request.param == "postgresql":
        settings = settings_for(directory, new_postgresql_database(request.getfixturevalue("server_url")))
        variables["WEBSTORE_DATABASE_URL"] = settings.database_url
    with serving("--workers", "2", cwd=directory, **variables) as (address, _process):
        once_up(partial(ask, f"{address}/api/product/brands/all/"))
        store = Store(settings)
        yield Shop(address, store)
        store.close()


def test_the_last_units_go_to_exactly_as_many_buyers_of_several_servers(shop: Shop) -> None:
    product = add_product(shop.store, "Kettle", quantity=7)
    tokens = shop.customers_with_carts([[product]] * 60)
    answers = shop.send_at_once([checkout(token) for token in tokens])
    assert Counter(status for status, _ in answers) == {200: 7, 400: 53}
    refusals = [json.loads(body) for status, body in answers if status == 400]
    assert refusals == [{"error": '"Kettle" is sold out.'}] * 53
    assert len({json.loads(body)["id"] for status, body in answers if status == 200}) == 7
    assert shop.sold(product) == (0, 0, 7, 7)


def test_one_checkout_sent_to_several_servers_at_once_gets_one_answer(shop: Shop) -> None:
    product = add_product(shop.store, quantity=7)
    (token,) = shop.customers_with_carts([[product]])
    answers = shop.send_at_once([checkout(token)] * 50)
    assert set(answers) == {(200, answers[0][1])}
    assert shop.sold(product) == (6, 6, 1, 1)


def test_carts_in_opposite_order_on_several_servers_are_all_sold(shop: Shop) -> None:
    products = [add_product(shop.store, f"P{number}", quantity=20) for number in range(6)]
    carts = [products[number % 6 :] + products[: number % 6] for number in range(10)]
    tokens = shop.customers_with_carts([*carts, *(cart[::-1] for cart in carts)])
    answers = shop.send_at_once([checkout(token) for token in tokens])
    assert [status for status, _ in answers] == [200] * 20
    assert len({json.loads(body)["id"] for _, body in answers}) == 20
    assert [shop.sold(product) for product in products] == [(0, 0, 20, 20)] * 6


def test_orders_of_several_servers_are_numbered_without_a_gap(shop: Shop) -> None:
    product = add_product(shop.store, quantity=40)
    tokens = shop.customers_with_carts([[product]] * 40)
    with shop.store.snapshot():
        before = Order.select().where(Order.is_ordered).count()
    answers = shop.send_at_once([checkout(token) for token in tokens])
    assert [status for status, _ in answers] == [200] * 40
    with shop.store.snapshot():
        numbers = [int(order["number"]) for order in rows(Order.select(Order.number).where(Order.is_ordered))]
    assert sorted(numbers) == list(range(1001, 1001 + before + 40))
