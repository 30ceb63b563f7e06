"""Bulk writes: many rows in one go, for what would take Peewee longer to build than the database to do.

All of it runs inside `store.transaction()`. Values are as the database keeps them: amounts in minor units, ids instead
of models, moments as text (`UtcDateTimeField.db_value`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import peewee

from webstore_kit.core.database import current, is_postgresql

# What a driver raises becomes Peewee's error, as with Peewee's own statements.
_raised = peewee.ExceptionWrapper(peewee.EXCEPTIONS)  # type: ignore[attr-defined]


def reserve_ids(model: type[peewee.Model], count: int) -> list[int]:
    """Ids that no other row of the model gets, rising; they are used up whether or not rows are made with them."""
    table = _table(model)
    if is_postgresql(current()):
        query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return sorted(number for (number,) in current().execute_sql(query, (table, count)).fetchall())
    if not count:
        return []
    # There is one writer, and it is here. The sequence is moved, as otherwise only inserting moves it.
    moved = "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ? RETURNING seq"
    rows = current().execute_sql(moved, (count, table)).fetchall()
    if not rows:
        current().execute_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, count))
    last = rows[0][0] if rows else count
    return list(range(last - count + 1, last + 1))


def insert(model: type[peewee.Model], columns: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
    """Insert the rows, each with a value for every column; columns that are not named get the database's default."""
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with _cursor() as cursor:
        if not is_postgresql(current()):
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f'INSERT INTO "{_table(model)}" ({names}) VALUES ({marks})', rows)  # noqa: S608
            return
        with cursor.copy(f'COPY "{_table(model)}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def update(model: type[peewee.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], by: str = "id") -> None:
    """Set the columns of many rows; each of `rows` has their new values, and last what is in the column `by`."""
    mark = "%s" if is_postgresql(current()) else "?"
    changes = ", ".join(f'"{column}" = {mark}' for column in columns)
    with _cursor() as cursor:
        cursor.executemany(f'UPDATE "{_table(model)}" SET {changes} WHERE "{by}" = {mark}', list(rows))  # noqa: S608


@contextmanager
def _cursor() -> Iterator[Any]:
    with _raised, closing(current().cursor()) as cursor:
        yield cursor


def _table(model: type[peewee.Model]) -> str:
    return str(model._meta.table_name)  # noqa: SLF001 - peewee's documented name
