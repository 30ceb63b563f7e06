"""A thousand changes, half of them on each database, each read from both workers as soon as it is committed."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.factories import add_brand, add_category, add_product
from tests.freshness.running import Shop
from webstore_kit import Store
from webstore_kit.catalog import services as catalog
from webstore_kit.catalog.models import Brand, Category, Product, Review
from webstore_kit.inventory.services import set_stock

ROUNDS = 21
"""Of 24 changes each: 1,008 changes on the two databases together."""
KETTLE, MUG, PAN, LID, TRAY = range(1, 6)
BRAND = CATEGORY = 1
ONE, LIST = f"/api/product/get/{KETTLE}/", "/api/product/all/?search=kettle"


@dataclass(frozen=True)
class Change:
    """A change, where it is to be seen, and what is seen there in the nth round."""

    path: str
    make: Callable[[Shop, int], None]
    shown: Callable[[Any], Any]
    expected: Callable[[int], Any]


def sql(text: str) -> Callable[[Shop, int], None]:
    """A change by the bare shell; `{n}` is the round, `{flag}` whether that is an even one."""
    return lambda shop, n: shop.shell(text.format(n=n, flag="TRUE" if n % 2 == 0 else "FALSE"))


def written(work: Callable[[Store, int], Any]) -> Callable[[Shop, int], None]:
    """A change by the store's services and models."""

    def make(shop: Shop, n: int) -> None:
        with shop.store.transaction():
            work(shop.store, n)

    return make


def product(**fields: Callable[[int], Any]) -> Callable[[Store, int], Any]:
    """New fields of the product."""
    return lambda _, n: catalog.update_products({KETTLE: {name: value(n) for name, value in fields.items()}})


def new_product(store: Store, n: int) -> None:
    row = dict.fromkeys(catalog.PRODUCT) | {"title": f"Wok {n}", "price": Decimal(n + 1), "is_active": True}
    catalog.create_products([row])


def delete_product(store: Store, n: int) -> None:
    found = Product.select(Product.id).where(Product.title == f"Wok {n}")
    catalog.delete_products([each.id for each in found])


def reshelve(store: Store, n: int) -> None:
    catalog.clear_shelves([LID])
    catalog.shelve({LID: [CATEGORY] if n % 2 else []})


def at(*keys: str | int) -> Callable[[Any], Any]:
    """What is found in the answer by these keys, one after the other."""

    def shown(value: Any) -> Any:
        for key in keys:
            value = value[key]
        return value

    return shown


def titles(page: Any) -> list[str]:
    return [each["title"] for each in page["result"]]


def status_alone(answer: Any) -> Any:
    return answer.get("detail", "there")


