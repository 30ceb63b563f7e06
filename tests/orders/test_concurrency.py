"""Carts and checkouts that run at the same time as themselves: the counts are exact, on both databases."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier, Event, Semaphore
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Product, Stock
from webstore_kit.core.database import rows
from webstore_kit.core.errors import NotFound, StoreError
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.inventory.queries import available
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders import services
from webstore_kit.orders.errors import CartEmpty, LinesUnavailable, UnknownProduct
from webstore_kit.orders.models import Order, OrderLine
from webstore_kit.orders.schemas import CartUpdate, Checkout

BUYERS = 8


def put(store: Store, token: str, product: int, quantity: int) -> int:
    with store.transaction():
        return services.set_quantity(store, CartUpdate(token=token, product_id=product, quantity=quantity))


def check_out(store: Store, token: str) -> int:
    with store.transaction():
        return int(services.finalize_order(store, Checkout(token=token, **DELIVERY))["id"])


def customers_with_carts(store: Store, number: int, *products: int) -> list[str]:
    """That many customers, each with one of each product in the cart."""
    tokens = [add_customer(store) for _ in range(number)]
    for token in tokens:
        for product in products:
            put(store, token, product, 1)
    return tokens


def order_numbers(store: Store) -> list[int]:
    with store.snapshot():
        return sorted(int(order["number"]) for order in rows(Order.select(Order.number).where(Order.is_ordered)))


def ledger(store: Store, product: int) -> list[tuple[int, str]]:
    """The changes of the product's stock, oldest first."""
    with store.snapshot():
        entries = rows(LedgerEntry.select().where(LedgerEntry.product_id == product).order_by(LedgerEntry.id))
        return [(entry["change"], entry["reason"]) for entry in entries]


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each in a thread of its own, all from the same moment; a refusal is its result."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        except StoreError as error:
            return type(error)

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_the_last_units_go_to_exactly_as_many_buyers(store: Store) -> None:
    product = add_product(store, quantity=7)
    tokens = customers_with_carts(store, 60, product)
    results = at_once([partial(check_out, store, token) for token in tokens])
    assert results.count(LinesUnavailable) == 53
    assert len({result for result in results if isinstance(result, int)}) == 7
    assert order_numbers(store) == list(range(1001, 1008))
    assert ledger(store, product) == [(7, "count")] + [(-1, "sale")] * 7
    with store.snapshot():
        assert available(product) == 0


def test_one_checkout_sent_many_times_at_once_makes_one_order(store: Store) -> None:
    product, token = add_product(store, quantity=50), add_customer(store)
    put(store, token, product, 2)
    results = at_once([lambda: check_out(store, token)] * 50)
    assert results == [1] * 50
    assert order_numbers(store) == [1001]
    assert ledger(store, product) == [(50, "count"), (-2, "sale")]
    with store.snapshot():
        assert (available(product), Order.select().count()) == (48, 1)


def test_one_checkout_sent_many_times_at_once_gets_one_answer(client: TestClient, store: Store) -> None:
    product, token = add_product(store, quantity=50), add_customer(store)
    put(store, token, product, 2)
    body = {**DELIVERY, "token": token}
    answers = at_once([lambda: client.put("/api/order/finalize/", json=body)] * 50)
    assert Counter((answer.status_code, answer.content) for answer in answers) == {(200, answers[0].content): 50}
    assert order_numbers(store) == [1001]
    assert ledger(store, product) == [(50, "count"), (-2, "sale")]


def test_orders_placed_at_once_are_numbered_without_a_gap(store: Store) -> None:
    kettle, mug = add_product(store, "Kettle", quantity=40), add_product(store, "Mug", quantity=1)
    tokens = customers_with_carts(store, 40, kettle)
    refused = customers_with_carts(store, 10, mug)
    with store.transaction():
        set_stock(store, mug, 0)
    results = at_once([partial(check_out, store, token) for token in [*tokens, *refused]])
    assert results[40:] == [LinesUnavailable] * 10
    assert order_numbers(store) == list(range(1001, 1041))


def test_different_checkouts_of_one_cart_make_one_order(store: Store) -> None:
    product, token = add_product(store, quantity=50), add_customer(store)
    put(store, token, product, 2)

    def check_out_to(street: int) -> int:
        with store.transaction():
            form = Checkout(token=token, **{**DELIVERY, "address": f"{street} rue X"})
            return int(services.finalize_order(store, form)["id"])

    results = at_once([lambda street=street: check_out_to(street) for street in range(BUYERS)])  # type: ignore[misc]
    assert Counter(results) == {1: 1, CartEmpty: BUYERS - 1}
    with store.snapshot():
        assert available(product) == 48


def test_carts_with_the_same_products_in_opposite_order_do_not_wait_in_a_circle(store: Store) -> None:
    carts = 20
    products = [add_product(store, f"P{number}", quantity=carts) for number in range(6)]
    tokens = [add_customer(store) for _ in range(carts)]
    for number, token in enumerate(tokens):
        turned = products[number % 6 :] + products[: number % 6]
        for product in turned if number % 2 else reversed(turned):
            put(store, token, product, 1)
    results = at_once([partial(check_out, store, token) for token in tokens])
    assert sorted(results) == list(range(1, carts + 1))
    assert order_numbers(store) == list(range(1001, 1001 + carts))
    assert [ledger(store, product) for product in products] == [[(carts, "count")] + [(-1, "sale")] * carts] * 6
    with store.snapshot():
        assert [available(product) for product in products] == [0] * 6


