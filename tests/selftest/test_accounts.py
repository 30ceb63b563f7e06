"""The accounts: of a shop that is right every check holds, and each thing that goes wrong fails just its checks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from peewee import fn
from starlette.testclient import TestClient

from tests.factories import DELIVERY, add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Stock
from webstore_kit.customers.models import Address
from webstore_kit.inventory.models import LedgerEntry, Reason
from webstore_kit.orders.models import OrderLine
from webstore_kit.selftest.accounts import Accounts
from webstore_kit.selftest.books import Books, read
from webstore_kit.selftest.purchases import Answer, Purchase
from webstore_kit.selftest.report import Check

UNITS = {1: 5, 2: 3}
TOLD = "Every order that a buyer was told is in the database"
UNTOLD = "Every order in the database was told to a buyer"
TWO_ORDERS = "No buyer was told two orders for one cart"
ALONE = "Each order was told to its own buyer alone"
ANSWER = "A checkout that was sent twice had one answer"
NUMBERS = "Each order has a number of its own"
BASKETS = "Each order has what its buyer had put in the cart"
ADDRESSES = "Each order goes to the address that its buyer gave"
OVERSOLD = "No units were sold beyond those that there were"
STOCK = "Each product's stock is what there was less what was sold"
BELOW = "No stock is below 0"
LEDGER = "Each product's stock is what the ledger adds up to"
SALES = "The sales in the ledger are the lines of the orders"


@pytest.fixture
def told(client: TestClient, store: Store) -> list[Purchase]:
    """What four buyers of two products were told: the second sent the checkout twice, the last came too late."""
    for title, units in zip(("Kettle", "Cup"), UNITS.values(), strict=True):
        add_product(store, title, quantity=units)
    baskets = [{1: 2, 2: 1}, {2: 2}, {1: 2}, {1: 3}]
    tokens = [fill_cart(client, basket) for basket in baskets]
    answers = [
        tuple(check_out(client, token) for _ in range(times)) for token, times in zip(tokens, TIMES, strict=True)
    ]
    address = DELIVERY["address"]
    return [Purchase(*visit) for visit in zip(tokens, [address] * 4, baskets, answers, strict=True)]


TIMES = (1, 2, 1, 1)


def fill_cart(client: TestClient, basket: dict[int, int]) -> str:
    token: str = client.post("/api/customer/create/").json()["customer_token"]
    for product, quantity in basket.items():
        line = {"token": token, "product_id": product, "quantity": quantity}
        assert client.post("/api/order/cart/update/", json=line).json()["status"] is True
    return token


def check_out(client: TestClient, token: str) -> Answer:
    answer = client.put("/api/order/finalize/", json={**DELIVERY, "token": token})
    return Answer(answer.status_code, answer.content)


def checks(books: Books, told: Sequence[Purchase], units: Mapping[int, int] = UNITS) -> dict[str, Check]:
    return {check.name: check for check in Accounts(books, told, units).checks()}


def failed(books: Books, told: Sequence[Purchase], units: Mapping[int, int] = UNITS) -> dict[str, tuple[Any, Any]]:
    found = checks(books, told, units)
    return {name: (check.expected, check.found) for name, check in found.items() if not check.holds}


def test_of_a_shop_that_is_right_every_check_holds(store: Store, told: list[Purchase]) -> None:
    assert [[answer.status for answer in purchase.answers] for purchase in told] == [[200], [200, 200], [200], [400]]
    found = checks(read(store), told)
    assert {name: check.expected for name, check in found.items()} == {
        TOLD: 3,
        UNTOLD: 3,
        TWO_ORDERS: 0,
        ALONE: 3,
        ANSWER: 1,
        NUMBERS: 3,
        BASKETS: 3,
        ADDRESSES: 3,
        OVERSOLD: 0,
        STOCK: 2,
        BELOW: 0,
        LEDGER: 2,
        SALES: 4,
    }
    assert [name for name, check in found.items() if not check.holds] == []


def order_of(purchase: Purchase) -> int:
    (order,) = purchase.orders
    return order


def test_an_order_that_was_told_but_is_not_there_is_found(store: Store, told: list[Purchase]) -> None:
    lost = Purchase("token", "address", {1: 1}, (Answer(200, b'{"id": 99}'),))
    assert failed(read(store), [*told, lost]) == {TOLD: (4, 3)}
    assert checks(read(store), [*told, lost])[TOLD].cases == ("order 99 is not there",)


def test_an_order_that_nobody_was_told_of_is_found(store: Store, told: list[Purchase]) -> None:
    assert failed(read(store), told[1:]) == {UNTOLD: (3, 2)}
    assert checks(read(store), told[1:])[UNTOLD].cases == (f"order {order_of(told[0])}",)


def test_an_order_that_two_buyers_were_told_is_found(store: Store, told: list[Purchase]) -> None:
    assert failed(read(store), [*told, replace(told[0], token="another")]) == {ALONE: (3, 2)}


def test_an_order_that_another_buyer_was_told_is_found(store: Store, told: list[Purchase]) -> None:
    assert failed(read(store), [replace(told[0], token="another"), *told[1:]]) == {ALONE: (3, 2)}


def test_two_orders_for_one_cart_are_found(store: Store, told: list[Purchase]) -> None:
    both = replace(told[0], answers=told[0].answers + told[2].answers)
    wrong = {TWO_ORDERS: (0, 1), ANSWER: (2, 1), ALONE: (3, 2), BASKETS: (3, 2)}
    assert failed(read(store), [both, told[1], told[3]]) == wrong


def test_two_answers_to_one_checkout_are_found(store: Store, told: list[Purchase]) -> None:
    first, _ = told[1].answers
    other = Answer(200, first.body.replace(b'"is_ordered":true', b'"is_ordered":false'))
    assert failed(read(store), [told[0], replace(told[1], answers=(first, other)), *told[2:]]) == {ANSWER: (1, 0)}
    no = Answer(400, b'{"error": "\\"Cup\\" is sold out."}')
    assert failed(read(store), [told[0], replace(told[1], answers=(first, no)), *told[2:]]) == {ANSWER: (1, 0)}


def test_two_orders_with_one_number_are_found(store: Store, told: list[Purchase]) -> None:
    books = read(store)
    orders = {order: replace(bought, number="7") for order, bought in books.orders.items()}
    assert failed(replace(books, orders=orders), told) == {NUMBERS: (3, 1)}
    orders = {order: replace(bought, number=None) for order, bought in books.orders.items()}
    assert failed(replace(books, orders=orders), told) == {NUMBERS: (3, 0)}


def test_a_line_with_another_quantity_is_found(store: Store, told: list[Purchase]) -> None:
    line = OrderLine.order == order_of(told[0]), OrderLine.product == 1
    with store.transaction():
        OrderLine.update(quantity=1).where(*line).execute()
    assert failed(read(store), told) == {BASKETS: (3, 2), STOCK: (2, 1), SALES: (5, 3)}
    assert checks(read(store), told)[STOCK].cases == ("product 1: 5 less 3 sold, but 1 left",)


def test_an_order_that_goes_elsewhere_is_found(store: Store, told: list[Purchase]) -> None:
    with store.transaction():
        Address.update(address="2 rue Y").where(Address.id == Address.select(fn.MIN(Address.id))).execute()
    assert failed(read(store), told) == {ADDRESSES: (3, 2)}


def test_stock_changed_behind_the_back_of_the_ledger_is_found(store: Store, told: list[Purchase]) -> None:
    with store.transaction():
        Stock.update(quantity=Stock.quantity + 1).where(Stock.product == 1).execute()
    assert failed(read(store), told) == {STOCK: (2, 1), LEDGER: (2, 1)}
    assert checks(read(store), told)[LEDGER].cases == ("product 1: 1 by the ledger, but 2",)


def test_a_sale_that_belongs_to_no_line_is_found(store: Store, told: list[Purchase]) -> None:
    sale = {"product_id": 1, "change": -1, "reason": Reason.SALE, "order_id": order_of(told[1]), "time": store.now()}
    with store.transaction():
        LedgerEntry.insert(sale).execute()
    assert failed(read(store), told) == {LEDGER: (2, 1), SALES: (5, 4)}


def test_more_sold_than_there_was_is_found(store: Store, told: list[Purchase]) -> None:
    assert failed(read(store), told, units={1: 3, 2: 3}) == {OVERSOLD: (0, 1), STOCK: (2, 1)}
    assert checks(read(store), told, units={1: 3, 2: 3})[OVERSOLD].cases == ("product 1: 1 too many",)


def test_stock_below_0_is_found(store: Store, told: list[Purchase]) -> None:
    books = read(store)
    assert failed(replace(books, stock={1: 1, 2: -1}), told) == {STOCK: (2, 1), BELOW: (0, 1), LEDGER: (2, 1)}
