"""The column types of our tables, the same in models and migrations, on SQLite and PostgreSQL."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from peewee import SQL, BigAutoField, BigIntegerField, CharField, Field, NodeList

from webstore_kit.core.money import from_minor, to_minor


class IdField(BigAutoField):
    """A 64-bit id that the database hands out and never hands out twice.

    SQLite reuses the id of a deleted last row unless told otherwise; an old token must not log in a new user.
    """

    def ddl(self, ctx: Any) -> Any:
        """The column's definition."""
        definition = super().ddl(ctx)
        return definition if _for_postgresql(ctx) else NodeList((definition, SQL("AUTOINCREMENT")))


class TitleField(CharField):
    """A short text that lists are sorted by: by code point, as SQLite does, whatever PostgreSQL's locale."""

    def ddl(self, ctx: Any) -> Any:
        """The column's definition."""
        definition = super().ddl(ctx)
        return NodeList((definition, SQL('COLLATE "C"'))) if _for_postgresql(ctx) else definition


class MoneyField(BigIntegerField):
    """An amount of money: `Decimal` with two decimals in code, whole minor units in the column."""

    def db_value(self, value: Any) -> int | None:
        """The minor units; a whole number is taken as minor units already."""
        return to_minor(value) if isinstance(value, Decimal) else value

    def python_value(self, value: Any) -> Decimal | None:
        """The amount."""
        return None if value is None else from_minor(value)


class UtcDateTimeField(Field):
    """A moment: aware `datetime` in UTC in code; TIMESTAMPTZ on PostgreSQL, sortable text on SQLite."""

    field_type = "UTC_DATETIME"

    def db_value(self, value: Any) -> Any:
        """The moment as text that both databases read and that sorts as time does.

        A naive `datetime` is a mistake and raises ValueError.
        """
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC).isoformat(sep=" ", timespec="microseconds")

    def python_value(self, value: Any) -> datetime | None:
        """The aware moment."""
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else None


class JsonField(Field):
    """A JSON object: a mapping in code; JSONB on PostgreSQL, text on SQLite."""

    field_type = "JSON_OBJECT"

    def db_value(self, value: Any) -> Any:
        """The object as text, which both databases read."""
        return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value

    def python_value(self, value: Any) -> Any:
        """The object."""
        return json.loads(value) if isinstance(value, str) else value


def _for_postgresql(ctx: Any) -> bool:
    # The only thing that a definition being written knows of its database is the mark for a parameter.
    return bool(ctx.state.param == "%s")
