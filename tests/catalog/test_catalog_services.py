"""Writes of many products, brands and categories at once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import peewee
import pytest

from tests.factories import add_brand, add_category, add_product
from webstore_kit import Store
from webstore_kit.catalog import services
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, ProductPicture, Review, Stock
from webstore_kit.core.database import rows, tuples

NEW = {
    "sku": "A-1",
    "key": "kettle",
    "title": "Kettle",
    "price": Decimal("39.90"),
    "old_price": None,
    "description": "Boils.",
    "brand": None,
    "variant_group": None,
    "is_active": False,
}


def of(store: Store, query: Callable[[], Any]) -> list[tuple[Any, ...]]:
    with store.snapshot():
        return tuples(query())


def all_brands(store: Store) -> list[tuple[Any, ...]]:
    return of(store, lambda: Brand.select(Brand.id, Brand.title).order_by(Brand.id))


def all_categories(store: Store) -> list[tuple[Any, ...]]:
    columns = Category.id, Category.title, Category.parent_id, Category.is_active
    return of(store, lambda: Category.select(*columns).order_by(Category.id))


def links(store: Store) -> list[tuple[Any, ...]]:
    return sorted(of(store, lambda: ProductCategory.select(ProductCategory.product, ProductCategory.category)))


def pictures(store: Store) -> list[tuple[Any, ...]]:
    columns = ("product", "position", "source", "path", "error", "run_id")
    with store.snapshot():
        found = rows(ProductPicture.select().order_by(ProductPicture.product, ProductPicture.position))
    return [tuple(row[name] for name in columns) for row in found]


# --- brands and categories -----------------------------------------------------------------------------------------


def test_brands_that_are_there_are_found_and_the_others_made(store: Store) -> None:
    acme = add_brand(store, "Acme")
    with store.transaction():
        assert services.brand_ids(["Acme"]) == ({"Acme": acme}, [])
        found, made = services.brand_ids(["Acme", "Zeta", "acme"])
    assert (set(found), made) == ({"Acme", "Zeta", "acme"}, sorted(set(found.values()) - {acme}))
    assert sorted(all_brands(store)) == sorted((number, title) for title, number in found.items())


def test_no_names_are_no_work(store: Store) -> None:
    with store.transaction():
        assert (services.brand_ids([]), services.category_ids([])) == (({}, []), ({}, []))
    assert (all_brands(store), all_categories(store)) == ([], [])


def test_of_several_brands_of_one_title_the_oldest_is_taken(store: Store) -> None:
    first, _ = add_brand(store, "Acme"), add_brand(store, "Acme")
    with store.transaction():
        assert services.brand_ids(["Acme"]) == ({"Acme": first}, [])


def test_categories_are_made_with_all_that_they_stand_in_and_the_widest_first(store: Store) -> None:
    with store.transaction():
        found, made = services.category_ids([("A", "B", "C"), ("A", "D"), ("B",)])
    assert made == sorted(made)
    assert all_categories(store) == [
        (1, "A", None, True),
        (2, "B", None, True),
        (3, "B", 1, True),
        (4, "D", 1, True),
        (5, "C", 3, True),
    ]
    assert found == {("A",): 1, ("B",): 2, ("A", "B"): 3, ("A", "D"): 4, ("A", "B", "C"): 5}
    with store.transaction():
        again, made = services.category_ids([("A", "B", "C"), ("A", "D", "E")])
    assert (again[("A", "B", "C")], made, again[("A", "D", "E")]) == (5, [6], 6)


def test_a_category_of_that_title_in_another_one_is_another(store: Store) -> None:
    with store.transaction():
        services.category_ids([("A", "B")])
        found, made = services.category_ids([("B",), ("C", "B")])
    assert made == [found[("B",)], found[("C",)], found[("C", "B")]] == [3, 4, 5]
    assert [(title, parent) for _, title, parent, _ in all_categories(store)] == [
        ("A", None),
        ("B", 1),
        ("B", None),
        ("C", None),
        ("B", 4),
    ]


def test_a_category_that_is_not_shown_is_found_and_stays_so(store: Store) -> None:
    hidden = add_category(store, "Tea", is_active=False)
    with store.transaction():
        found, _ = services.category_ids([("Tea", "Green")])
    assert all_categories(store) == [(hidden, "Tea", None, False), (found[("Tea", "Green")], "Green", hidden, True)]


def test_unused_brands_are_deleted_and_the_others_stay(store: Store) -> None:
    used, unused, other = (add_brand(store, title) for title in ("Used", "Unused", "Other"))
    product = add_product(store, brand=used)
    with store.transaction():
        assert services.delete_unused_brands([used, unused, 99]) == [unused]
        assert services.delete_unused_brands([]) == []
    assert all_brands(store) == [(used, "Used"), (other, "Other")]
    assert of(store, lambda: Product.select(Product.id, Product.brand)) == [(product, used)]


def test_a_category_is_deleted_where_neither_a_product_nor_another_one_is_in_it(store: Store) -> None:
    with store.transaction():
        ids, _ = services.category_ids([("A", "B"), ("C",), ("D",)])
    product = add_product(store, categories=[ids[("C",)]])
    with store.transaction():
        everything = list(ids.values())
        assert services.delete_unused_categories(everything) == [ids[("D",)], ids[("A", "B")]]
        assert services.delete_unused_categories(everything) == [ids[("A",)]]
        assert services.delete_unused_categories(everything) == []
    assert all_categories(store) == [(ids[("C",)], "C", None, True)]
    assert links(store) == [(product, ids[("C",)])]


# --- products ------------------------------------------------------------------------------------------------------


def test_products_are_made_with_all_fields_and_their_ids_come_in_their_order(store: Store) -> None:
    brand = add_brand(store)
    second = {**NEW, "sku": "A-2", "key": None, "old_price": Decimal("0.01"), "brand": brand, "variant_group": "g"}
    with store.transaction():
        assert services.create_products([NEW, second]) == [1, 2]
        assert services.create_products([]) == []
        found = rows(Product.select().order_by(Product.id))
    assert [dict(row) for row in found] == [
        {"id": 1, **NEW, "photo": None, "metadata": {}},
        {"id": 2, **second, "photo": None, "metadata": {}},
    ]


def test_a_product_whose_sku_or_key_is_taken_is_an_integrity_error(store: Store) -> None:
    with store.transaction():
        services.create_products([NEW])
    for row in ({**NEW, "key": None}, {**NEW, "sku": None}):
        with pytest.raises(peewee.IntegrityError), store.transaction():
            services.create_products([row])


def test_of_products_the_fields_that_are_given_are_changed(store: Store) -> None:
    with store.transaction():
        services.create_products([NEW, {**NEW, "sku": "A-2", "key": None}, {**NEW, "sku": "A-3", "key": None}])
        services.update_products(
            {
                1: {"price": Decimal("1.00"), "old_price": Decimal("2.00"), "quantity": 3, "categories": ()},
                2: {"title": "Mug", "is_active": True, "sku": None, "description": None},
                3: {},
            }
        )
        services.update_products({})
        found = rows(Product.select().order_by(Product.id))
    assert [dict(row) for row in found] == [
        {"id": 1, **NEW, "photo": None, "metadata": {}, "price": Decimal("1.00"), "old_price": Decimal("2.00")},
        {
            "id": 2,
            **NEW,
            "photo": None,
            "metadata": {},
            "title": "Mug",
            "is_active": True,
            "sku": None,
            "key": None,
            "description": None,
        },
        {"id": 3, **NEW, "photo": None, "metadata": {}, "sku": "A-3", "key": None},
    ]


def test_deleting_products_takes_all_that_is_theirs(store: Store) -> None:
    category = add_category(store)
    gone, stays = (add_product(store, categories=[category], reviews=["Good."]) for _ in range(2))
    with store.transaction():
        services.set_pictures({gone: [("a.png", None)], stays: [("b.png", None)]})
        services.delete_products([gone, 99])
        services.delete_products([])
        assert [model.select().count() for model in (Product, Stock, Review, ProductPicture)] == [1, 1, 1, 1]
    assert links(store) == [(stays, category)]


# --- shelves and pictures ------------------------------------------------------------------------------------------


def test_products_are_put_on_shelves_beside_others_and_taken_off_all(store: Store) -> None:
    tea, sale = add_category(store, "Tea"), add_category(store, "Sale")
    first, second = add_product(store, categories=[tea]), add_product(store, categories=[tea])
    with store.transaction():
        services.shelve({first: [sale], second: []})
    assert links(store) == [(first, tea), (first, sale), (second, tea)]
    with store.transaction():
        services.clear_shelves([first])
        services.clear_shelves([])
    assert links(store) == [(second, tea)]


def test_pictures_keep_their_order_and_the_photo_is_another_thing(store: Store) -> None:
    first, second = add_product(store, photo="old.jpg"), add_product(store, photo="old.jpg")
    with store.transaction():
        services.set_pictures({first: [("b.png", None), ("a.png", "products/a.png")], second: [("a.png", None)]}, 7)
    assert pictures(store) == [
        (first, 1, "b.png", None, None, 7),
        (first, 2, "a.png", "products/a.png", None, 7),
        (second, 1, "a.png", None, None, 7),
    ]
    with store.transaction():
        services.clear_pictures([first])
        services.clear_photos([second])
        services.put_photos({first: "new.jpg"})
    assert pictures(store) == [(second, 1, "a.png", None, None, 7)]
    assert of(store, lambda: Product.select(Product.photo).order_by(Product.id)) == [("new.jpg",), (None,)]


def test_what_was_not_had_of_the_pictures_is_fetched_again(store: Store) -> None:
    first, second = add_product(store), add_product(store)
    with store.transaction():
        services.set_pictures({first: [("a.png", None), ("b.png", "b")], second: [("c.png", None)]}, 7)
        ProductPicture.update(error="gone").where(ProductPicture.path.is_null()).execute()
        services.fetch_again([first], 8)
    assert pictures(store) == [
        (first, 1, "a.png", None, None, 8),
        (first, 2, "b.png", "b", None, 7),
        (second, 1, "c.png", None, "gone", 7),
    ]
