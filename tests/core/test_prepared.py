"""Prepared queries: they answer as Peewee's own do, and build their SQL once for each kind of database."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import peewee
import pytest

from tests.factories import add_brand, add_customer, add_product
from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Product
from webstore_kit.core.prepared import prepared
from webstore_kit.customers.models import Customer


@prepared
def cheaper_than(price: Any) -> Any:
    return Product.select().where(Product.price < price).order_by(Product.id)


@prepared
def made_since(moment: Any) -> Any:
    return Customer.select(Customer.id, Customer.time_created).where(Customer.time_created >= moment)


def test_rows_are_as_peewee_reads_them(store: Store) -> None:
    add_product(store, "Mug", "9.99", brand=add_brand(store))
    add_product(store, "Cup", "10.00")
    with store.snapshot():
        expected: list[Any] = list(Product.select().where(Product.price < Decimal("10.00")).dicts())
        assert cheaper_than.rows(price=Decimal("10.00")) == expected
        assert (expected[0]["price"], expected[0]["brand"]) == (Decimal("9.99"), 1)
        assert cheaper_than.row(price=Decimal("9.99")) is None
        assert cheaper_than.scalar(price=Decimal("9.99")) is None
        assert cheaper_than.scalar(price=Decimal("10.01")) == 1


def test_moments_are_bound_and_read_as_columns_are(store: Store) -> None:
    add_customer(store)
    with store.snapshot():
        (row,) = made_since.rows(moment=datetime(2020, 1, 1, tzinfo=UTC))
        assert row["time_created"].tzinfo == UTC
        assert made_since.rows(moment=row["time_created"]) == [row]
        assert made_since.rows(moment=datetime(2999, 1, 1, tzinfo=UTC)) == []
        with pytest.raises(ValueError, match="without a time zone"):
            made_since.rows(moment=datetime(2020, 1, 1))  # noqa: DTZ001


def test_the_query_is_built_once(store: Store) -> None:
    built = []

    def build(title: Any) -> Any:
        built.append(title)
        return Brand.insert(title=title)

    insert = prepared(build)
    with store.transaction():
        assert [insert.scalar(title=title) for title in ("a", "b", "c")] == [1, 2, 3]
    assert len(built) == 1
    with store.snapshot():
        assert [brand.title for brand in Brand.select().order_by(Brand.id)] == ["a", "b", "c"]


def test_a_write_says_how_many_rows_it_touched(store: Store) -> None:
    rename = prepared(lambda old, new: Brand.update(title=new).where(Brand.title == old))
    insert = prepared(lambda title: Brand.insert(title=title))
    for _ in range(2):
        add_brand(store, "a")
    with store.transaction():
        assert (rename.execute(old="a", new="b"), rename.execute(old="a", new="b")) == (2, 0)
        assert insert.execute(title="c") == 1


def test_a_value_that_is_left_out_is_a_mistake(store: Store) -> None:
    with store.snapshot(), pytest.raises(KeyError):
        cheaper_than.rows()


def test_outside_a_transaction_there_is_no_database() -> None:
    with pytest.raises(peewee.InterfaceError, match=r"outside Store\.snapshot"):
        cheaper_than.rows(price=1)
