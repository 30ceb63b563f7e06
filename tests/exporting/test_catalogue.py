"""The products in the orders that exports want, and how much of them is in memory."""

import io
import tracemalloc
from decimal import Decimal
from typing import Any

import pytest

from tests.exporting.catalogues import fill, kettle
from webstore_kit import Store
from webstore_kit.catalog.models import Product
from webstore_kit.exporting import catalogue
from webstore_kit.exporting.formats import FORMATS
from webstore_kit.exporting.names import free, taken
from webstore_kit.exporting.tally import Tally

MANY = 2 * catalogue.PAGE + 7


def add_many(store: Store, groups: dict[int, str]) -> None:
    """Products named by the numbers from 1, which are their ids; those that `groups` names are in groups."""
    rows = [(str(number), "Mug", Decimal(1), groups.get(number)) for number in range(1, MANY + 1)]
    fields = [Product.sku, Product.title, Product.price, Product.variant_group]
    with store.transaction():
        for start in range(0, MANY, 500):
            Product.insert_many(rows[start : start + 500], fields=fields).execute()


def families(store: Store) -> list[list[int]]:
    with store.snapshot():
        return [[product.id for product in family] for family in catalogue.families()]


def test_products_come_by_id_over_all_pages(store: Store) -> None:
    add_many(store, {})
    with store.snapshot():
        assert [product.id for product in catalogue.products()] == list(range(1, MANY + 1))


def test_the_members_of_a_group_come_in_the_place_of_its_first_one(store: Store) -> None:
    fill(store, [kettle(sku=str(number), group="mug" if number in (2, 4) else None) for number in range(1, 6)])
    first, *_ = (ids := [number for family in families(store) for number in family])
    assert [number - first + 1 for number in ids] == [1, 2, 4, 3, 5]
    assert [len(family) for family in families(store)] == [1, 2, 1, 1]


def test_a_group_over_many_pages_is_one_family(store: Store) -> None:
    members = [1, 3, catalogue.PAGE, catalogue.PAGE + 1, MANY]
    large = list(range(4, catalogue.PAGE * 2, 2))
    add_many(store, dict.fromkeys(large, "large") | dict.fromkeys(members, "mug"))
    found = families(store)
    assert found[:3] == [members, [2], [number for number in large if number not in members]]
    assert sorted(number for family in found for number in family) == list(range(1, MANY + 1))


def test_a_blank_group_is_one_too_and_its_members_are_alone_later(store: Store) -> None:
    fill(store, [kettle(sku="1", group=" "), kettle(sku="2", group=" ")])
    with store.snapshot():
        ((first, second),) = catalogue.families()
    assert (first.fields["group"], second.fields["group"]) == (None, None)


def test_an_empty_store_has_neither(store: Store) -> None:
    with store.snapshot():
        assert list(catalogue.products()) == []
        assert list(catalogue.families()) == []


class Nowhere(io.RawIOBase):
    """Takes whatever is written, and keeps none of it."""

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        return len(content)


@pytest.mark.parametrize("name", ["csv", "json", "shopify", "woocommerce"])
def test_few_long_descriptions_are_in_memory_at_once(store: Store, name: str) -> None:
    fill(store, [kettle(sku=str(number), description=f"{number}" + "x" * 999_000) for number in range(60)])
    tally = Tally()
    with store.snapshot():
        tracemalloc.start()
        FORMATS[name].write(io.BufferedWriter(Nowhere()), tally)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert tally.count == 60
    assert peak < 35_000_000


def test_names_that_products_have_are_taken(store: Store) -> None:
    fill(store, [kettle(sku="A", key="b", group="c"), kettle(sku="d")])
    with store.snapshot():
        assert taken(["A", "b", "c", "d", "e"], Product.sku, Product.variant_group) == {"A", "c", "d"}
        assert taken([], Product.sku) == set()


def test_more_names_than_are_asked_for_at_once_are_looked_at(store: Store) -> None:
    add_many(store, {})
    with store.snapshot():
        assert len(taken(map(str, range(5000)), Product.sku)) == MANY


def test_a_name_that_is_taken_becomes_longer_until_it_is_free(store: Store) -> None:
    fill(store, [kettle(sku="mug-1"), kettle(sku="mug-1-1"), kettle(sku="x", key="pan-2")])
    with store.snapshot():
        assert free({1: "mug-1", 2: "pan-2", 3: "pot-3"}, Product.sku) == {1: "mug-1-1-1", 2: "pan-2", 3: "pot-3"}
