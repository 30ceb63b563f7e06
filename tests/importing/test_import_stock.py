"""Stock in an import: every change is in the ledger, and buyers at the same time never get more than there is."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle

import pytest

from tests.factories import DELIVERY, add_customer, add_product
from tests.importing.catalogues import assert_adds_up, counts, field, shop, tables, take
from webstore_kit import Store
from webstore_kit.catalog.models import Product
from webstore_kit.core.database import tuples
from webstore_kit.core.errors import StoreError
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.orders import services
from webstore_kit.orders.models import Order, OrderLine
from webstore_kit.orders.schemas import CartUpdate, Checkout

BUYERS = 3
PRODUCTS = 12
IMPORTS = 12


def test_every_quantity_goes_through_the_ledger(store: Store) -> None:
    take(store, "sku,title,price,quantity\nA-1,Kettle,10,5\nA-2,Mug,5,0\nA-3,Pan,5,\n")
    take(store, "sku,quantity\nA-1,2\nA-2,4\nA-3,\n")
    take(store, "sku,quantity\nA-1,2\nA-2,0\nA-3,9\n")
    assert field(store, "ledger") == {
        "A-1": [(5, "import"), (-3, "import")],
        "A-2": [(4, "import"), (-4, "import")],
        "A-3": [(9, "import")],
    }
    assert field(store, "quantity") == {"A-1": 2, "A-2": 0, "A-3": 9}
    assert_adds_up(store)


def test_without_a_quantity_column_stock_and_ledger_stay(store: Store) -> None:
    add_product(store, quantity=5)
    (sku,) = shop(store)
    before = tables(store, ("stock", "stock_ledger"))
    assert counts(take(store, f"sku,title\n{sku},Teapot\n")) == (0, 1, 0, 0)
    assert tables(store, ("stock", "stock_ledger")) == before


def test_the_stock_of_a_product_that_had_none_begins_with_an_import(store: Store) -> None:
    with store.transaction():
        Product.insert(sku="A-1", title="Kettle", price=0).execute()
    take(store, "sku,quantity\nA-1,3\n")
    assert shop(store)["A-1"]["ledger"] == [(3, "import")]


@pytest.mark.parametrize("quantity", ["-1", "1.5", "2147483648", "many", "1,000", "٣"])
def test_a_quantity_that_cannot_be_is_refused(store: Store, quantity: str) -> None:
    take(store, "sku,title,price,quantity\nA-1,Kettle,10,5\n")
    before = tables(store)
    assert counts(take(store, f'sku,quantity\nA-1,"{quantity}"\n')) == (0, 0, 0, 1)
    assert tables(store) == before


def test_the_largest_quantity_is_taken_and_left_again(store: Store) -> None:
    take(store, "sku,title,price,quantity\nA-1,Kettle,10,2147483647\n")
    take(store, "sku,quantity\nA-1,0\n")
    assert field(store, "ledger") == {"A-1": [(2147483647, "import"), (-2147483647, "import")]}


def test_checkouts_beside_imports_never_sell_what_is_not_there(store: Store) -> None:
    ids = [add_product(store, f"P{number}", quantity=4) for number in range(PRODUCTS)]
    skus = list(shop(store))
    goes_on = cycle([True])
    stop: list[bool] = []

    def buyer(seed: int) -> int:
        choices, bought = random.Random(seed), 0
        for _ in goes_on:
            if stop:
                break
            bought += buy(store, choices.sample(ids, 3))
        return bought

    with ThreadPoolExecutor(BUYERS) as threads:
        buying = [threads.submit(buyer, seed) for seed in range(BUYERS)]
        try:
            for round_ in range(IMPORTS):
                rows = [f"{sku},{(place + round_) % 3}" for place, sku in enumerate(skus)]
                take(store, "sku,quantity\n" + "\n".join(rows if round_ % 2 else reversed(rows)))
        finally:
            stop.append(True)
        orders = sum(each.result() for each in buying)
    assert_adds_up(store)
    with store.snapshot():
        assert Order.select().where(Order.is_ordered).count() == orders > 0
        sold = OrderLine.select(OrderLine.product_number, OrderLine.quantity).join(Order).where(Order.is_ordered)
        sales = LedgerEntry.select(LedgerEntry.product_id, LedgerEntry.change).where(LedgerEntry.reason == "sale")
        assert sorted(tuples(sold)) == sorted((product, -change) for product, change in tuples(sales))


def buy(store: Store, products: list[int]) -> int:
    """One order of one of each of the products; answers how many orders that made."""
    token = add_customer(store)
    for product in products:
        done(store, partial(services.set_quantity, store, CartUpdate(token=token, product_id=product, quantity=1)))
    return done(store, partial(services.finalize_order, store, Checkout(token=token, **DELIVERY)))


def done(store: Store, work: Callable[[], object]) -> int:
    try:
        store.submit(work, store.deadline()).result()
    except StoreError:
        return 0
    return 1
