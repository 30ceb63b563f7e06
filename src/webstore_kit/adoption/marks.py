"""High-water marks: an id or a number that the source ever handed out is not handed out again."""

from peewee import SQL, fn

from webstore_kit.adoption.source import Source
from webstore_kit.adoption.steps import STEPS
from webstore_kit.core.store import Store
from webstore_kit.orders.models import ORDERS, Counter, Order

# Never lower than it is: the store may have handed out ids before, of rows that are gone.
POSTGRESQL = """
    SELECT setval(id, greatest(%s, coalesce(pg_sequence_last_value(id), 0)))
    FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS id) AS sequence
"""
SQLITE = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
SQLITE_FIRST = "INSERT INTO sqlite_sequence (seq, name) SELECT ?, ? WHERE changes() = 0"


def carry_over(store: Store, source: Source) -> None:
    """Let every table hand out ids above those of the source, of its deleted rows too."""
    for step in STEPS:
        if step.has_ids:
            highest = step.model.select(fn.MAX(SQL("id"))).scalar() or 0
            mark = max(highest, source.high_water(step.source))
            _raise_to(store, step.table, mark)
            if step.model is Order and mark:
                # Orders are numbered by their ids in the source.
                Counter.insert(name=ORDERS, value=mark).execute()


def _raise_to(store: Store, table: str, mark: int) -> None:
    if mark < 1:
        return
    if store.postgresql:
        store.database.execute_sql(POSTGRESQL, (mark, table))
    else:
        for statement in (SQLITE, SQLITE_FIRST):
            store.database.execute_sql(statement, (mark, table))
