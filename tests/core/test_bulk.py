"""Bulk writes: every value as it was given, ids that are given out once, and errors that are Peewee's."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import peewee
import pytest

from tests.factories import add_brand, add_product
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Brand, Category, Product, Review, Stock
from webstore_kit.core import bulk
from webstore_kit.core.database import tuples
from webstore_kit.inventory.models import LedgerEntry

TEXTS = [
    "plain",
    "",
    " blanks ",
    "a'b\"c",
    "two\nlines\r\nand\rmore",
    "tab\tand\vmore",
    "\\",
    "\\N",
    "\\.",
    "\\n\\t\\x41\\101",
    "a\\\tb\\\n",
    "NULL",
    "100 % %s ? ; --",
    "\x01\x1f\x7f",
    "é 🫖 e\u0301 \u2028 \ufeff \U0010ffff",
]
COLUMNS = ["id", "title", "price", "old_price", "description", "is_active"]


def products(store: Store) -> list[tuple[Any, ...]]:
    columns = Product.id, Product.title, Product.description, Product.is_active
    with store.snapshot():
        return tuples(Product.select(*columns).order_by(Product.id))


def reserved(store: Store, count: int) -> list[int]:
    with store.transaction():
        return bulk.reserve_ids(Product, count)


def test_any_text_is_inserted_and_updated_as_it_was_given(store: Store) -> None:
    with store.transaction():
        bulk.insert(Product, COLUMNS, [(number, text, 1, None, text, True) for number, text in enumerate(TEXTS, 1)])
        bulk.insert(Product, COLUMNS, [(100, "x", 0, None, None, False)])
    assert products(store) == [
        *((number, text, text, True) for number, text in enumerate(TEXTS, 1)),
        (100, "x", None, False),
    ]
    turned = TEXTS[::-1]
    with store.transaction():
        bulk.update(Product, ["title", "description"], [(text, text, number) for number, text in enumerate(turned, 1)])
        bulk.update(Product, ["description"], [(None, 1), ("", 100)])
    assert [row[1] for row in products(store)] == [*turned, "x"]
    assert [row[2] for row in products(store)] == [None, *turned[1:], ""]


def test_numbers_are_inserted_and_updated_as_they_were_given(store: Store) -> None:
    largest = 2**63 - 1
    with store.transaction():
        bulk.insert(Product, COLUMNS, [(1, "a", largest, None, None, True), (largest, "b", 0, 0, None, True)])
        bulk.update(Product, ["old_price"], [(largest, 1), (None, largest)])
        found = store.database.execute_sql("SELECT id, price, old_price FROM products ORDER BY id").fetchall()
    assert [tuple(row) for row in found] == [(1, largest, largest), (largest, 0, None)]


def test_a_column_that_is_not_named_gets_the_default_of_the_database(store: Store) -> None:
    with store.transaction():
        bulk.insert(Product, ["title", "price"], [("a", 1), ("b", 2)])
    assert products(store) == [(1, "a", None, True), (2, "b", None, True)]


def test_many_rows_are_inserted_in_their_order(store: Store) -> None:
    with store.transaction():
        bulk.insert(Brand, ["title"], [(f"Brand {number}",) for number in range(5000)])
        found = tuples(Brand.select(Brand.id, Brand.title).order_by(Brand.id))
    assert found == [(number + 1, f"Brand {number}") for number in range(5000)]


def test_no_rows_are_no_work(store: Store) -> None:
    with store.transaction():
        bulk.insert(Brand, ["title"], [])
        bulk.update(Brand, ["title"], [])
        assert bulk.reserve_ids(Brand, 0) == []


def test_rows_are_found_by_another_column_than_the_id(store: Store) -> None:
    first, second = add_product(store, quantity=1), add_product(store, quantity=1)
    with store.transaction():
        bulk.update(Stock, ["quantity"], [(7, second), (5, 999)], by="product_id")
        assert tuples(Stock.select(Stock.product, Stock.quantity).order_by(Stock.product)) == [(first, 1), (second, 7)]


@pytest.mark.parametrize(
    "row",
    [("A-1", "twice", 1, None), ("A-2", "no price", None, None), ("A-2", "below 0", -1, None), ("A-2", "x", 1, 999)],
    ids=["unique", "null", "check", "foreign key"],
)
def test_what_the_database_refuses_is_an_integrity_error_and_nothing_is_written(
    store: Store, row: tuple[Any, ...]
) -> None:
    names = ["sku", "title", "price", "brand_id"]
    with store.transaction():
        bulk.insert(Product, names, [("A-1", "Kettle", 1, None)])
    with pytest.raises(peewee.IntegrityError), store.transaction():
        bulk.insert(Product, names, [("A-3", "Pan", 1, None), row])
    assert [title for _, title, _, _ in products(store)] == ["Kettle"]
    with store.transaction():
        bulk.insert(Product, names, [("A-3", "Pan", 1, None)])
        (other,) = [number for number, title, _, _ in products(store) if title == "Pan"]
    with pytest.raises(peewee.IntegrityError), store.transaction():
        bulk.update(Product, names, [(*row, other)])
    assert [title for _, title, _, _ in products(store)] == ["Kettle", "Pan"]


def test_what_the_ledger_refuses_is_an_integrity_error(store: Store) -> None:
    with pytest.raises(peewee.IntegrityError), store.transaction():
        bulk.insert(
            LedgerEntry, ["product_id", "change", "reason", "time"], [(1, 0, "count", "2026-01-01 00:00:00+00")]
        )


def test_a_column_that_is_not_there_is_peewees_error_too(store: Store) -> None:
    with pytest.raises(peewee.DatabaseError), store.transaction():
        bulk.insert(Product, ["titel"], [("Kettle",)])
    with pytest.raises(peewee.DatabaseError), store.transaction():
        bulk.update(Product, ["titel"], [("Kettle", 1)])


def test_after_an_error_the_store_works_as_before(store: Store) -> None:
    for _ in range(3):
        with pytest.raises(peewee.IntegrityError), store.transaction():
            bulk.insert(Product, ["title", "price"], [("a", 1), (None, 1)])
    with store.transaction():
        bulk.insert(Brand, ["title"], [("Acme",)])
        assert Brand.select().count() == 1


# --- ids -----------------------------------------------------------------------------------------------------------


def test_ids_are_given_out_once(store: Store) -> None:
    with store.transaction():
        first, second = bulk.reserve_ids(Product, 3), bulk.reserve_ids(Product, 2)
        assert bulk.reserve_ids(Category, 1) == [1]
    assert (first, second) == ([1, 2, 3], [4, 5])
    assert reserved(store, 1) == [6]
    assert add_product(store) == 7


def test_ids_go_on_behind_rows_that_were_inserted_otherwise(store: Store) -> None:
    last = [add_product(store) for _ in range(3)][-1]
    assert reserved(store, 2) == [last + 1, last + 2]


def test_the_id_of_a_deleted_last_row_is_not_given_out_again(store: Store) -> None:
    ids = reserved(store, 3)
    with store.transaction():
        bulk.insert(Product, ["id", "title", "price"], [(number, "x", 1) for number in ids])
        Product.delete().execute()
    assert reserved(store, 2) == [4, 5]
    product = add_product(store)
    with store.transaction():
        Product.delete().execute()
    assert reserved(store, 1) == [product + 1]


def test_a_table_that_had_no_row_begins_with_1(store: Store) -> None:
    with store.transaction():
        assert [bulk.reserve_ids(model, 1) for model in (Brand, Category, Review)] == [[1], [1], [1]]


def test_several_that_reserve_at_once_get_ids_of_their_own(settings: Settings, store: Store) -> None:
    stores = [Store(settings) for _ in range(4)]
    barrier = Barrier(len(stores))

    def reserve(own: Store) -> list[int]:
        barrier.wait(10)
        ids = [number for _ in range(10) for number in reserved(own, 7)]
        own.close()
        return ids

    with ThreadPoolExecutor(len(stores)) as threads:
        found = list(threads.map(reserve, stores))
    assert sorted(number for ids in found for number in ids) == list(range(1, 281))
    assert all(ids == sorted(ids) for ids in found)
    assert add_brand(store) == 1
