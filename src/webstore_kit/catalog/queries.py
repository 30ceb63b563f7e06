"""Reads of the catalogue. All of them run inside `store.snapshot()` or `.transaction()`."""

from typing import Any

from peewee import JOIN, fn

from webstore_kit.catalog.models import Brand, Category, Product, Review, Stock
from webstore_kit.catalog.schemas import Listed
from webstore_kit.core.database import Row
from webstore_kit.core.errors import NotFound
from webstore_kit.core.prepared import prepared

PREVIEW = (
    Product.id,
    Product.title,
    Product.price,
    Product.old_price,
    Product.photo,
    Product.brand,
    Brand.title.alias("brand_title"),
)
"""The columns of `Listed`."""


def active_categories() -> list[Row]:
    """The categories that the shop shows, in the order they were made."""
    return _active_categories.rows()


def category(category_id: int) -> Row:
    """One category, active or not; raises NotFound."""
    return _found(_category.row(category=category_id))


def brands() -> list[Row]:
    """All brands, in the order they were made."""
    return _brands.rows()


def brand(brand_id: int) -> Row:
    """One brand; raises NotFound."""
    return _found(_brand.row(brand=brand_id))


def product(product_id: int) -> tuple[Listed, str | None, int]:
    """One product that is sold, with its description and how many there are; raises NotFound."""
    for *listed, description, quantity in _product.tuples(product=product_id):
        return Listed(*listed), description, quantity
    raise NotFound


def reviews(product_id: int) -> list[Row]:
    """The reviews of a product, oldest first."""
    return _reviews.rows(product=product_id)


def products_of_brand(brand_id: int) -> list[Listed]:
    """The products of a brand that are sold, by id."""
    return [Listed._make(row) for row in _products_of_brand.tuples(brand=brand_id)]


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


@prepared
def _active_categories() -> Any:
    return Category.select(Category.id, Category.title).where(Category.is_active).order_by(Category.id)


@prepared
def _category(category: Any) -> Any:
    return Category.select(Category.title, Category.is_active).where(Category.id == category)


@prepared
def _brands() -> Any:
    return Brand.select(Brand.id, Brand.title).order_by(Brand.id)


@prepared
def _brand(brand: Any) -> Any:
    return Brand.select(Brand.id, Brand.title).where(Brand.id == brand)


@prepared
def _product(product: Any) -> Any:
    quantity = fn.COALESCE(Stock.quantity, 0).alias("quantity")
    columns = (*PREVIEW, Product.description.alias("description"), quantity)
    query = Product.select(*columns).join(Brand, JOIN.LEFT_OUTER).switch(Product).join(Stock, JOIN.LEFT_OUTER)
    return query.where(Product.id == product, Product.is_active)


@prepared
def _reviews(product: Any) -> Any:
    return Review.select(Review.id, Review.review, Review.product).where(Review.product == product).order_by(Review.id)


@prepared
def _products_of_brand(brand: Any) -> Any:
    query = Product.select(*PREVIEW).join(Brand, JOIN.LEFT_OUTER)
    return query.where(Product.brand == brand, Product.is_active).order_by(Product.id)
