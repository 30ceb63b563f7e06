"""Transactions that PostgreSQL gives up for another's sake: `Store.write` begins them anew, a few times."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.databases import empty_tables, settings_for
from tests.factories import add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Stock
from webstore_kit.core.database import rows
from webstore_kit.core.errors import Busy, Collided, Conflict
from webstore_kit.core.store import TRIES

OpenWith = Callable[[str], Store]
Work = Callable[[], Any]


@pytest.fixture
def open_with(migrated_postgresql: str, tmp_path: Path) -> Iterator[OpenWith]:
    """Opens the PostgreSQL database, empty, with a parameter of the server for all its sessions."""
    stores = []

    def opened(parameter: str) -> Store:
        url = f"{migrated_postgresql}&options={quote(f'-c {parameter}')}"
        stores.append(Store(settings_for(tmp_path, url)))
        return stores[-1]

    empty_tables(migrated_postgresql)
    yield opened
    for store in stores:
        store.close()


def add_to_stock(product: int, quantity: int) -> None:
    Stock.update(quantity=Stock.quantity + quantity).where(Stock.product == product).execute()


def all_stock(store: Store) -> list[int]:
    with store.snapshot():
        return [row["quantity"] for row in rows(Stock.select().order_by(Stock.product))]


def both_at_once(store: Store, works: list[Work]) -> None:
    with ThreadPoolExecutor(len(works)) as threads:
        list(threads.map(store.write, works))


def test_two_transactions_that_wait_for_each_other_both_get_through(open_with: OpenWith) -> None:
    store = open_with("deadlock_timeout=20ms")
    one, two = (add_product(store, quantity=0) for _ in range(2))
    barrier, tries = Barrier(2, timeout=20), []

    def add(first: int, second: int) -> None:
        tries.append(first)
        add_to_stock(first, 1)
        if tries.count(first) == 1:
            barrier.wait()  # from here on each waits for what the other has
        add_to_stock(second, 10)

    both_at_once(store, [lambda: add(one, two), lambda: add(two, one)])
    assert all_stock(store) == [11, 11]
    assert len(tries) > 2


def test_two_transactions_that_are_not_in_any_order_are_brought_into_one(open_with: OpenWith) -> None:
    store = open_with("default_transaction_isolation=serializable")
    one, two = (add_product(store, quantity=1) for _ in range(2))
    barrier, tries = Barrier(2, timeout=20), []

    def add_all_to(product: int) -> None:
        tries.append(product)
        total = sum(row["quantity"] for row in rows(Stock.select()))
        if tries.count(product) == 1:
            barrier.wait()  # both have read now, and neither has written
        Stock.update(quantity=total).where(Stock.product == product).execute()

    both_at_once(store, [lambda: add_all_to(one), lambda: add_all_to(two)])
    assert sorted(all_stock(store)) == [2, 3]
    assert len(tries) > 2


def test_a_transaction_that_collides_every_time_is_busy_in_the_end(
    open_with: OpenWith, migrated_postgresql: str
) -> None:
    store, tries = open_with("default_transaction_isolation=serializable"), []
    product = add_product(store, quantity=0)

    def add_to_what_others_change() -> None:
        tries.append(product)
        assert Stock.get().quantity == 100 * (len(tries) - 1)
        with psycopg.connect(migrated_postgresql) as other:
            other.execute("UPDATE stock SET quantity = quantity + 100")
        add_to_stock(product, 1)

    with pytest.raises(Busy, match="The store is busy"):
        store.write(add_to_what_others_change)
    assert (len(tries), all_stock(store)) == (TRIES, [100 * TRIES])


def test_the_last_try_counts(store: Store) -> None:
    tries: list[Any] = []

    def collide_but_once() -> str:
        tries.append(Brand.insert(title=f"Try {len(tries)}").execute())
        if len(tries) < TRIES:
            raise Collided
        return "done"

    assert store.write(collide_but_once) == "done"
    with store.snapshot():
        assert [brand.title for brand in Brand.select()] == [f"Try {TRIES - 1}"]


@pytest.mark.parametrize(("error", "count"), [(Collided(), TRIES), (Busy(), 1), (Conflict("No."), 1), (KeyError(), 1)])
def test_what_cannot_be_done_is_tried_as_often_as_makes_sense_and_leaves_nothing(
    store: Store, error: Exception, count: int
) -> None:
    tries = []

    def fail() -> None:
        tries.append(Brand.insert(title="x").execute())
        raise error

    with pytest.raises(type(error)) as caught:
        store.write(fail)
    assert (caught.value, len(tries)) == (error, count)
    with store.snapshot():
        assert Brand.select().count() == 0


def test_what_collides_after_its_time_is_not_tried_again(store: Store) -> None:
    tries: list[Any] = []
    deadline = time.monotonic() + 0.2

    def collide_late() -> None:
        tries.append(Brand.insert(title="x").execute())
        time.sleep(max(0, deadline - time.monotonic()))
        raise Collided

    with pytest.raises(Busy) as caught:
        store.write(collide_late, deadline)
    assert (type(caught.value), len(tries)) == (Busy, 1)


def test_what_collides_inside_an_outer_transaction_is_tried_again_with_all_of_it(
    open_with: OpenWith, migrated_postgresql: str
) -> None:
    store, tries = open_with("default_transaction_isolation=serializable"), []
    product = add_product(store, quantity=0)

    def inner() -> None:
        tries.append("inner")
        Stock.get()
        if len(tries) == 2:
            with psycopg.connect(migrated_postgresql) as other:
                other.execute("UPDATE stock SET quantity = 100")
        add_to_stock(product, 1)

    def outer() -> None:
        tries.append("outer")
        Brand.insert(title="x").execute()
        store.write(inner)

    store.write(outer)
    assert (tries, all_stock(store)) == (["outer", "inner"] * 2, [101])
    with store.snapshot():
        assert Brand.select().count() == 1
