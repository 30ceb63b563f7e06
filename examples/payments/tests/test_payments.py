"""An order is due once it is placed, and is paid once."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

import payments
from payments.cashier import OrderPaid
from payments.methods import APPROVED, DECLINED
from webstore_kit import Extension
from webstore_kit.testing import Heard, StoreClient, add_product, add_user

pytest_plugins = ["webstore_kit.testing.fixtures"]
FIRST_ORDER = 1


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def extensions(heard: Heard) -> list[Extension]:
    return [payments.extension, Extension(name="ears", after_commit=[heard.of(OrderPaid)])]


@pytest.fixture
def token(client: StoreClient) -> str:
    """The customer of the user ann, who has placed an order of 25.00."""
    add_user(client.store)
    client.log_in()
    token = str(client.get("/api/customer/getuser/").json()["token"])
    client.put_in_cart(token, add_product(client.store, price="12.50"), 2)
    assert client.check_out(token)["id"] == FIRST_ORDER
    return token


def pay(client: StoreClient, customer: str, **body: Any) -> tuple[int, Any]:
    form = {"token": customer, "order_id": FIRST_ORDER, "method": "card", "card_number": APPROVED}
    answer = client.post("/api/payments/pay/", json={**form, **body})
    return answer.status_code, answer.json()


def status(client: StoreClient) -> Any:
    return client.get("/api/customer/myorders/").json()[0]["payment"]


def test_an_order_is_due_until_a_card_pays_it(client: StoreClient, token: str, heard: Heard) -> None:
    assert status(client) == "due"
    paid = {"order_id": 1, "amount": "25.00", "status": "paid", "method": "card", "last_digits": "4242"}
    assert pay(client, token) == (200, paid)
    assert status(client) == "paid"
    assert pay(client, token, method="on_delivery") == (200, paid)
    assert [type(event) for event in heard.events] == [OrderPaid]


def test_an_order_can_be_paid_on_delivery(client: StoreClient, token: str) -> None:
    code, payment = pay(client, token, method="on_delivery", card_number="")
    assert (code, payment["status"], payment["last_digits"]) == (200, "on_delivery", None)
    assert status(client) == "on_delivery"


@pytest.mark.parametrize(
    ("body", "code", "answer"),
    [
        ({"card_number": DECLINED}, 400, {"detail": "The card was declined. Please try another."}),
        ({"card_number": "1"}, 400, {"card_number": [f"Enter {APPROVED}, or {DECLINED} to be declined."]}),
        ({"card_number": ""}, 400, {"card_number": [f"Enter {APPROVED}, or {DECLINED} to be declined."]}),
        ({"method": "shells"}, 400, {"method": ["There are card, on_delivery."]}),
        ({"order_id": 99}, 404, {"detail": "You have no order 99 to pay."}),
        ({"token": "nobody"}, 404, {"detail": "You have no order 1 to pay."}),
        ({"order_id": None}, 400, {"order_id": ["This field may not be null."]}),
        ({"order_id": 10**30}, 404, {"detail": f"You have no order {10**30} to pay."}),
        ({"token": "a\0b"}, 400, {"token": ["Null characters are not allowed."]}),
    ],
    ids=[
        "declined",
        "unknown card",
        "no card",
        "unknown method",
        "unknown order",
        "unknown customer",
        "no order",
        "vast",
        "null",
    ],
)
def test_what_is_refused_leaves_the_order_due(
    client: StoreClient, token: str, heard: Heard, body: Any, code: int, answer: Any
) -> None:
    assert pay(client, token, **body) == (code, answer)
    assert status(client) == "due"
    assert heard.events == []
    assert pay(client, token)[0] == 200


def test_nobody_pays_the_order_of_another(client: StoreClient, token: str) -> None:
    assert pay(client, client.customer()) == (404, {"detail": "You have no order 1 to pay."})
    assert status(client) == "due"


def test_the_number_of_the_card_is_nowhere(client: StoreClient, token: str, tmp_path: Path) -> None:
    pay(client, token, card_number="4242 4242 4242 4242")
    with sqlite3.connect(tmp_path / "store.sqlite3") as database:
        dump = "".join(database.iterdump())
    database.close()
    assert ("'4242'" in dump, APPROVED in dump, "4242 4242" in dump) == (True, False, False)
