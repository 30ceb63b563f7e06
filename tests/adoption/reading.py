"""What tests read of a store after an adoption."""

from typing import Any

from webstore_kit import Store
from webstore_kit.adoption.report import Report
from webstore_kit.adoption.steps import STEPS
from webstore_kit.core.database import BaseModel


def rows(store: Store, model: type[BaseModel], *fields: Any) -> list[Any]:
    """The rows of the table by their keys; the values of these fields, or each row as a mapping."""
    key = model._meta.primary_key  # noqa: SLF001 - peewee's documented name
    with store.snapshot():
        query = model.select(*fields).order_by(key)
        return list(query.tuples() if fields else query.dicts())


def cases(report: Report) -> list[tuple[str, int, str]]:
    """The cases, without their effects."""
    return [(case.table, case.id, case.what) for case in report.cases]


def missing(report: Report) -> dict[str, int]:
    """How many rows of each table the store lacks, where it lacks any."""
    return {count.target: count.missing for count in report.rows if count.missing}


def dump(store: Store) -> dict[str, list[Any]]:
    """All that the store holds."""
    return {step.table: rows(store, step.model) for step in STEPS}
