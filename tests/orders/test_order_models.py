"""The constraints of the database itself: what a buggy caller cannot do either."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import peewee
import pytest

from tests.factories import add_brand, add_category, add_customer, add_product, add_user
from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review, Stock
from webstore_kit.core.database import rows
from webstore_kit.customers.models import Address, Customer, User
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.orders.models import Order, OrderLine

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FINISHED = {"shipping_address": 1, "is_ordered": True, "time_checkout": NOW, "number": "1001"}


def fill(store: Store) -> None:
    """One of everything, each with id 1, and an order that is finished beside an open cart."""
    shelf = add_category(store)
    add_product(store, brand=add_brand(store), categories=[shelf], reviews=["Fine"])
    add_user(store)
    add_customer(store)
    now = store.now()
    with store.transaction():
        Address.insert(customer=1, country="F", city="P", post_code="1", address="x").execute()
        for order in (1, 2):
            Order.insert(customer=1, time_created=now).execute()
            OrderLine.insert(order=order, product=1, product_number=1, quantity=1, title="Kettle", price=1000).execute()
            Order.update(FINISHED).where(Order.id == 1).execute()


def line(**changes: Any) -> Any:
    fields = {"order": 2, "product": 1, "product_number": 2, "quantity": 1, "title": "x", "price": 1}
    return OrderLine.insert(**{**fields, **changes})


@pytest.mark.parametrize(
    "forbidden",
    [
        lambda store: Stock.update(quantity=-1),
        lambda store: Product.update(price=-1),
        lambda store: Product.update(old_price=-1),
        lambda store: Product.insert(title="x", price=1, sku=Product.select(Product.sku).where(Product.id == 1)),
        lambda store: Product.insert(title="x", price=1, brand=99),
        lambda store: Product.insert(title="x"),
        lambda store: ProductCategory.insert(product=1, category=1),
        lambda store: ProductCategory.insert(product=1, category=99),
        lambda store: Review.insert(product=99, review="x"),
        lambda store: User.insert(username="ann", password="x", time_joined=store.now()),
        lambda store: Customer.insert(
            token=Customer.select(Customer.token).where(Customer.id == 1), time_created=store.now()
        ),
        lambda store: Customer.insert(token="x", user=1, time_created=store.now()),
        lambda store: Order.insert(customer=1, time_created=store.now()),
        lambda store: Order.update(is_ordered=False).where(Order.id == 1),
        lambda store: Order.update(shipping_address=None).where(Order.id == 1),
        lambda store: Order.update(time_checkout=None).where(Order.id == 1),
        lambda store: Order.update(number=None).where(Order.id == 1),
        lambda store: Order.update(is_adopted=True).where(Order.id == 1),
        lambda store: Order.update({**FINISHED, "number": "1001"}).where(Order.id == 2),
        lambda store: Order.update({**FINISHED, "number": None}).where(Order.id == 2),
        lambda store: Order.update({**FINISHED, "number": "2", "shipping_address": None}).where(Order.id == 2),
        lambda store: Order.insert(customer=2, time_created=NOW, **{**FINISHED, "number": "2"}),
        lambda store: Order.insert(customer=2, time_created=NOW, is_ordered=True, is_adopted=True),
        lambda store: OrderLine.delete().where(OrderLine.order == 1),
        lambda store: OrderLine.update(order=2, product_number=7).where(OrderLine.order == 1),
        lambda store: OrderLine.update(quantity=0).where(OrderLine.order == 1),
        lambda store: LedgerEntry.delete(),
        lambda store: LedgerEntry.update(change=7),
        lambda store: LedgerEntry.insert(product_id=1, change=0, reason="count", time=NOW),
        lambda store: Order.insert(customer=99, time_created=store.now()),
        lambda store: line(product_number=1),
        lambda store: line(order=99),
        lambda store: line(quantity=-1),
        lambda store: line(price=-1),
        lambda store: Customer.delete().where(Customer.id == 1),
        lambda store: Address.delete(),
    ],
)
def test_the_database_refuses_what_must_not_be(store: Store, forbidden: Callable[[Store], Any]) -> None:
    fill(store)
    with pytest.raises(peewee.IntegrityError), store.transaction():
        forbidden(store).execute()


def test_deletions_take_along_what_is_theirs_and_nothing_more(store: Store) -> None:
    fill(store)
    with store.transaction():
        Brand.delete().execute()
        Category.delete().execute()
        User.delete().execute()
    with store.snapshot():
        assert (Product.select().count(), ProductCategory.select().count(), Customer.select().count()) == (1, 0, 2)
    with store.transaction():
        Product.delete().execute()
    with store.snapshot():
        assert (Stock.select().count(), Review.select().count()) == (0, 0)
        assert [(line.product_number, line.title) for line in OrderLine.select()] == [(1, "Kettle")] * 2


def test_a_cart_whose_only_line_holds_nothing_cannot_be_finished(store: Store) -> None:
    fill(store)
    with store.transaction():
        OrderLine.update(quantity=0).where(OrderLine.order == 2).execute()
    with pytest.raises(peewee.IntegrityError, match="a finished order has lines"), store.transaction():
        Order.update({**FINISHED, "number": "2"}).where(Order.id == 2).execute()


def test_an_order_sells_a_product_once(store: Store) -> None:
    sale = {"product_id": 1, "change": -1, "reason": "sale", "order_id": 1, "time": NOW}
    with store.transaction():
        LedgerEntry.insert(sale).execute()
    with pytest.raises(peewee.IntegrityError), store.transaction():
        LedgerEntry.insert(sale).execute()


def test_an_order_that_is_deleted_takes_its_lines_along(store: Store) -> None:
    fill(store)
    with store.transaction():
        Order.delete().where(Order.id == 1).execute()
    with store.snapshot():
        assert [row["order"] for row in rows(OrderLine.select())] == [2]


def test_an_order_cannot_be_finished_while_its_last_line_is_taken_away(store: Store) -> None:
    fill(store)
    taken = Event()

    def take_away() -> None:
        with store.transaction():
            OrderLine.delete().where(OrderLine.order == 2).execute()
            taken.set()
            time.sleep(0.3)

    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(take_away)
        taken.wait(10)
        with pytest.raises(peewee.IntegrityError, match="a finished order has lines"), store.transaction():
            Order.update({**FINISHED, "number": "2"}).where(Order.id == 2).execute()
        other.result()


def test_the_last_line_cannot_be_taken_away_while_the_order_is_finished(store: Store) -> None:
    fill(store)
    finished = Event()

    def finish() -> None:
        with store.transaction():
            Order.update({**FINISHED, "number": "2"}).where(Order.id == 2).execute()
            finished.set()
            time.sleep(0.3)

    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(finish)
        finished.wait(10)
        with pytest.raises(peewee.IntegrityError, match="a finished order keeps"), store.transaction():
            OrderLine.delete().where(OrderLine.order == 2).execute()
        other.result()
