"""What becomes of brands, categories, products, links and reviews, good ones and odd ones."""

from decimal import Decimal

import pytest

from tests.adoption.legacy import Legacy, SqliteLegacy, add
from tests.adoption.reading import cases, rows
from webstore_kit import Store
from webstore_kit.adoption.services import adopt
from webstore_kit.catalog import search
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review, Stock

LARGEST = Decimal("9999999999999.99")


def test_the_catalogue_keeps_ids_prices_and_texts(store: Store, legacy: Legacy) -> None:
    add(legacy, "brands", id=3, title="Sony")
    add(legacy, "categories", id=4, title="TVs", is_active=False)
    add(legacy, "categories", id=5, title="Phones")
    add(
        legacy, "products", id=7, title="Größe \N{SNOWMAN}", price=19.99, old_price=25, quantity=3,
        description="Long", brand_id=3, photo="images/a b.jpg",
    )  # fmt: skip
    add(legacy, "products", id=9, price=0, quantity=0, photo=None)
    add(legacy, "products_categories", id=11, category_id=4, product_id=7)
    add(legacy, "products_reviews", id=13, product_id=7, review="Fine.")
    report = adopt(store, legacy.source)
    assert rows(store, Brand) == [{"id": 3, "title": "Sony"}]
    assert rows(store, Category) == [
        {"id": 4, "title": "TVs", "is_active": False, "parent_id": None},
        {"id": 5, "title": "Phones", "is_active": True, "parent_id": None},
    ]
    assert rows(store, Product) == [
        {
            "id": 7, "sku": None, "title": "Größe \N{SNOWMAN}", "price": Decimal("19.99"),
            "old_price": Decimal("25.00"), "description": "Long", "brand": 3, "photo": "images/a b.jpg",
            "key": None, "variant_group": None, "is_active": True, "metadata": {},
        },
        {
            "id": 9, "sku": None, "title": "Kettle", "price": Decimal("0.00"), "old_price": None,
            "description": None, "brand": None, "photo": None,
            "key": None, "variant_group": None, "is_active": True, "metadata": {},
        },
    ]  # fmt: skip
    assert rows(store, Stock) == [{"product": 7, "quantity": 3}, {"product": 9, "quantity": 0}]
    assert rows(store, ProductCategory) == [{"id": 11, "category": 4, "product": 7}]
    assert rows(store, Review) == [{"id": 13, "product": 7, "review": "Fine."}]
    assert report.cases == ()


def test_an_empty_photo_becomes_null(store: Store, legacy: Legacy) -> None:
    add(legacy, "products", photo="")
    assert cases(adopt(store, legacy.source)) == []
    assert rows(store, Product, Product.photo) == [(None,)]


def test_a_product_of_a_missing_brand_is_taken_without_one(store: Store, legacy: Legacy) -> None:
    add(legacy, "products", id=1, brand_id=77)
    report = adopt(store, legacy.source)
    assert rows(store, Product, Product.id, Product.brand) == [(1, None)]
    assert cases(report) == [("products", 1, "brand_id 77 is a missing brand: taken without one")]


def test_negative_prices_and_stock_become_zero(store: Store, legacy: Legacy) -> None:
    add(legacy, "products", id=1, price=-5.5, old_price=-1, quantity=-3)
    add(legacy, "products", id=2)
    report = adopt(store, legacy.source)
    assert rows(store, Product, Product.price, Product.old_price) == [
        (Decimal("0.00"), Decimal("0.00")),
        (Decimal("10.10"), None),
    ]
    assert rows(store, Stock, Stock.quantity) == [(0,), (5,)]
    assert cases(report) == [
        ("products", 1, "price -5.5 is below 0: taken as 0.00"),
        ("products", 1, "old_price -1 is below 0: taken as 0.00"),
        ("products", 1, "quantity -3 is below 0: taken as 0"),
    ]
    assert report.cases[0].effects == {"price": Decimal("5.5"), "old_price": Decimal(1), "quantity": Decimal(3)}


@pytest.mark.parametrize(
    ("price", "taken"), [("1.005", "1.01"), ("1.004", "1.00"), ("0.995", "1.00"), ("2.675", "2.68")]
)
def test_a_price_finer_than_a_cent_is_rounded_half_up(store: Store, legacy: Legacy, price: str, taken: str) -> None:
    add(legacy, "products", id=1, price=price)
    report = adopt(store, legacy.source)
    assert rows(store, Product, Product.price) == [(Decimal(taken),)]
    assert cases(report) == [("products", 1, f"price {price} is finer than a cent: rounded to {taken}")]


def test_a_price_beyond_the_largest_is_cut_to_it(store: Store, legacy: Legacy) -> None:
    add(legacy, "products", id=1, price=1e300)
    add(legacy, "products", id=2, price="9999999999999.99")
    report = adopt(store, legacy.source)
    assert rows(store, Product, Product.price) == [(LARGEST,), (LARGEST,)]
    [(table, row_id, what)] = cases(report)
    assert (table, row_id) == ("products", 1)
    assert what.endswith("is beyond the largest amount: taken as 9999999999999.99")