def test_stock_that_is_counted_among_sales_is_what_the_ledger_adds_up_to(store: Store) -> None:
    sales, counts = 20, [1000 * number for number in range(1, 11)]
    product = add_product(store, quantity=sales)
    tokens = customers_with_carts(store, sales, product)

    def count(number: int) -> int:
        with store.transaction():
            return set_stock(store, product, number)

    sell = [partial(check_out, store, token) for token in tokens]
    results = at_once([*sell[:10], *(partial(count, number) for number in counts), *sell[10:]])
    assert sorted([*results[:10], *results[20:]]) == list(range(1, sales + 1))
    stock, found, counted = sales, [], []
    for change, reason in ledger(store, product)[1:]:
        if reason == "count":
            found.append(stock)
            counted.append(stock + change)
        stock += change
    # Each counting found what the ledger said by then, and left what it counted.
    assert sorted(found) == sorted(results[10:20])
    assert sorted(counted) == counts
    assert [reason for _, reason in ledger(store, product)].count("sale") == sales
    with store.snapshot():
        assert available(product) == stock


def test_a_product_that_is_deleted_among_its_checkouts_was_sold_before_or_is_refused(store: Store) -> None:
    buyers = 40
    kettle, mug = add_product(store, "Kettle", quantity=buyers), add_product(store, "Mug", quantity=buyers)
    tokens = customers_with_carts(store, buyers, kettle, mug)
    answered = Semaphore(0)

    def buy(token: str) -> str:
        try:
            check_out(store, token)
        except LinesUnavailable as error:
            return error.detail
        else:
            return "sold"
        finally:
            answered.release()

    def delete() -> str:
        for _ in range(buyers // 8):
            answered.acquire()
        with store.transaction():
            assert Product.delete().where(Product.id == kettle).execute() == 1
        return "deleted"

    results = Counter(at_once([delete, *(partial(buy, token) for token in tokens)]))
    sold = results.pop("sold")
    assert results.pop("deleted") == 1
    assert set(results) <= {'"Kettle" is no longer sold; please take it out of the cart.', '"Kettle" is sold out.'}
    assert (sold >= buyers // 8, sum(results.values())) == (True, buyers - sold)
    assert order_numbers(store) == list(range(1001, 1001 + sold))
    assert [ledger(store, product) for product in (kettle, mug)] == [[(buyers, "count")] + [(-1, "sale")] * sold] * 2
    with store.snapshot():
        assert (available(kettle), available(mug)) == (0, buyers - sold)
        lines = Counter((line["product"], line["title"]) for line in rows(OrderLine.select()))
        assert lines == {(None, "Kettle"): buyers, (mug, "Mug"): buyers}


@contextmanager
def being_deleted(store: Store, product: int) -> Iterator[None]:
    """Somebody has deleted the product, and commits a moment later."""
    deleted = Event()

    def delete() -> None:
        with store.transaction():
            Product.delete().where(Product.id == product).execute()
            deleted.set()
            time.sleep(0.3)

    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(delete)
        deleted.wait(10)
        yield
        other.result()


def test_a_product_that_is_deleted_while_it_is_put_in_a_cart_is_refused(store: Store) -> None:
    kettle, token = add_product(store), add_customer(store)
    with being_deleted(store, kettle), pytest.raises(UnknownProduct, match=f"There is no product {kettle}."):
        put(store, token, kettle, 1)
    with store.snapshot():
        assert Order.select().count() == 0


def test_stock_that_is_set_while_the_product_is_deleted_is_refused(store: Store) -> None:
    kettle = add_product(store)
    with (
        being_deleted(store, kettle),
        pytest.raises(NotFound, match=f"There is no product {kettle}."),
        store.transaction(),
    ):
        set_stock(store, kettle, 9)
    with store.snapshot():
        assert Stock.select().count() == 0


def test_a_first_cart_filled_from_many_places_is_one_cart(store: Store) -> None:
    token = add_customer(store)
    products = [add_product(store, f"P{number}") for number in range(BUYERS)]
    results = at_once([lambda product=product: put(store, token, product, 1) for product in products])  # type: ignore[misc]
    assert sorted(results) == list(range(1, BUYERS + 1))
    with store.snapshot():
        assert (Order.select().count(), OrderLine.select().count()) == (1, BUYERS)


def test_one_line_set_from_many_places_stays_one_line(store: Store) -> None:
    token, product = add_customer(store), add_product(store, quantity=BUYERS)
    quantities = range(1, BUYERS + 1)
    results = at_once([lambda quantity=quantity: put(store, token, product, quantity) for quantity in quantities])  # type: ignore[misc]
    assert results == [1] * BUYERS
    with store.snapshot():
        assert [line.quantity in quantities for line in OrderLine.select()] == [True]
