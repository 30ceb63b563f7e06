"""Processes that are killed in the middle of it: an order is there whole or not at all, and what was told is kept."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from http.client import HTTPException
from pathlib import Path
from threading import Semaphore
from typing import Any
from urllib.error import HTTPError

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.cli.processes import ask, environment, once_up, serving
from tests.databases import new_postgresql_database, settings_for
from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Product
from webstore_kit.core.database import rows
from webstore_kit.customers.models import Address, Customer
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.inventory.queries import available
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders import services
from webstore_kit.orders.models import Counter, Order, OrderLine
from webstore_kit.orders.schemas import CartUpdate

FINALIZE, UPDATE = "/api/order/finalize/", "/api/order/cart/update/"
CLIENTS = 8
KILLS = 3
TOLD_BEFORE_A_KILL = 20

Crash = Callable[..., Any]


@pytest.fixture
def store(client: TestClient) -> Store:
    """The store of the client's app, so that closing the one closes the other."""
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return store


@pytest.fixture
def crash(settings: Settings, store: Store) -> Iterator[Crash]:
    """Has the process of `tests.orders.crash` make an attempt, while nobody else has the database open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.orders.crash", str(settings.directory), settings.database_url],
        cwd=Path(__file__).parents[2],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def attempt(number: int | None = None, after: bool = False, **asked: Any) -> Any:
        store.close()
        begun = datetime.now(UTC)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"number": number, "after": after, **asked}) + "\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        if settings.database_url.startswith("postgresql"):
            wait_for_the_end_of_sessions(settings.database_url, begun)
        return said

    yield attempt
    process.communicate(timeout=20)


def wait_for_the_end_of_sessions(database_url: str, begun: datetime) -> None:
    """PostgreSQL takes a moment to notice that a client is dead, and to give up its transaction."""
    clients = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    end = time.monotonic() + 20
    with psycopg.connect(database_url, autocommit=True) as connection:
        while connection.execute(f"{clients} AND pid <> pg_backend_pid() AND backend_start > %s", (begun,)).fetchone():
            assert time.monotonic() < end, "a session of the process that died is still there"
            time.sleep(0.002)


def everything(store: Store) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with store.snapshot():
        tables = store.database.get_tables()
        return {name: sorted(store.database.execute_sql(f'SELECT * FROM "{name}"').fetchall()) for name in tables}


def fill_cart(store: Store, token: str, product: int, quantity: int) -> None:
    with store.transaction():
        services.set_quantity(store, CartUpdate(token=token, product_id=product, quantity=quantity))


def customer_with_a_cart(store: Store) -> tuple[str, list[int]]:
    """A customer who has two products in the cart, whose titles and prices have changed since."""
    token = add_customer(store)
    products = [add_product(store, title, "10.00", quantity=10) for title in ("Kettle", "Mug")]
    for product, quantity in zip(products, (2, 3), strict=True):
        fill_cart(store, token, product, quantity)
    with store.transaction():
        Product.update(title=Product.title.concat(" II"), price=1250).where(Product.id.in_(products)).execute()
    return token, products


def left_by_checkout(store: Store, token: str, products: list[int]) -> dict[str, Any]:
    """All that a checkout of this customer changes."""
    with store.snapshot():
        customer = Customer.get(Customer.token == token)
        order = Order.get(Order.customer == customer)
        lines = OrderLine.select().where(OrderLine.order == order).order_by(OrderLine.id)
        ledger = LedgerEntry.select().where(LedgerEntry.order_id == order.id).order_by(LedgerEntry.id)
        where = Address.select(Address.country, Address.city, Address.post_code, Address.address)
        return {
            "order": (order.is_ordered, order.number, order.time_checkout is None, order.checkout_digest is None),
            "orders": Order.select().where(Order.customer == customer).count(),
            "sent to": list(where.where(Address.id == order.shipping_address).tuples()),
            "addresses": Address.select().where(Address.customer == customer).count(),
            "customer": (customer.first_name, customer.last_name, customer.email),
            "lines": [(line.product_number, line.quantity, line.title, line.price) for line in lines],
            "stock": [available(product) for product in products],
            "sales": [(entry.product_id, entry.change, entry.reason) for entry in ledger],
            "counter": Counter.get().value,
        }


def whole_order(number: int, products: list[int], counter: int | None = None) -> dict[str, Any]:
    """What has to be left by the checkout of `customer_with_a_cart`."""
    kettle, mug = products
    return {
        "order": (True, str(number), False, False),
        "orders": 1,
        "sent to": [("France", "Paris", "01001", "1 rue X")],
        "addresses": 1,
        "customer": ("Ann", "Lee", "ann@example.com"),
        "lines": [(kettle, 2, "Kettle II", Decimal("12.50")), (mug, 3, "Mug II", Decimal("12.50"))],
        "stock": [8, 7],
        "sales": [(kettle, -2, "sale"), (mug, -3, "sale")],
        "counter": counter or number,
    }


def test_a_checkout_that_dies_at_any_statement_leaves_the_whole_order_or_nothing(
    client: TestClient, store: Store, crash: Crash
) -> None:
    token, products = customer_with_a_cart(store)
    body, key = {**DELIVERY, "token": token}, {"Idempotency-Key": token}
    statements = crash(request=("PUT", FINALIZE, body, key))["executed"]
    assert left_by_checkout(store, token, products) == whole_order(1001, products)
    assert [sql.split()[0] for sql in statements if sql.startswith(("BEGIN", "COMMIT"))] == ["BEGIN", "COMMIT"]
    assert (len(statements) >= 15, statements[-1]) == (True, "COMMIT")
    deaths = [(number, after) for number in range(len(statements)) for after in (False, True)]
    for order_number, (number, after) in enumerate(deaths, 1002):
        token, products = customer_with_a_cart(store)
        body, key = {**DELIVERY, "token": token}, {"Idempotency-Key": token}
        before = everything(store)
        died = crash(number, after, request=("PUT", FINALIZE, body, key))
        assert died == {"executed": statements[: number + after], "killed": True}
        if statements[-1] in died["executed"]:
            assert left_by_checkout(store, token, products) == whole_order(order_number, products)
        else:
            assert everything(store) == before
        # Who was told nothing asks again, with the key or without one.
        again = [client.put(FINALIZE, json=body, headers=headers) for headers in (None, key)]
        assert [answer.status_code for answer in again] == [200, 200]
        assert again[0].content == again[1].content
        assert ("Idempotent-Replayed" in again[1].headers) is (statements[-1] in died["executed"])
        assert left_by_checkout(store, token, products) == whole_order(order_number, products)
    with store.snapshot():
        assert Order.select().where(Order.is_ordered).count() == Order.select().count() == 1 + len(deaths)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_checkouts_that_share_a_commit_are_all_there_or_none(client: TestClient, store: Store, crash: Crash) -> None:
    def three_customers() -> list[tuple[str, list[int]]]:
        three = [customer_with_a_cart(store) for _ in range(3)]
        with store.transaction():
            set_stock(store, three[1][1][0], 0)  # the one in the middle will be refused
        return three

    def assert_sold(three: list[tuple[str, list[int]]], number: int) -> None:
        first, (token, products), last = three
        assert left_by_checkout(store, *first) == whole_order(number, first[1], counter=number + 1)
        assert left_by_checkout(store, *last) == whole_order(number + 1, last[1])
        refused = left_by_checkout(store, token, products)
        assert (refused["order"], refused["sales"], refused["stock"]) == ((False, None, True, True), [], [0, 10])

    three = three_customers()
    statements = crash(tokens=[token for token, _ in three])["executed"]
    assert_sold(three, 1001)
    together = [sql.split()[0] for sql in statements if sql.startswith(("BEGIN", "SAVEPOINT", "ROLLBACK", "COMMIT"))]
    assert together == ["BEGIN", "SAVEPOINT", "SAVEPOINT", "ROLLBACK", "SAVEPOINT", "COMMIT"]
    for number in range(len(statements)):
        three = three_customers()
        before = everything(store)
        died = crash(number, after=True, tokens=[token for token, _ in three])
        assert died == {"executed": statements[: number + 1], "killed": True}
        if "COMMIT" in died["executed"]:
            assert_sold(three, 1003 + 2 * number)
        else:
            assert everything(store) == before
        again = [client.put(FINALIZE, json={**DELIVERY, "token": token}) for token, _ in three]
        assert [answer.status_code for answer in again] == [200, 400, 200]
        assert_sold(three, 1003 + 2 * number)


@pytest.mark.parametrize(("earlier", "quantity"), [(0, 2), (3, 0)])
def test_a_cart_update_that_dies_at_any_statement_is_done_or_not(
    client: TestClient, store: Store, crash: Crash, earlier: int, quantity: int
) -> None:
    def update_of_a_customer() -> dict[str, Any]:
        token = add_customer(store)
        if earlier:
            fill_cart(store, token, 1, earlier)
        return {"token": token, "product_id": 1, "quantity": quantity}

    def lines(token: str) -> list[int]:
        with store.snapshot():
            query = OrderLine.select().join(Order).join(Customer).where(Customer.token == token)
            return [line.quantity for line in query]

    wanted = [quantity] if quantity else []
    add_product(store, quantity=5)
    statements = crash(request=("POST", UPDATE, update_of_a_customer(), None))["executed"]
    assert (len(statements) > 5, statements[-1]) == (True, "COMMIT")
    for number in range(len(statements)):
        for after in (False, True):
            update = update_of_a_customer()
            before = everything(store)
            died = crash(number, after, request=("POST", UPDATE, update, None))
            assert died == {"executed": statements[: number + after], "killed": True}
            if statements[-1] in died["executed"]:
                assert lines(update["token"]) == wanted
            else:
                assert everything(store) == before
            again = client.post(UPDATE, json=update)
            assert (again.status_code, again.json()) == (200, {"status": True, "cart_items_count": len(wanted)})
            assert lines(update["token"]) == wanted
    with store.snapshot():
        assert Order.select().count() == Customer.select().count()
        assert (available(1), Order.select().where(Order.is_ordered).count()) == (5, 0)


class Shopper:
    """A client that buys one of product 1 after another, and asks again for whatever it was not told."""

    def __init__(self) -> None:
        self.token = ""
        self.filled = False
        self.told: dict[str, Any] = {}

    def buy(self, address: str, told: Semaphore) -> None:
        """Buy until the server is gone."""
        try:
            while True:
                self.buy_one(address)
                told.release()
        except HTTPError:
            raise
        except (OSError, HTTPException):
            return

    def buy_one(self, address: str) -> None:
        self.token = self.token or ask(f"{address}/api/customer/create/", "POST")["customer_token"]
        if not self.filled:
            update = {"token": self.token, "product_id": 1, "quantity": 1}
            assert ask(f"{address}{UPDATE}", "POST", update)["cart_items_count"] == 1
            self.filled = True
        self.told[self.token] = ask(f"{address}{FINALIZE}", "PUT", {**DELIVERY, "token": self.token})
        self.token, self.filled = "", False


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_servers_that_are_killed_in_the_middle_of_many_checkouts_lose_none_that_was_told(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    settings, variables = settings_for(tmp_path), {}
    if database == "postgresql":
        settings = settings_for(tmp_path, new_postgresql_database(request.getfixturevalue("server_url")))
        variables["WEBSTORE_DATABASE_URL"] = settings.database_url
    store, shoppers = Store(settings), [Shopper() for _ in range(CLIENTS)]
    for kill in range(KILLS):
        with serving("--workers", "2", cwd=tmp_path, **variables) as (address, process):
            once_up(partial(ask, f"{address}/api/product/brands/all/"))
            if kill == 0:
                add_product(store, quantity=10_000)
                store.close()
            told = Semaphore(0)
            with ThreadPoolExecutor(CLIENTS) as threads:
                buying = [threads.submit(shopper.buy, address, told) for shopper in shoppers]
                try:
                    for _ in range(TOLD_BEFORE_A_KILL):
                        assert told.acquire(timeout=20)
                finally:
                    os.killpg(process.pid, signal.SIGKILL)
                for each in buying:
                    each.result()
            process.wait(timeout=20)
    with serving(cwd=tmp_path, **variables) as (address, _process):
        once_up(partial(ask, f"{address}/api/product/brands/all/"))
        for shopper in shoppers:
            if shopper.filled:
                shopper.buy_one(address)
        orders = {token: order for shopper in shoppers for token, order in shopper.told.items()}
        assert len(orders) >= KILLS * TOLD_BEFORE_A_KILL
        assert {token: ask(f"{address}{FINALIZE}", "PUT", {**DELIVERY, "token": token}) for token in orders} == orders
    with store.snapshot():
        finished = rows(Order.select(Order.id, Order.number).where(Order.is_ordered))
        assert sorted(order["id"] for order in finished) == sorted(order["id"] for order in orders.values())
        assert sorted(order["number"] for order in finished) == [str(1001 + number) for number in range(len(orders))]
        assert available(1) == 10_000 - len(orders)
        entries = [(entry["change"], entry["reason"]) for entry in rows(LedgerEntry.select().order_by(LedgerEntry.id))]
        assert entries == [(10_000, "count")] + [(-1, "sale")] * len(orders)
    store.close()
