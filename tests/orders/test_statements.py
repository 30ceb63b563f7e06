"""How many statements a cart and a checkout take: few, and not more with every line than it needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Store
from webstore_kit.orders import services
from webstore_kit.orders.schemas import CartUpdate, Checkout


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements that are sent in here, without those that begin and end a transaction."""
    sent: list[str] = []
    database: Any = store.database
    execute = database.execute_sql

    def record(sql: str, params: Any = None) -> Any:
        if not sql.startswith("PRAGMA"):
            sent.append(sql)
        return execute(sql, params)

    database.execute_sql = record
    try:
        yield sent
    finally:
        database.execute_sql = execute


def put(store: Store, token: str, product: int, quantity: int) -> None:
    with store.transaction():
        services.set_quantity(store, CartUpdate(token=token, product_id=product, quantity=quantity))


def test_a_cart_update_takes_few_statements(store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    taken = []
    for quantity in (1, 2, 0, 0):
        with statements(store) as sent:
            put(store, token, product, quantity)
        taken.append(len(sent))
    # First the cart and the line are made, then the line is changed, taken out, and looked for.
    assert taken == [7, 5, 4, 5]


@pytest.mark.parametrize("lines", [1, 3, 10])
def test_a_checkout_takes_two_statements_for_each_line_and_eight_more(store: Store, lines: int) -> None:
    token = add_customer(store)
    for number in range(lines):
        put(store, token, add_product(store, f"P{number}"), 1)
    with statements(store) as sent, store.transaction():
        services.finalize_order(store, Checkout(token=token, **DELIVERY))
    products_kept = 1 if store.postgresql else 0
    assert len(sent) == 8 + products_kept + 2 * lines


def test_a_checkout_that_is_sent_again_takes_three(store: Store) -> None:
    token = add_customer(store)
    put(store, token, add_product(store), 1)
    with store.transaction():
        services.finalize_order(store, Checkout(token=token, **DELIVERY))
    with statements(store) as sent, store.transaction():
        services.finalize_order(store, Checkout(token=token, **DELIVERY))
    assert len(sent) == 3