def test_a_quantity_beyond_the_column_is_cut_to_the_largest(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    add(sqlite_legacy, "products", id=1, quantity=2**40)
    add(sqlite_legacy, "products", id=2, quantity=2**31 - 1)
    report = adopt(store, sqlite_legacy.source)
    assert rows(store, Stock, Stock.quantity) == [(2**31 - 1,), (2**31 - 1,)]
    assert cases(report) == [
        ("products", 1, "quantity 1099511627776 is beyond the largest quantity: taken as 2147483647")
    ]


@pytest.mark.parametrize("price", ["infinity", "NaN"])
def test_a_numeric_that_is_no_number_is_listed(store: Store, postgresql_legacy: Legacy, price: str) -> None:
    add(postgresql_legacy, "products", id=1, price=price)
    report = adopt(store, postgresql_legacy.source)
    assert rows(store, Product, Product.price) == [(LARGEST if price == "infinity" else Decimal("0.00"),)]
    assert len(report.cases) == 1


def test_values_that_are_none_of_their_kind_become_the_nearest(store: Store, loose_legacy: SqliteLegacy) -> None:
    add(loose_legacy, "brands", id=1, title=None)
    add(loose_legacy, "categories", id=1, is_active="maybe")
    add(loose_legacy, "categories", id=2, is_active="true")
    add(loose_legacy, "products", id=1, title=None, price="cheap", old_price="", quantity="some")
    add(loose_legacy, "products", id=2, quantity=2.5, price=None, photo=None)
    report = adopt(store, loose_legacy.source)
    assert rows(store, Brand, Brand.title) == [("",)]
    assert rows(store, Category, Category.is_active) == [(False,), (True,)]
    assert rows(store, Product, Product.title, Product.price, Product.old_price) == [
        ("", Decimal("0.00"), Decimal("0.00")),
        ("Kettle", Decimal("0.00"), None),
    ]
    assert rows(store, Stock, Stock.quantity) == [(0,), (3,)]
    assert cases(report) == [
        ("brands", 1, "title null is no text: taken as empty"),
        ("categories", 1, "is_active 'maybe' is neither yes nor no: taken as no"),
        ("categories", 2, "is_active 'true' is text: taken as yes"),
        ("products", 1, "title null is no text: taken as empty"),
        ("products", 1, "price 'cheap' is no amount of money: taken as 0.00"),
        ("products", 1, "old_price '' is no amount of money: taken as 0.00"),
        ("products", 1, "quantity 'some' is no quantity: taken as 0"),
        ("products", 2, "price null is no amount of money: taken as 0.00"),
        ("products", 2, "quantity 2.5 is no whole number: rounded to 3"),
    ]


def test_text_that_the_store_cannot_hold_is_mended(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    add(sqlite_legacy, "brands", id=1, title="A\0cme")
    add(sqlite_legacy, "brands", id=2, title="x" * 201)
    add(sqlite_legacy, "brands", id=3, title="é" * 200)
    add(sqlite_legacy, "brands", id=4)
    sqlite_legacy.run("UPDATE brands SET title = CAST(x'41ED80C3' AS TEXT) WHERE id = 4")
    report = adopt(store, sqlite_legacy.source)
    assert rows(store, Brand, Brand.title) == [("Acme",), ("x" * 200,), ("é" * 200,), ("A\ufffd\ufffd",)]
    assert [(table, row_id) for table, row_id, _ in cases(report)] == [("brands", 1), ("brands", 2), ("brands", 4)]
    assert report.cases[0].what == r"title 'A\x00cme' has NUL characters: taken without them"
    assert report.cases[1].what.endswith("is over 200 characters: cut")
    assert "is no valid text" in report.cases[2].what


def test_links_to_missing_rows_and_second_links_are_not_taken(store: Store, legacy: Legacy) -> None:
    add(legacy, "categories", id=1)
    add(legacy, "products", id=1)
    add(legacy, "products_categories", id=1, category_id=1, product_id=1)
    add(legacy, "products_categories", id=2, category_id=8, product_id=1)
    add(legacy, "products_categories", id=3, category_id=1, product_id=9)
    add(legacy, "products_categories", id=4, category_id=1, product_id=1)
    report = adopt(store, legacy.source)
    assert rows(store, ProductCategory) == [{"id": 1, "category": 1, "product": 1}]
    assert sorted(cases(report)) == [
        ("products_categories", 2, "product 1 in category 8, not taken: the category is missing"),
        ("products_categories", 3, "product 9 in category 1, not taken: the product is missing"),
        ("products_categories", 4, "product 1 in category 1, not taken: it is there already"),
    ]


def test_a_review_of_a_missing_product_is_not_taken(store: Store, legacy: Legacy) -> None:
    add(legacy, "products_reviews", id=1, product_id=9, review="Nice.")
    report = adopt(store, legacy.source)
    assert rows(store, Review) == []
    assert cases(report) == [("products_reviews", 1, "a review of the missing product 9, not taken: 'Nice.'")]


def test_the_search_index_has_what_was_adopted(store: Store, legacy: Legacy) -> None:
    add(legacy, "products", id=9, price=1, quantity=1)
    adopt(store, legacy.source)
    with store.snapshot():
        expected = search.State.MISSING if store.postgresql else search.State.CURRENT
        assert search.state() is expected
