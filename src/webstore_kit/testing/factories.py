"""Makes what tests need in a store, in one line each, with defaults that a test does not care about.

Each opens a transaction of its own, and tells the events as the store does.
"""

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review
from webstore_kit.core.database import Row
from webstore_kit.core.store import Store
from webstore_kit.customers import services as customers
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders.schemas import CartUpdate, Checkout
from webstore_kit.orders.services import finalize_order, set_quantity

PASSWORD = "Correct-horse-7"
"""The password of each user, where a test names no other."""
DELIVERY = {
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "ann@example.com",
    "country": "France",
    "city": "Paris",
    "post_code": "01001",
    "address": "1 rue X",
}
"""What a checkout needs besides the token."""

_numbers = itertools.count(1)


def add_brand(store: Store, title: str = "Acme") -> int:
    """A brand; answers its id."""
    with store.transaction():
        return int(Brand.insert(title=title).execute())


def add_category(store: Store, title: str = "Tools", *, is_active: bool = True) -> int:
    """A category; answers its id."""
    with store.transaction():
        return int(Category.insert(title=title, is_active=is_active).execute())


def add_product(
    store: Store,
    title: str = "Kettle",
    price: str = "10.00",
    quantity: int = 5,
    *,
    old_price: str | None = None,
    brand: int | None = None,
    categories: Sequence[int] = (),
    description: str | None = None,
    photo: str | None = None,
    reviews: Sequence[str] = (),
    is_active: bool = True,
) -> int:
    """A product with its stock; answers its id."""
    with store.transaction():
        product_id = int(
            Product.insert(
                sku=f"SKU-{next(_numbers)}",
                title=title,
                price=Decimal(price),
                old_price=None if old_price is None else Decimal(old_price),
                brand=brand,
                description=description,
                photo=photo,
                is_active=is_active,
            ).execute()
        )
        set_stock(store, product_id, quantity)
        for category in categories:
            ProductCategory.insert(product=product_id, category=category).execute()
        for review in reviews:
            Review.insert(product=product_id, review=review).execute()
    return product_id


def add_customer(store: Store) -> str:
    """A customer who is not registered; answers the token."""
    with store.transaction():
        return customers.create_customer(store)


def add_user(store: Store, username: str = "ann", password: str = PASSWORD, **fields: object) -> int:
    """A user with a customer, the one of `token` or a new one; answers the user's id.

    Other fields are those of a registration: `email`, `first_name`, `last_name`.
    """
    user = customers.prepare_registration(store, {"username": username, "password": password, **fields})
    return customers.register(store, user)


def place_order(
    store: Store, lines: Mapping[int, int] | None = None, *, token: str | None = None, **delivery: str
) -> Row:
    """An order, finished as a checkout does it; answers its row, with `id`, `number` and `customer`.

    `lines` says how many of which product, by default one of a new one; `token` whose order it is, by default a new
    customer's; `delivery` what differs from DELIVERY.
    """
    asked = {add_product(store): 1} if lines is None else lines
    buyer = add_customer(store) if token is None else token
    with store.transaction():
        for product_id, quantity in asked.items():
            set_quantity(store, CartUpdate(token=buyer, product_id=product_id, quantity=quantity))
        return finalize_order(store, Checkout(**{**DELIVERY, **delivery, "token": buyer}))
