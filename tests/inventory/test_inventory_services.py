"""Setting the stock of many products: the ledger has every change, and nothing else is touched."""

from typing import Any

import pytest

from tests.factories import add_product
from tests.importing.catalogues import assert_adds_up
from webstore_kit import Store
from webstore_kit.catalog.models import Product, Stock
from webstore_kit.core.database import tuples
from webstore_kit.inventory.models import LedgerEntry, Reason
from webstore_kit.inventory.queries import available
from webstore_kit.inventory.services import set_stocks

LARGEST = 2**31 - 1


def stock(store: Store) -> dict[int, int]:
    with store.snapshot():
        return dict(tuples(Stock.select(Stock.product, Stock.quantity).order_by(Stock.product)))


def ledger(store: Store) -> list[tuple[Any, ...]]:
    columns = LedgerEntry.product_id, LedgerEntry.change, LedgerEntry.reason, LedgerEntry.order_id
    with store.snapshot():
        return tuples(LedgerEntry.select(*columns).order_by(LedgerEntry.id))


def add_unstocked(store: Store) -> int:
    with store.transaction():
        return int(Product.insert(title="Pan", price=0).execute())


def set_all(store: Store, quantities: dict[int, int], **options: Any) -> None:
    with store.transaction():
        set_stocks(store, quantities, **options)


def test_stock_that_differs_is_set_and_entered(store: Store) -> None:
    more, fewer, same, other = (add_product(store, quantity=5) for _ in range(4))
    before = ledger(store)
    set_all(store, {same: 5, fewer: 0, more: 8}, reason=Reason.IMPORT)
    assert stock(store) == {more: 8, fewer: 0, same: 5, other: 5}
    assert sorted(ledger(store)[len(before) :]) == [(more, 3, "import", None), (fewer, -5, "import", None)]
    assert_adds_up(store)


def test_a_product_without_stock_gets_some(store: Store) -> None:
    first, second = add_unstocked(store), add_unstocked(store)
    set_all(store, {second: 3, first: 0})
    assert (stock(store), ledger(store)) == ({second: 3}, [(second, 3, "count", None)])
    with store.snapshot():
        assert (available(first), available(second)) == (0, 3)


def test_the_same_again_enters_nothing(store: Store) -> None:
    product, empty = add_product(store, quantity=5), add_unstocked(store)
    before = stock(store), ledger(store)
    set_all(store, {product: 5, empty: 0})
    assert (stock(store), ledger(store)) == before


def test_nothing_to_set_is_no_work(store: Store) -> None:
    set_all(store, {})
    assert (stock(store), ledger(store)) == ({}, [])


def test_the_largest_quantity_can_be_set_and_taken_back(store: Store) -> None:
    product = add_unstocked(store)
    set_all(store, {product: LARGEST})
    set_all(store, {product: 0})
    assert ledger(store) == [(product, LARGEST, "count", None), (product, -LARGEST, "count", None)]


def test_the_time_of_an_entry_is_that_of_the_store(store: Store) -> None:
    product = add_unstocked(store)
    before = store.now()
    set_all(store, {product: 2})
    with store.snapshot():
        (entry,) = LedgerEntry.select()
    assert before <= entry.time <= store.now()


def test_what_cannot_be_set_leaves_everything_as_it_was(store: Store) -> None:
    first, second = add_product(store, quantity=5), add_product(store, quantity=5)
    before = stock(store), ledger(store)
    with pytest.raises(Exception, match=r"(?i)constraint"):
        set_all(store, {first: 1, second: -1})
    assert (stock(store), ledger(store)) == before
