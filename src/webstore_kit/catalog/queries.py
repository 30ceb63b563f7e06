"""Reads of the catalogue. All of them run inside `store.snapshot()` or `.transaction()`."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from peewee import JOIN, SQL, fn

from webstore_kit.catalog.filters import ProductFilter
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review, Stock
from webstore_kit.core.database import Row, contains, fold
from webstore_kit.core.errors import NotFound
from webstore_kit.core.money import highest_minor, lowest_minor
from webstore_kit.core.prepared import prepared, shaped

YES, NO = SQL("TRUE"), SQL("FALSE")
"""Compared with the column, not left out: an index that begins with it is used for both."""
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


def product(product_id: int) -> Row:
    """One product that is sold, with its brand and stock; raises NotFound."""
    return _found(_product.row(product=product_id))


def reviews(product_id: int) -> list[Row]:
    """The reviews of a product, oldest first."""
    return _reviews.rows(product=product_id)


def previews_of_brand(brand_id: int) -> list[Row]:
    """The products of a brand that are sold, by id."""
    return _previews_of_brand.rows(brand=brand_id)


def product_count(wanted: ProductFilter, category_id: int | None) -> int:
    """How many of the products that are sold the filter leaves."""
    shape = Shape.of(wanted, category_id)
    values = _values(wanted, category_id)
    if shape.is_plain:
        # Those that are not sold are few: to count all and take them away is faster than to look at each.
        return int(_all_count(shape.in_category).scalar(**values)) - int(
            _unsold_count(shape.in_category).scalar(**values)
        )
    return int(_count(shape).scalar(**values))


def previews(wanted: ProductFilter, category_id: int | None, limit: int, offset: int) -> list[Row]:
    """The products that are sold and that the filter leaves, from `offset` on, in its order."""
    query = _page(Shape.of(wanted, category_id))
    return query.rows(limit=limit, offset=offset, **_values(wanted, category_id))


@dataclass(frozen=True)
class Shape:
    """What a list is narrowed by and sorted by, without the values: lists of one shape are one query."""

    by: frozenset[str]
    words: int
    ordering: tuple[str, ...]

    @classmethod
    def of(cls, wanted: ProductFilter, category_id: int | None) -> "Shape":
        """The shape of a filter, in a category or not."""
        given = {"min_price": wanted.min_price, "max_price": wanted.max_price, "brand_id": wanted.brand_id}
        texts = {"brand": wanted.brand or None, "title": wanted.title or None}
        by = {name for name, value in {**given, **texts, "category": category_id}.items() if value is not None}
        return cls(frozenset(by), min(len(wanted.words), MOST_WORDS), wanted.ordering)

    @property
    def in_category(self) -> bool:
        """Whether it is the list of a category."""
        return "category" in self.by

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the list but the category."""
        return not self.words and self.by <= {"category"}

    @property
    def needs_brand(self) -> bool:
        """Whether the title of the brand is looked at."""
        return "brand" in self.by or self.words > 0


def _values(wanted: ProductFilter, category_id: int | None) -> dict[str, Any]:
    values: dict[str, Any] = {"category": category_id}
    if wanted.min_price is not None:
        values["min_price"] = lowest_minor(wanted.min_price)
    if wanted.max_price is not None:
        values["max_price"] = highest_minor(wanted.max_price)
    if wanted.brand_id is not None:
        values["brand_id"] = _as_id(wanted.brand_id)
    texts = {"brand": wanted.brand, "title": wanted.title}
    texts |= {f"word{place}": word for place, word in enumerate(wanted.words[:MOST_WORDS])}
    return values | {name: fold(text) for name, text in texts.items() if text}


@shaped
def _all_count(in_category: Any, value: Callable[[str], Any]) -> Any:
    if not in_category:
        return Product.select(fn.COUNT(SQL("*")))
    return ProductCategory.select(fn.COUNT(SQL("*"))).where(ProductCategory.category == value("category"))


@shaped
def _unsold_count(in_category: Any, value: Callable[[str], Any]) -> Any:
    query = Product.select(fn.COUNT(SQL("*"))).where(Product.is_active == NO)
    if not in_category:
        return query
    return query.join(ProductCategory).where(ProductCategory.category == value("category"))


@shaped
def _count(shape: Any, value: Callable[[str], Any]) -> Any:
    query = Product.select(fn.COUNT(Product.id))
    if shape.needs_brand:
        query = query.join(Brand, JOIN.LEFT_OUTER)
    return _narrowed(query, shape, value)


@shaped
def _page(shape: Any, value: Callable[[str], Any]) -> Any:
    # First the ids, which an index has in their order; only of those on the page is the rest looked at. Deep pages
    # would else look at all of it for each product that they pass over.
    ids = Product.select(Product.id)
    if shape.needs_brand:
        ids = ids.join(Brand, JOIN.LEFT_OUTER)
    ids = _narrowed(ids, shape, value).order_by(*_order(shape)).limit(value("limit")).offset(value("offset"))
    query = Product.select(*PREVIEW).join(Brand, JOIN.LEFT_OUTER).where(Product.id.in_(ids))
    return query.order_by(*_order(shape))


def _narrowed(query: Any, shape: Shape, value: Callable[[str], Any]) -> Any:
    conditions = _conditions(shape, value)
    # A balanced tree of them: SQLite refuses a chain of many, where each hangs one level below the next.
    while len(conditions) > 1:
        pairs = zip_longest(conditions[::2], conditions[1::2])
        conditions = [left if right is None else left & right for left, right in pairs]
    return query.where(*conditions)


def _conditions(shape: Shape, value: Callable[[str], Any]) -> list[Any]:
    conditions: list[Any] = [Product.is_active == YES]
    if shape.in_category:
        on_shelf = ProductCategory.select(ProductCategory.product).where(ProductCategory.category == value("category"))
        conditions.append(Product.id.in_(on_shelf))
    if "min_price" in shape.by:
        conditions.append(Product.price >= value("min_price"))
    if "max_price" in shape.by:
        conditions.append(Product.price <= value("max_price"))
    if "brand_id" in shape.by:
        conditions.append(Product.brand == value("brand_id"))
    if "brand" in shape.by:
        conditions.append(contains(Brand.title, value("brand")))
    if "title" in shape.by:
        conditions.append(contains(Product.title, value("title")))
    words = (value(f"word{place}") for place in range(shape.words))
    conditions += [contains(Product.title, word) | contains(Brand.title, word) for word in words]
    return conditions


def _as_id(number: Decimal) -> int:
    # 3.0 is 3; a number that no id can be finds nothing, as id 0 does.
    return int(number) if 0 < number < 10**18 and number == int(number) else 0


def _order(shape: Shape) -> list[Any]:
    columns: dict[str, Any] = {"title": Product.title, "price": Product.price}
    keys = [columns[name.removeprefix("-")] for name in shape.ordering]
    falling = [name.startswith("-") for name in shape.ordering]
    return [key.desc() if down else key for key, down in zip(keys, falling, strict=True)] + [Product.id]


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
def _previews_of_brand(brand: Any) -> Any:
    query = Product.select(*PREVIEW).join(Brand, JOIN.LEFT_OUTER)
    return query.where(Product.brand == brand, Product.is_active).order_by(Product.id)
