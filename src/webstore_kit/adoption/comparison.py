"""The comparison of source and store: rows and sums, each counted by its own database."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from math import prod
from typing import Any

from peewee import SQL, fn

from webstore_kit.adoption.readings import exact
from webstore_kit.adoption.report import TableCount, Total
from webstore_kit.adoption.run import Run
from webstore_kit.adoption.source import BATCH
from webstore_kit.adoption.steps import STEPS, Step, Sum


def compared(run: Run) -> tuple[TableCount, ...]:
    """Every table on both sides, and what the cases of the run explain of it."""
    return tuple(_table(run, step) for step in STEPS)


def compared_again(run: Run) -> tuple[TableCount, ...]:
    """The same, with the rows that the source has now and the store lacks; the run goes through all steps for it."""
    missing = [_missing(run, step) if step.has_ids else 0 for step in STEPS]
    return tuple(_table(run, step, lacks) for step, lacks in zip(STEPS, missing, strict=True))


def batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """The rows, some hundred at a time."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


def _table(run: Run, step: Step, missing: int = 0) -> TableCount:
    rows = Decimal(run.source.count(step.source)), Decimal(step.model.select().count())
    return TableCount(
        source=step.source,
        target=step.table,
        rows=Total("rows", *rows, run.ledger.sum(step.source, "rows")),
        totals=tuple(_total(run, step, name, columns) for name, columns in step.sums.items()),
        missing=missing,
    )


def _total(run: Run, step: Step, name: str, wanted: Sum) -> Total:
    # Grouped there, multiplied and added here: neither database calculates exactly with every amount that it can hold.
    source = ((values, rows) for *values, rows, _ in run.source.groups(step.source, wanted.columns))
    groups = step.model.select(*wanted.fields, fn.COUNT(SQL("*"))).group_by(*wanted.fields)
    target = ((values, rows) for *values, rows in groups.tuples().iterator())
    return Total(name, _sum(source, wanted.zero), _sum(target, wanted.zero), run.ledger.sum(step.source, name))


def _sum(groups: Iterable[tuple[list[Any], int]], zero: Decimal) -> Decimal:
    return sum((prod(map(exact, values), start=Decimal(rows)) for values, rows in groups), zero)


def _missing(run: Run, step: Step) -> int:
    key: Any = step.model._meta.primary_key  # noqa: SLF001 - peewee's documented name
    return sum(
        len(batch) - step.model.select().where(key.in_([row[key.name] for row in batch])).count()
        for batch in batches(step.rows(run))
    )
