"""Carts and checkouts that run at the same time as themselves: the counts are exact, on both databases."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Store
from webstore_kit.core.errors import StoreError
from webstore_kit.inventory.queries import available
from webstore_kit.orders import services
from webstore_kit.orders.errors import CartEmpty, LinesUnavailable
from webstore_kit.orders.models import Order, OrderLine
from webstore_kit.orders.schemas import CartUpdate, Checkout

BUYERS = 8


def put(store: Store, token: str, product: int, quantity: int) -> int:
    with store.transaction():
        return services.set_quantity(store, CartUpdate(token=token, product_id=product, quantity=quantity))


def check_out(store: Store, token: str) -> int:
    with store.transaction():
        return int(services.finalize_order(store, Checkout(token=token, **DELIVERY))["id"])


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
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
    product = add_product(store, quantity=3)
    tokens = [add_customer(store) for _ in range(BUYERS)]
    for token in tokens:
        put(store, token, product, 1)
    results = at_once([lambda token=token: check_out(store, token) for token in tokens])  # type: ignore[misc]
    assert Counter(type(result) for result in results) == {int: 3, type: BUYERS - 3}
    assert [result for result in results if not isinstance(result, int)] == [LinesUnavailable] * (BUYERS - 3)
    with store.snapshot():
        assert available(product) == 0
        assert Order.select().where(Order.is_ordered).count() == 3


def test_one_checkout_sent_many_times_at_once_makes_one_order(store: Store) -> None:
    product, token = add_product(store, quantity=50), add_customer(store)
    put(store, token, product, 2)
    results = at_once([lambda: check_out(store, token)] * BUYERS)
    assert results == [1] * BUYERS
    with store.snapshot():
        assert (available(product), Order.select().count()) == (48, 1)


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
    products = [add_product(store, f"P{number}", quantity=BUYERS) for number in range(4)]
    tokens = [add_customer(store) for _ in range(BUYERS)]
    for number, token in enumerate(tokens):
        for product in products if number % 2 else reversed(products):
            put(store, token, product, 1)
    results = at_once([lambda token=token: check_out(store, token) for token in tokens])  # type: ignore[misc]
    assert sorted(results) == list(range(1, BUYERS + 1))
    with store.snapshot():
        assert [available(product) for product in products] == [0] * 4


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
