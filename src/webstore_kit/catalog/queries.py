"""Reads of the catalogue. All of them run inside `store.snapshot()` or `.transaction()`."""

from decimal import Decimal
from itertools import zip_longest
from typing import Any

from peewee import JOIN, fn

from webstore_kit.catalog.filters import ProductFilter
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review, Stock
from webstore_kit.core.database import Row, contains, first_row, rows
from webstore_kit.core.errors import NotFound
from webstore_kit.core.money import highest_minor, lowest_minor

MOST_WORDS = 500
"""Words of a search that count; nobody types so many, and no database takes a statement of any length."""
PREVIEW = (
    Product.id,
    Product.title,
    Product.price,
    Product.old_price,
    Product.photo,
    Product.brand,
    Brand.title.alias("brand_title"),
)


def active_categories() -> list[Row]:
    """The categories that the shop shows, in the order they were made."""
    return rows(Category.select(Category.id, Category.title).where(Category.is_active).order_by(Category.id))


def category(category_id: int) -> Row:
    """One category, active or not; raises NotFound."""
    return _one(Category.select(Category.title, Category.is_active).where(Category.id == category_id))


def brands() -> list[Row]:
    """All brands, in the order they were made."""
    return rows(Brand.select(Brand.id, Brand.title).order_by(Brand.id))


def brand(brand_id: int) -> Row:
    """One brand; raises NotFound."""
    return _one(Brand.select(Brand.id, Brand.title).where(Brand.id == brand_id))


def product(product_id: int) -> Row:
    """One product that is sold, with its brand and stock; raises NotFound."""
    quantity = fn.COALESCE(Stock.quantity, 0).alias("quantity")
    columns = (*PREVIEW, Product.description.alias("description"), quantity)
    query = Product.select(*columns).join(Brand, JOIN.LEFT_OUTER).switch(Product).join(Stock, JOIN.LEFT_OUTER)
    return _one(query.where(Product.id == product_id, Product.is_active))


def reviews(product_id: int) -> list[Row]:
    """The reviews of a product, oldest first."""
    query = Review.select(Review.id, Review.review, Review.product).where(Review.product == product_id)
    return rows(query.order_by(Review.id))


def previews_of_brand(brand_id: int) -> list[Row]:
    """The products of a brand that are sold, by id."""
    query = Product.select(*PREVIEW).join(Brand, JOIN.LEFT_OUTER)
    return rows(query.where(Product.brand == brand_id, Product.is_active).order_by(Product.id))


def product_count(wanted: ProductFilter, category_id: int | None) -> int:
    """How many of the products that are sold the filter leaves."""
    query = Product.select(fn.COUNT(Product.id))
    if wanted.brand or wanted.words:
        query = query.join(Brand, JOIN.LEFT_OUTER)
    return int(_narrowed(query, wanted, category_id).scalar())


def previews(wanted: ProductFilter, category_id: int | None, limit: int, offset: int) -> list[Row]:
    """The products that are sold and that the filter leaves, from `offset` on, in its order."""
    query = _narrowed(Product.select(*PREVIEW).join(Brand, JOIN.LEFT_OUTER), wanted, category_id)
    return rows(query.order_by(*_order(wanted)).limit(limit).offset(offset))


def _narrowed(query: Any, wanted: ProductFilter, category_id: int | None) -> Any:
    conditions = _conditions(wanted, category_id)
    # A balanced tree of them: SQLite refuses a chain of many, where each hangs one level below the next.
    while len(conditions) > 1:
        pairs = zip_longest(conditions[::2], conditions[1::2])
        conditions = [left if right is None else left & right for left, right in pairs]
    return query.where(Product.is_active, *conditions)


def _conditions(wanted: ProductFilter, category_id: int | None) -> list[Any]:
    conditions: list[Any] = []
    if category_id is not None:
        on_shelf = ProductCategory.select(ProductCategory.product).where(ProductCategory.category == category_id)
        conditions.append(Product.id.in_(on_shelf))
    if wanted.min_price is not None:
        conditions.append(Product.price >= lowest_minor(wanted.min_price))
    if wanted.max_price is not None:
        conditions.append(Product.price <= highest_minor(wanted.max_price))
    if wanted.brand_id is not None:
        conditions.append(Product.brand == _as_id(wanted.brand_id))
    if wanted.brand:
        conditions.append(contains(Brand.title, wanted.brand))
    if wanted.title:
        conditions.append(contains(Product.title, wanted.title))
    conditions += [_has_word(word) for word in wanted.words[:MOST_WORDS]]
    return conditions


def _has_word(word: str) -> Any:
    return contains(Product.title, word) | contains(Brand.title, word)


def _as_id(number: Decimal) -> int:
    # 3.0 is 3; a number that no id can be finds nothing, as id 0 does.
    return int(number) if 0 < number < 10**18 and number == int(number) else 0


def _order(wanted: ProductFilter) -> list[Any]:
    columns: dict[str, Any] = {"title": Product.title, "price": Product.price}
    keys = [columns[name.removeprefix("-")] for name in wanted.ordering]
    falling = [name.startswith("-") for name in wanted.ordering]
    return [key.desc() if down else key for key, down in zip(keys, falling, strict=True)] + [Product.id]


def _one(query: Any) -> Row:
    row = first_row(query)
    if row is None:
        raise NotFound
    return row
