"""The list of products: counted, and read page by page. All of it runs inside `store.snapshot()`.

A page is found in one of three ways. Where an index has just what is wanted in the order that is wanted, it is *read*
from there. Else the list is *walked* in its order, passing over what is not wanted; or all that is wanted is *gathered*
and sorted. The ids are found first, in indexes that have all that is asked for; the rest of a product is looked at for
those on the page alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import Any

from peewee import JOIN, SQL, Expression, Join, NodeList, Select, fn

from webstore_kit.catalog import search
from webstore_kit.catalog.filters import ProductFilter
from webstore_kit.catalog.models import Brand, Product, ProductCategory
from webstore_kit.catalog.queries import PREVIEW
from webstore_kit.catalog.schemas import Listed
from webstore_kit.core.database import by_index, contains, current, fold, is_postgresql
from webstore_kit.core.money import highest_minor, lowest_minor
from webstore_kit.core.prepared import SHAPES, prepared, shaped
from webstore_kit.core.store import Store

YES, NO = SQL("TRUE"), SQL("FALSE")
"""Compared with the column, not left out: an index that begins with it is used for both."""
MOST_WORDS = 500
"""Words of a search that count; nobody types so many, and no database takes a statement of any length."""
FEW = 500
"""Products that are gathered and sorted at once, so that it does not matter which way is the shorter one."""
PACE = 4
"""Products that are passed over in the time that one is gathered."""
READ, WALK, GATHER = "read", "walk", "gather"
NUMBERS = frozenset({"min_price", "max_price", "brand_id"})
LISTED, OF_BRAND = "products_listed", "products_brand_price"
ORDERED = {
    "price": "products_price",
    "-price": "products_price_desc",
    "title": "products_title",
    "-title": "products_title_desc",
}
"""The index that has the products in an order. All of these have price and brand in them, too."""
Value = Callable[[str], Any]
"""Makes the stand-in for a value of that name."""


class ProductList:
    """The products that are sold and that a filter leaves, in its order; in a category or not."""

    def __init__(self, store: Store, revision: int, wanted: ProductFilter, category_id: int | None) -> None:
        self._store, self._revision = store, revision
        wanted = replace(wanted, words=wanted.words[:MOST_WORDS])
        self._values = _values(wanted, category_id)
        self.search = search.state() if wanted.has_text else None
        """The state of the search index, if it is needed."""
        question = search.question(wanted) if self.search is search.State.CURRENT else None
        self._shape = Shape.of(wanted, category_id, question)
        if question:
            self._values["expression"] = question.expression
            self._values |= {f"short{place}": text for place, (_, text) in enumerate(question.short)}

    @cached_property
    def count(self) -> int:
        """How many there are."""
        what = self._shape.by, self._shape.words, tuple(self._values.values())
        return self._store.counts.of(what, self._revision, self._counted)

    def page(self, limit: int, offset: int) -> list[Listed]:
        """Those from `offset` on."""
        limit = min(limit, self.count - offset)
        if limit <= 0:
            return []
        # From whichever end is nearer.
        from_end = self.count - offset - limit
        is_reversed = from_end < offset
        offset = from_end if is_reversed else offset
        shape = _taking(self._shape, self._way(offset + limit), is_reversed)
        found = _page(shape).tuples(limit=limit, offset=offset, **self._values)
        return [Listed._make(row) for row in found]

    def _counted(self) -> int:
        shape, values = self._shape, self._values
        if not shape.by and not shape.words:
            # Those that are not sold are few: to count all and take them away is faster than to look at each.
            return int(_all_count.scalar()) - int(_unsold_count.scalar())
        return int(_count(shape).scalar(**values))

    def _way(self, end: int) -> str:
        """The way to a page that ends there, from the nearer end of the list.

        Walking passes over so many products, for each of those before the end, as there are of all for one that is
        wanted; gathering looks at all that are wanted.
        """
        if self._shape.is_indexed:
            return READ
        if self.count < FEW:
            return GATHER
        highest = _highest_id.scalar()
        return WALK if end * highest < PACE * self.count**2 else GATHER


@dataclass(frozen=True)
class Shape:
    """What a list is narrowed by and sorted by, without the values: lists of one shape are one query."""

    by: frozenset[str]
    words: int
    ordering: tuple[str, ...]
    way: str = READ
    is_reversed: bool = False
    is_searched: bool = False
    """Whether the texts are looked up in the search index."""
    has_expression: bool = False
    short: tuple[tuple[str, ...], ...] = ()
    """The columns of the search index in which a text stands that the index itself does not know."""

    @classmethod
    def of(cls, wanted: ProductFilter, category_id: int | None, question: search.Question | None) -> "Shape":
        """The shape of a filter, in a category or not."""
        given = {"min_price": wanted.min_price, "max_price": wanted.max_price, "brand_id": wanted.brand_id}
        texts = {"brand": wanted.brand or None, "title": wanted.title or None}
        by = {name for name, value in {**given, **texts, "category": category_id}.items() if value is not None}
        shape = cls(frozenset(by), len(wanted.words), wanted.ordering)
        if question is None:
            return shape
        short = tuple(columns for columns, _ in question.short)
        return replace(shape, is_searched=True, has_expression=bool(question.expression), short=short)

    @property
    def in_category(self) -> bool:
        """Whether it is the list of a category."""
        return "category" in self.by

    @property
    def has_text(self) -> bool:
        """Whether a text narrows the list."""
        return bool(self.words or self.by & {"brand", "title"})

    @property
    def is_indexed(self) -> bool:
        """Whether an index has what is wanted in the order that is wanted."""
        if self.has_text:
            return self.is_searched and not self.ordering
        by, first = self.by, self.ordering[:1]
        if not first:
            return by in ({"category"}, {"brand_id"}, frozenset())
        if first[0].endswith("title"):
            return not by
        return by <= {"min_price", "max_price"} or (
            first == ("price",) and by <= {"min_price", "max_price", "brand_id"}
        )


@lru_cache(SHAPES)
def _taking(shape: Shape, way: str, is_reversed: bool) -> Shape:
    return replace(shape, way=way, is_reversed=is_reversed)


def _values(wanted: ProductFilter, category_id: int | None) -> dict[str, Any]:
    values: dict[str, Any] = {"category": category_id}
    if wanted.min_price is not None:
        values["min_price"] = lowest_minor(wanted.min_price)
    if wanted.max_price is not None:
        values["max_price"] = highest_minor(wanted.max_price)
    if wanted.brand_id is not None:
        values["brand_id"] = _as_id(wanted.brand_id)
    texts = {"brand": wanted.brand, "title": wanted.title}
    texts |= {f"word{place}": word for place, word in enumerate(wanted.words)}
    return values | {name: fold(text) for name, text in texts.items() if text}


def _as_id(number: Decimal) -> int:
    # 3.0 is 3; a number that no id can be finds nothing, as id 0 does.
    return int(number) if 0 < number < 10**18 and number == int(number) else 0


@prepared
def _highest_id() -> Any:
    return Product.select(fn.MAX(Product.id))


@prepared
def _all_count() -> Any:
    return Product.select(fn.COUNT(SQL("*")))


@prepared
def _unsold_count() -> Any:
    return Product.select(fn.COUNT(SQL("*"))).where(Product.is_active == NO)


@shaped
def _count(shape: Any, value: Value) -> Any:
    return _wanted(shape, value, fn.COUNT(SQL("*")))


@shaped
def _page(shape: Any, value: Value) -> Any:
    ids = _ids(shape, value).limit(value("limit")).offset(value("offset"))
    query = Product.select(*PREVIEW).join(Brand, JOIN.LEFT_OUTER).where(Product.id.in_(ids))
    return query.order_by(*_order(shape, Product, Product.id))


def _ids(shape: Shape, value: Value) -> Any:
    backwards = shape.is_reversed
    if shape.way == GATHER and shape.has_text and is_postgresql(current()):
        # A subquery of its own: as the planner cannot know of a text how few have it, it may think a walk shorter.
        found = _wanted(shape, value, Product.id, Product.title, Product.price, is_sorted=True).offset(0).alias("found")
        order = _order(shape, found.c, found.c.id, backwards=backwards)
        return Select([found], [found.c.id]).order_by(*order)
    key = _key(_source(shape))
    order = _order(shape, Product, key, backwards=backwards)
    if shape.way == GATHER and not is_postgresql(current()):
        order = [NodeList((SQL("+"), column)) for column in order]  # then no index seems to have that order
    return _wanted(shape, value, key, is_sorted=bool(shape.ordering)).order_by(*order)


def _wanted(shape: Shape, value: Value, *columns: Any, is_sorted: bool = False) -> Any:
    """The select of these columns of all that is wanted; `is_sorted` where it will be sorted by more than ids.

    It begins with the source that has the fewest rows, and takes from there only what is needed of the product.
    """
    source = _source(shape)
    conditions = _source_conditions(shape, value)
    if source is Product:
        table = _products(shape)
    elif shape.is_searched and not is_sorted and not shape.by & NUMBERS:
        table = source
    else:
        # SQLite goes through the tables of a cross join in their order.
        table = Join(source, by_index(Product, LISTED), JOIN.CROSS)
        conditions.append(Product.id == _key(source))
    if table is not source or source is Product:
        conditions += [Product.is_active == YES, *_product_conditions(shape, value)]
    return Product.select(*columns).from_(table).where(_all_of(conditions))


def _source(shape: Shape) -> Any:
    if shape.way == WALK:
        return Product
    if shape.is_searched:
        return search.Entry if shape.has_expression else search.Text
    return ProductCategory if shape.in_category and "brand_id" not in shape.by else Product


def _products(shape: Shape) -> Any:
    if shape.way == WALK:
        return by_index(Product, ORDERED.get("".join(shape.ordering[:1]), LISTED))
    return by_index(Product, OF_BRAND) if shape.way == GATHER and "brand_id" in shape.by else Product


def _key(source: Any) -> Any:
    """The id of the product in a source."""
    return {Product: Product.id, ProductCategory: ProductCategory.product}.get(source) or source.key


def _source_conditions(shape: Shape, value: Value) -> list[Any]:
    """What the source sees to, and the category, for which nothing else of the product is needed."""
    source = _source(shape)
    if source is ProductCategory:
        return [ProductCategory.category == value("category")]
    conditions: list[Any] = []
    if shape.in_category:
        on_shelf = ProductCategory.select(SQL("1")).where(ProductCategory.category == value("category"))
        conditions.append(fn.EXISTS(on_shelf.where(ProductCategory.product == _key(source))))
    if source is not Product:
        conditions += [_says(source, columns, value(f"short{place}")) for place, columns in enumerate(shape.short)]
    if shape.has_expression and source is search.Entry:
        conditions.append(Expression(source.everything, "MATCH", value("expression")))
    return conditions


def _says(index: Any, columns: tuple[str, ...], text: Any) -> Any:
    return _any_of([fn.instr(getattr(index, column), text) > 0 for column in columns])


def _product_conditions(shape: Shape, value: Value) -> list[Any]:
    """What only the product itself, or its brand, can tell."""
    conditions: list[Any] = []
    if "min_price" in shape.by:
        conditions.append(Product.price >= value("min_price"))
    if "max_price" in shape.by:
        conditions.append(Product.price <= value("max_price"))
    if "brand_id" in shape.by:
        conditions.append(Product.brand == value("brand_id"))
    if _source(shape) in (Product, ProductCategory):
        conditions += _text_conditions(shape, value)
    return conditions


def _text_conditions(shape: Shape, value: Value) -> list[Any]:
    conditions: list[Any] = []
    if "brand" in shape.by:
        conditions.append(_of_brands(value("brand")))
    if "title" in shape.by:
        conditions.append(contains(Product.title, value("title")))
    words = (value(f"word{place}") for place in range(shape.words))
    return conditions + [contains(Product.title, word) | _of_brands(word) for word in words]


def _of_brands(text: Any) -> Any:
    brands = Brand.select(Brand.id).where(contains(Brand.title, text))
    if is_postgresql(current()):
        return Product.brand == fn.ANY(fn.ARRAY(brands))  # an index can have that beside another side of OR; not IN
    return Product.brand.in_(brands)


def _order(shape: Shape, columns: Any, key: Any, *, backwards: bool = False) -> list[Any]:
    named = [(name.removeprefix("-"), name.startswith("-")) for name in shape.ordering]
    order = [(getattr(columns, name), falls) for name, falls in named] + [(key, False)]
    return [column.desc() if falls != backwards else column.asc() for column, falls in order]


def _all_of(conditions: list[Any]) -> Any:
    return _joined(conditions, lambda left, right: left & right)


def _any_of(conditions: list[Any]) -> Any:
    return _joined(conditions, lambda left, right: left | right)


def _joined(conditions: list[Any], join: Callable[[Any, Any], Any]) -> Any:
    # A balanced tree of them: SQLite refuses a chain of many, where each hangs one level below the next.
    while len(conditions) > 1:
        pairs = zip_longest(conditions[::2], conditions[1::2])
        conditions = [left if right is None else join(left, right) for left, right in pairs]
    return conditions[0]
