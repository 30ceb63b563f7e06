"""The revision of the catalogue: a number that rises with every change that the public can see, by a random step.

Triggers of the database see to that, so that no writer can forget it, be it a bare SQL shell. See the migration
0004_revision. The catalogue as the public sees it is all but the stock: a checkout leaves the revision alone.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import SQL, BigIntegerField, BooleanField, IntegerField, fn

from webstore_kit.core.database import BaseModel, current, is_postgresql
from webstore_kit.core.prepared import prepared


class CatalogueRevision(BaseModel):
    """The revision is the sum of the values.

    SQLite has one writer at a time, and one row. On PostgreSQL a transaction takes a row that no other one holds, or
    makes one, so that those who change the catalogue at the same time do not wait for each other.
    """

    slot = IntegerField(primary_key=True)
    value = BigIntegerField()
    is_bulk = BooleanField(constraints=[SQL("DEFAULT FALSE")])
    """Whether the present transaction will raise the value by itself; on SQLite alone."""

    class Meta:
        table_name = "catalogue_revision"


def revision() -> int:
    """The present revision; inside `store.snapshot()` or `.transaction()`."""
    return int(_revision.scalar())


@contextmanager
def bulk_change() -> Iterator[None]:
    """Inside, changes of many rows raise the revision once; with the trigger's work for each, they would take longer.

    Inside `store.transaction()`; as a decorator, around a function that is called there. On PostgreSQL the triggers
    work once for a statement anyway.
    """
    database = current()
    if is_postgresql(database):
        yield
        return
    database.execute_sql("UPDATE catalogue_revision SET is_bulk = TRUE")
    before = database.connection().total_changes
    try:
        yield
    finally:
        has_changed = database.connection().total_changes > before
        step = 1 + secrets.randbits(30) if has_changed else 0
        database.execute_sql("UPDATE catalogue_revision SET is_bulk = FALSE, value = value + ?", (step,))


@prepared
def _revision() -> Any:
    return CatalogueRevision.select(fn.SUM(CatalogueRevision.value).converter(int))


MODELS = [CatalogueRevision]
