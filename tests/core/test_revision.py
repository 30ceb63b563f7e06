"""The revision rises with every change of the catalogue, whoever makes it, and with no other."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.factories import add_brand, add_category, add_customer, add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Product
from webstore_kit.core.revision import bulk_change, revision
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders.schemas import CartUpdate
from webstore_kit.orders.services import set_quantity

Shell = Callable[[str], None]


@pytest.fixture
def shell(store: Store) -> Iterator[Shell]:
    """A bare connection of the driver's own, that knows nothing of the store: each statement is committed at once."""
    if store.postgresql:
        with psycopg.connect(store.settings.database_url, autocommit=True) as connection:
            yield lambda sql: connection.execute(sql.encode()).close()
    else:
        path = Path(store.settings.directory / "store.sqlite3")
        with closing(sqlite3.connect(path, isolation_level=None)) as bare:
            yield lambda sql: bare.execute(sql).close()


def now(store: Store) -> int:
    with store.snapshot():
        return revision()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO products (title, price) VALUES ('Pan', 100)",
        "UPDATE products SET price = 7 WHERE id = 1",
        "DELETE FROM products WHERE id = 1",
        "UPDATE brands SET title = 'New'",
        "INSERT INTO brands (title) VALUES ('New')",
        "DELETE FROM brands",
        "UPDATE categories SET is_active = FALSE",
        "DELETE FROM product_categories",
        "INSERT INTO reviews (product_id, review) VALUES (1, 'Good')",
    ],
)
def test_a_bare_shell_raises_it(store: Store, shell: Shell, statement: str) -> None:
    add_product(store, brand=add_brand(store), categories=[add_category(store)])
    before = now(store)
    shell(statement)
    assert now(store) > before


def test_carts_and_stock_leave_it_alone(store: Store) -> None:
    product, token = add_product(store), add_customer(store)
    before = now(store)
    with store.transaction():
        set_quantity(store, CartUpdate.model_validate({"token": token, "product_id": product, "quantity": 2}))
        set_stock(store, product, 3)
    assert now(store) == before


def test_what_is_rolled_back_leaves_it_alone(store: Store) -> None:
    before = now(store)
    with suppress(LookupError), store.transaction():
        Product.insert(title="Pan", price=1).execute()
        raise LookupError
    assert now(store) == before


def test_a_bulk_change_raises_it_at_its_end_and_the_next_change_again(store: Store) -> None:
    seen = [now(store)]
    with store.transaction():
        with bulk_change():
            Product.insert_many([{"title": f"P{number}", "price": 1} for number in range(50)]).execute()
            during = revision()
            Product.update(price=2).execute()
            assert store.postgresql or revision() == during
        seen.append(revision())
    add_brand(store)
    seen.append(now(store))
    assert seen == sorted(set(seen))


def test_a_bulk_change_of_nothing_leaves_it_alone(store: Store) -> None:
    before = now(store)
    with store.transaction(), bulk_change():
        assert revision() == before
    assert now(store) == before


def test_changes_at_the_same_time_all_count_and_none_waits_for_another(store: Store) -> None:
    before = now(store)

    def change(number: int) -> int:
        return add_brand(store, f"Brand {number}")

    with ThreadPoolExecutor(8) as threads:
        ids: list[Any] = list(threads.map(change, range(40)))
    assert len(set(ids)) == 40
    assert now(store) >= before + 40
