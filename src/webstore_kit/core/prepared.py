"""Prepared queries: the SQL of a Peewee query is built once, and bound to new values at each call.

Peewee takes longer to build a query than SQLite to run it. What runs with every request is therefore written so:

    @prepared
    def _price(product: Any) -> Any:
        return Product.select(Product.price).where(Product.id == product)

    _price.scalar(product=7)

A query of several shapes is built once for each of them:

    @shaped
    def _cheapest(shape: Shape, value: Callable[[str], Any]) -> Any:
        query = Product.select(Product.id).order_by(Product.price)
        return query.where(Product.brand == value("brand")) if shape.by_brand else query

    _cheapest(shape).rows(brand=3)
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from inspect import signature
from typing import Any

from peewee import BigIntegerField, ForeignKeyField, IntegerField, Value

from webstore_kit.core.database import Row, current, is_postgresql
from webstore_kit.core.fields import IdField, MoneyField, UtcDateTimeField

SHAPES = 512
AS_THEY_ARE = (IdField, IntegerField, BigIntegerField, ForeignKeyField)
"""Fields whose values come from the database as they are in code."""
_money, _moment = MoneyField(), UtcDateTimeField()


class Prepared:
    """A query of a fixed shape. It works inside `store.snapshot()` and `store.transaction()`, as models do.

    `build` makes the query, with a function that makes the stand-in for a value of its name; nothing else may differ
    between two calls, and no value may be a list. Values are passed by name: money as `Decimal`, moments as aware
    `datetime`.
    """

    def __init__(self, build: Callable[[Callable[[str], Any]], Any]) -> None:
        self._build = build
        self._shapes: dict[bool, _Shape] = {}

    def rows(self, **values: Any) -> list[Row]:
        """All rows, as mappings from column to value."""
        shape, cursor = self._execute(values)
        return shape.rows(cursor)

    def tuples(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows as the database has them, unconverted: money in minor units. For what has no moment in it."""
        _, cursor = self._execute(values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def row(self, **values: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self.rows(**values)), None)

    def scalar(self, **values: Any) -> Any:
        """The first column of the first row; None where there is no row."""
        row = self.row(**values)
        return None if row is None else next(iter(row.values()))

    def execute(self, **values: Any) -> int:
        """Write, and answer how many rows that touched."""
        _, cursor = self._execute(values)
        if cursor.description:  # the new ids: left unread they would keep SQLite from committing
            return len(cursor.fetchall())
        return int(cursor.rowcount)

    def _execute(self, values: dict[str, Any]) -> tuple["_Shape", Any]:
        database = current()
        kind = is_postgresql(database)
        shape = self._shapes.get(kind) or self._shapes.setdefault(kind, self._shape())
        return shape, database.execute_sql(shape.sql, shape.bind(values))

    def _shape(self) -> "_Shape":
        return _Shape(self._build(_stand_in))


def prepared(build: Callable[..., Any]) -> Prepared:
    """The query that the function builds, prepared; for use as a decorator."""
    names = tuple(signature(build).parameters)
    return Prepared(lambda value: build(**{name: value(name) for name in names}))


def shaped(build: Callable[[Any, Callable[[str], Any]], Any]) -> Callable[[Hashable], Prepared]:
    """The query of a shape that the function builds, prepared; for use as a decorator.

    The function gets the shape, by which alone two queries may differ, and makes the stand-in for each value by its
    name. As clients choose the shapes, only so many are remembered.
    """
    return lru_cache(SHAPES)(lambda shape: Prepared(partial(build, shape)))


def _stand_in(name: str) -> Any:
    return Value(_Parameter(name), converter=False)


class _Parameter:
    """Stands in a query for the value to come."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Shape:
    """The SQL of a query for one kind of database, and how its rows are read."""

    def __init__(self, query: Any) -> None:
        self.query = query.dicts()
        self.sql, self._parameters = query.sql()
        self._columns: list[str] = []
        self._converters: list[tuple[str, Callable[[Any], Any]]] = []

    def bind(self, values: dict[str, Any]) -> list[Any]:
        return [_adapted(values[part.name]) if isinstance(part, _Parameter) else part for part in self._parameters]

    def rows(self, cursor: Any) -> list[Row]:
        if not self._columns:
            self._learn(cursor)
        return [self._row(values) for values in cursor.fetchall()]

    def _row(self, values: Any) -> Row:
        row = dict(zip(self._columns, values, strict=True))
        for column, convert in self._converters:
            row[column] = convert(row[column])
        return row

    def _learn(self, cursor: Any) -> None:
        # From Peewee's own reader, which knows the names and types of the columns with the first answer.
        reader = self.query._get_cursor_wrapper(cursor)  # noqa: SLF001 - it has no public name
        reader.initialize()
        converters = zip(reader.unique_columns, reader.converters, reader.fields, strict=True)
        self._converters = [
            (column, convert) for column, convert, field in converters if convert and type(field) not in AS_THEY_ARE
        ]
        self._columns = list(reader.unique_columns)


def _adapted(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _money.db_value(value)
    return _moment.db_value(value) if isinstance(value, datetime) else value
