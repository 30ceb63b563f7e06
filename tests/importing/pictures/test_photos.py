"""Which picture of a product is its photo."""

from collections.abc import Mapping

import pytest

from tests.factories import add_product
from tests.importing.pictures.gallery import photo
from webstore_kit import Store
from webstore_kit.catalog.models import Product, ProductPicture
from webstore_kit.importing.pictures.photos import set_photos


def add(store: Store, pictures: Mapping[int, str | None], photo: str | None = None) -> int:
    """A product with a photo, and pictures by their positions."""
    product_id = add_product(store, photo=photo)
    with store.transaction():
        for position, path in pictures.items():
            ProductPicture.insert(product=product_id, position=position, source=f"{position}", path=path).execute()
    return product_id


@pytest.mark.parametrize(
    ("pictures", "wanted"),
    [
        ({1: "a.jpg", 2: "b.jpg"}, "a.jpg"),
        ({3: "c.jpg", 2: "b.jpg"}, "b.jpg"),
        ({1: None, 2: "b.jpg"}, "b.jpg"),
        ({1: None}, "old.jpg"),
        ({}, "old.jpg"),
    ],
    ids=["first", "by position", "first that was had", "none was had", "none at all"],
)
def test_the_photo_is_the_first_picture_that_was_had(
    store: Store, pictures: Mapping[int, str | None], wanted: str
) -> None:
    product_id = add(store, pictures, "old.jpg")
    with store.transaction():
        set_photos([product_id])
    assert photo(store, product_id) == wanted


def test_a_product_without_a_photo_gets_one(store: Store) -> None:
    product_id = add(store, {1: "a.jpg"})
    with store.transaction():
        assert set_photos([product_id]) == 1
    assert photo(store, product_id) == "a.jpg"


def test_only_products_that_are_named_and_change_are_written(store: Store) -> None:
    named, same, other = add(store, {1: "a.jpg"}), add(store, {1: "a.jpg"}, "a.jpg"), add(store, {1: "a.jpg"})
    with store.transaction():
        assert set_photos([named, same]) == 1
        assert set_photos([named, same]) == 0
    assert (photo(store, named), photo(store, other)) == ("a.jpg", None)


def test_any_number_of_products_gets_photos_at_once(store: Store) -> None:
    with store.transaction():
        rows = [{"title": f"Mug {number}", "price": 100} for number in range(1001)]
        Product.insert_many(rows).execute()
        ids = [product.id for product in Product.select(Product.id)]
        ProductPicture.insert_many(
            [{"product": number, "position": 1, "source": "mug", "path": "mug.jpg"} for number in ids]
        ).execute()
        assert set_photos(ids) == 1001
        assert Product.select().where(Product.photo == "mug.jpg").count() == 1001
