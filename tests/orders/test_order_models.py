"""The constraints of the database itself: what a buggy caller cannot do either."""

from collections.abc import Callable
from typing import Any

import peewee
import pytest

from tests.factories import add_brand, add_category, add_customer, add_product, add_user
from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review, Stock
from webstore_kit.customers.models import Address, Customer, User
from webstore_kit.orders.models import Order, OrderLine


def fill(store: Store) -> None:
    """One of everything, each with id 1, and an order that is finished beside an open cart."""
    shelf = add_category(store)
    add_product(store, brand=add_brand(store), categories=[shelf], reviews=["Fine"])
    add_user(store)
    add_customer(store)
    now = store.now()
    with store.transaction():
        Address.insert(customer=1, country="F", city="P", post_code="1", address="x").execute()
        Order.insert(customer=1, shipping_address=1, is_ordered=True, time_created=now, time_checkout=now).execute()
        Order.insert(customer=1, time_created=now).execute()
        for order in (1, 2):
            OrderLine.insert(order=order, product=1, product_number=1, quantity=1, title="Kettle", price=1000).execute()


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
