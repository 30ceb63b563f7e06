"""The extensions among the examples, on both databases: exactly once, whoever comes at the same time."""

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

import peewee
import pytest

import loyalty
import payments
from loyalty.models import Points
from loyalty.points import book, of_customers, top
from payments.cashier import OrderPaid
from payments.methods import APPROVED, DECLINED, CardStub, Settled
from payments.models import Payment
from tests.cli.processes import run
from tests.databases import new_postgresql_database
from tests.docs.pages import ROOT
from webstore_kit import Destination, Extension, OrderPlaced, Settings, Store, Tax, create_app, migrations
from webstore_kit.testing import Heard, StoreClient, add_product, fresh_settings, place_order

EXAMPLES = ROOT / "examples"
THREADS = 8


class CountingCard(CardStub):
    """Counts how often it took money."""

    def __init__(self) -> None:
        self.times = 0
        self._lock = Lock()

    def settle(self, amount: Decimal, card_number: str) -> Settled:
        settled = super().settle(amount, card_number)
        with self._lock:
            self.times += 1
        return settled


@pytest.fixture(scope="module")
def postgresql(server_url: str) -> str:
    """The URL of a database for stores with extensions; that of the other tests is to have no tables of theirs."""
    return new_postgresql_database(server_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    if request.param == "sqlite":
        return {}
    return {"database_url": request.getfixturevalue("postgresql")}


@pytest.fixture
def card() -> CountingCard:
    return CountingCard()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def client(tmp_path: Path, database: Mapping[str, Any], card: CountingCard, heard: Heard) -> Iterator[StoreClient]:
    ears = Extension(name="ears", after_commit=[heard.of(OrderPaid)])
    extensions = [loyalty.extension, payments.payments({"card": card}), ears]
    settings = fresh_settings(tmp_path, extensions=extensions, **database)
    with StoreClient(create_app(settings, extensions=extensions)) as client:
        yield client


def pay(client: StoreClient, token: str, order_id: int, number: str = APPROVED) -> Any:
    body = {"token": token, "order_id": order_id, "method": "card", "card_number": number}
    return client.post("/api/payments/pay/", json=body)


def ordered(client: StoreClient, price: str = "12.50") -> tuple[str, int]:
    token = client.customer()
    client.put_in_cart(token, add_product(client.store, price=price))
    return token, client.check_out(token)["id"]


def rows(client: StoreClient, model: Any, *columns: Any) -> list[Any]:
    with client.store.snapshot():
        return list(model.select(*columns).tuples())


def test_of_those_who_pay_one_order_at_once_one_pays(client: StoreClient, card: CountingCard, heard: Heard) -> None:
    token, order_id = ordered(client)
    begin = Barrier(THREADS)

    def pay_at_once(_: int) -> Any:
        begin.wait()
        return pay(client, token, order_id)

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(pay_at_once, range(THREADS)))
    paid = {"order_id": order_id, "amount": "12.50", "status": "paid", "method": "card", "last_digits": "4242"}
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, paid)] * THREADS
    assert card.times == 1
    assert heard.events == [OrderPaid(order_id, Decimal("12.50"), "card", "paid")]


def test_where_cards_are_declined_at_once_the_one_that_is_not_pays(client: StoreClient, card: CountingCard) -> None:
    token, order_id = ordered(client)
    numbers = [DECLINED] * (THREADS - 1) + [APPROVED]
    begin = Barrier(THREADS)

    def pay_at_once(number: str) -> int:
        begin.wait()
        code: int = pay(client, token, order_id, number).status_code
        return code

    with ThreadPoolExecutor(THREADS) as threads:
        codes = list(threads.map(pay_at_once, numbers))
    assert codes[-1] == 200
    assert set(codes[:-1]) <= {200, 400}  # who came after the payment is told that it is paid
    assert card.times == 1
    assert pay(client, token, order_id).json()["status"] == "paid"


def test_checkouts_of_many_at_once_book_each_order_once(client: StoreClient) -> None:
    product = add_product(client.store, price="3.00", quantity=THREADS)
    tokens = [client.customer() for _ in range(THREADS)]

    def buy(token: str) -> int:
        client.put_in_cart(token, product)
        return int(client.check_out(token)["id"])

    with ThreadPoolExecutor(THREADS) as threads:
        orders = list(threads.map(buy, tokens))
    booked = rows(client, Points, Points.order, Points.points)
    assert sorted(booked) == [(order, 3) for order in sorted(orders)]
    due = rows(client, Payment, Payment.order, Payment.amount, Payment.status)
    assert sorted(due) == [(order, Decimal("3.00"), "due") for order in sorted(orders)]


def test_the_database_keeps_an_order_from_being_booked_twice(client: StoreClient) -> None:
    _, order_id = ordered(client)
    ((customer_id, points),) = rows(client, Points, Points.customer, Points.points)
    again = OrderPlaced(order_id, "1001", customer_id, "", (), Destination(), Decimal(5), Decimal(0), Tax(), Decimal(5))
    with pytest.raises(peewee.IntegrityError), client.store.transaction():
        book(client.store, again)
    with client.store.snapshot():
        assert of_customers(client.store, [customer_id]) == {customer_id: points} == {customer_id: 12}


def test_the_best_customers_come_first(client: StoreClient) -> None:
    product = add_product(client.store, price="1.00", quantity=99)
    for quantity in (1, 3, 2):
        place_order(client.store, {product: quantity}, email=f"{quantity}@example.com")
    with client.store.snapshot():
        assert top(2) == [("3@example.com", 3), ("2@example.com", 2)]


def test_the_migrations_make_what_the_models_say(client: StoreClient) -> None:
    _, order_id = ordered(client)
    ((_, customer_id, order, points, booked),) = rows(client, Points)
    assert (customer_id, order, points, booked.tzinfo is not None) == (1, order_id, 12, True)
    ((_, order, *payment),) = rows(client, Payment)
    assert (order, payment) == (order_id, [Decimal("12.50"), "due", None, None, None])
    for model, values in ((Points, {"points": 0}), (Payment, {"status": "x"}), (Payment, {"amount": -1})):
        with pytest.raises(peewee.IntegrityError), client.store.transaction():
            model.update(**values).execute()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store that has the extensions by its settings."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(str(EXAMPLES / name) for name in ("loyalty", "payments")))
    toml = 'extensions = ["loyalty:extension", "payments:extension"]\n[extension.loyalty]\npoints_per_unit = 2\n'
    (tmp_path / "webstore.toml").write_text(toml)
    return tmp_path


def test_the_command_line_has_their_migrations_and_commands(shop: Path) -> None:
    applied = run("migrate", cwd=shop).stdout.splitlines()
    assert applied[-2:] == ["Applied loyalty/0001_points", "Applied payments/0001_payments"]
    settings = Settings.load(directory=shop, secret_key="x" * 50)
    store: Store = create_app(settings).state.store
    migrations.require_current(store)
    place_order(store, email="best@example.com")
    store.close()
    top_customers = run("loyalty", "top", "--json", cwd=shop)
    assert json.loads(top_customers.stdout) == [{"email": "best@example.com", "points": 20}]