CHANGES = {
    "price": Change(ONE, written(product(price=lambda n: Decimal(n))), at("price"), lambda n: f"{n}.00"),
    "title": Change(
        LIST,
        written(product(title=lambda n: f"Kettle {n}")),
        titles,
        lambda n: [f"Kettle {n}"],
    ),
    "brand": Change(
        f"/api/product/brands/get/{BRAND}/",
        written(lambda _, n: Brand.update(title=f"Acme {n}").where(Brand.id == BRAND).execute()),
        at("title"),
        lambda n: f"Acme {n}",
    ),
    "category": Change(
        "/api/product/category/list/",
        written(lambda _, n: Category.update(title=f"Tea {n}").where(Category.id == CATEGORY).execute()),
        at(0, "title"),
        lambda n: f"Tea {n}",
    ),
    "link": Change(
        f"/api/product/category/{CATEGORY}/products/",
        written(reshelve),
        at("count"),
        lambda n: 1 + n % 2,
    ),
    "review": Change(
        ONE,
        written(lambda _, n: Review.insert(product=KETTLE, review=f"Good {n}").execute()),
        at("reviews", -1, "review"),
        lambda n: f"Good {n}",
    ),
    "stock": Change(
        ONE, written(lambda store, n: set_stock(store, KETTLE, 100 + n)), at("quantity"), lambda n: 100 + n
    ),
    "new product": Change(
        "/api/product/all/?title=wok&ordering=-price", written(new_product), titles, lambda n: [f"Wok {n}"]
    ),
    "new brand": Change(
        "/api/product/brands/all/",
        written(lambda _, n: catalog.brand_ids([f"Brand {n}"])),
        at(-1, "title"),
        lambda n: f"Brand {n}",
    ),
    "deleted product": Change("/api/product/all/?title=WOK", written(delete_product), titles, lambda n: []),
    "description": Change(
        ONE, written(product(description=lambda n: f"Fine {n}")), at("description"), lambda n: f"Fine {n}"
    ),
    "photo": Change(
        ONE,
        written(lambda _, n: catalog.put_photos({KETTLE: f"{n}.png"})),
        at("photo"),
        lambda n: f"http://shop.example/media/{n}.png",
    ),
    "price in SQL": Change(
        ONE, sql(f"UPDATE products SET price = {{n}}05 WHERE id = {KETTLE}"), at("price"), lambda n: f"{n}.05"
    ),
    "title in SQL": Change(
        "/api/product/all/?title=mug",
        sql(f"UPDATE products SET title = 'Mug {{n}}' WHERE id = {MUG}"),
        titles,
        lambda n: [f"Mug {n}"],
    ),
    "brand in SQL": Change(
        ONE,
        sql(f"UPDATE brands SET title = 'Best {{n}}' WHERE id = {BRAND}"),
        at("brand", "title"),
        lambda n: f"Best {n}",
    ),
    "category in SQL": Change(
        f"/api/product/category/get/{CATEGORY}/",
        sql(f"UPDATE categories SET is_active = {{flag}}, title = 'Jar {{n}}' WHERE id = {CATEGORY}"),
        lambda answer: answer,
        lambda n: {"title": f"Jar {n}", "is_active": n % 2 == 0},
    ),
    "category shown in SQL": Change(
        "/api/product/category/list/",
        sql(f"UPDATE categories SET is_active = TRUE, title = 'Cups {{n}}' WHERE id = {CATEGORY}"),
        at(0, "title"),
        lambda n: f"Cups {n}",
    ),
    "link deleted in SQL": Change(
        f"/api/product/category/{CATEGORY}/products/?ordering=price",
        sql(f"DELETE FROM product_categories WHERE product_id = {PAN}"),
        titles,
        lambda n: ["Lid"] if n % 2 else [],
    ),
    "link in SQL": Change(
        f"/api/product/category/{CATEGORY}/products/?ordering=price",
        sql(f"INSERT INTO product_categories (category_id, product_id) VALUES ({CATEGORY}, {PAN})"),
        titles,
        lambda n: ["Pan", "Lid"] if n % 2 else ["Pan"],
    ),
    "review in SQL": Change(
        ONE,
        sql(f"UPDATE reviews SET review = 'Bad {{n}}' WHERE product_id = {KETTLE}"),
        at("reviews", 0, "review"),
        lambda n: f"Bad {n}",
    ),
    "stock in SQL": Change(
        ONE,
        sql(f"UPDATE stock SET quantity = 5000 + {{n}} WHERE product_id = {KETTLE}"),
        at("quantity"),
        lambda n: 5000 + n,
    ),
    "new product in SQL": Change(
        "/api/product/all/?search=spoon",
        sql("INSERT INTO products (title, price, is_active) VALUES ('Spoon {n}', 1, TRUE)"),
        titles,
        lambda n: [f"Spoon {n}"],
    ),
    "deleted product in SQL": Change(
        "/api/product/all/?search=SPOON", sql("DELETE FROM products WHERE title = 'Spoon {n}'"), titles, lambda n: []
    ),
    "taken out in SQL": Change(
        f"/api/product/get/{TRAY}/",
        sql(f"UPDATE products SET is_active = {{flag}} WHERE id = {TRAY}"),
        status_alone,
        lambda n: "there" if n % 2 == 0 else "Not found.",
    ),
}


@pytest.fixture
def filled(empty_shop: Shop) -> Shop:
    """The shop with what the changes change."""
    shop = empty_shop
    brand, category = add_brand(shop.store, "Acme"), add_category(shop.store, "Tea")
    add_product(shop.store, "Kettle", brand=brand, reviews=["So-so"])
    add_product(shop.store, "Mug")
    add_product(shop.store, "Pan", price="1.00", categories=[category])
    add_product(shop.store, "Lid", price="2.00")
    add_product(shop.store, "Tray")
    return shop


def test_each_of_a_thousand_changes_is_seen_by_both_workers_as_soon_as_it_is_committed(filled: Shop) -> None:
    stale = []
    for n in range(1, ROUNDS + 1):
        for name, change in CHANGES.items():
            before = filled.seen(change.path)
            change.make(filled, n)
            for worker, old in zip(filled.workers, before, strict=True):
                # With the tag of what was: no worker may say that it still is.
                answer = worker.get(change.path, If_None_Match=old.etag or '"none"')
                if answer.status == 304 or change.shown(answer.json) != change.expected(n) or answer.body == old.body:
                    stale.append((name, n, answer))
    assert stale == []
