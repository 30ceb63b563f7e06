"""Adopts a Django store: everything, in one transaction, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import localcontext
from pathlib import Path

import peewee

from webstore_kit.adoption import marks
from webstore_kit.adoption.comparison import batches, compared, compared_again
from webstore_kit.adoption.models import Adoption
from webstore_kit.adoption.opening import opened
from webstore_kit.adoption.people import needed_customers
from webstore_kit.adoption.pictures import copy_pictures, folder_of
from webstore_kit.adoption.readings import EXACT
from webstore_kit.adoption.report import Pictures, Report, TableCount
from webstore_kit.adoption.run import Run
from webstore_kit.adoption.source import Source
from webstore_kit.adoption.steps import STEPS
from webstore_kit.catalog import search
from webstore_kit.core.errors import CommandError
from webstore_kit.core.store import Store
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.inventory.services import open_ledger


def quiet(step: str) -> None:
    """Progress that nobody wants to see."""


def adopt(store: Store, source: str, media: Path | None = None, progress: Callable[[str], None] = quiet) -> Report:
    """Take over the data and pictures of the Django store in `source`, an SQLite file's path or a PostgreSQL URL.

    The store must be empty. A store that has adopted before is left as it is, and the report compares. `progress` is
    told what comes next. Raises CommandError, and Busy where another process writes.
    """
    with opened(source) as legacy, localcontext(EXACT):
        folder = folder_of(source, media)
        if _adoption(store) is None:
            with _refusals(), store.transaction():
                _lock(store)
                # Of two that start at once the second waits for the lock, and then finds the store adopted.
                if not Adoption.select().exists():
                    return _take_over(store, _run(store, legacy), folder, progress)
        progress("Comparing")
        with store.snapshot():
            return _compare(store, _run(store, legacy))


def _adoption(store: Store) -> Adoption | None:
    with store.snapshot():
        adoption: Adoption | None = Adoption.select().first()
        return adoption


def _run(store: Store, source: Source) -> Run:
    return Run(source, store.now(), recreated=needed_customers(source))


def _lock(store: Store) -> None:
    # SQLite has one writer at a time anyway. Here nobody else writes until the end, though all may read.
    if store.postgresql:
        tables = ", ".join(["adoptions", *(step.table for step in STEPS)])
        store.database.execute_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")


def _take_over(store: Store, run: Run, folder: Path | None, progress: Callable[[str], None]) -> Report:
    _require_empty()
    for step in STEPS:
        progress(f"Adopting {step.table.replace('_', ' ')}")
        for batch in batches(step.rows(run)):
            step.model.insert_many(batch).as_rowcount().execute()
    while search.catch_up():  # or the first search of a customer would find all of it to do
        pass
    progress("Comparing")
    counts = compared(run)
    _require_explained(counts)
    progress("Copying pictures")
    pictures = copy_pictures(folder, store.settings.media_dir)
    Adoption.insert(source=run.source.label, time_adopted=run.now).execute()
    marks.carry_over(store, run.source)
    open_ledger(store)
    return Report(run.source.label, counts, tuple(run.ledger.cases), pictures)


def _compare(store: Store, run: Run) -> Report:
    counts, adoption = compared_again(run), _adoption(store)
    assert adoption is not None
    cases = tuple(run.ledger.cases)
    return Report(run.source.label, counts, cases, Pictures(), adoption.time_adopted, adoption.source)


def _require_empty() -> None:
    used = [step.table for step in STEPS if step.model.select().exists()]
    # Entries of products that are gone would be taken for those of the adopted ones, which bring their ids.
    used += ["stock_ledger"] if LedgerEntry.select().exists() else []
    if used:
        raise CommandError(
            f"The store has data of its own already (in {', '.join(used)}), and a Django store is adopted into an "
            "empty one. Nothing was adopted. Make a new store with `webstore init NEW`, and adopt with `--dir NEW`."
        )


def _require_explained(counts: tuple[TableCount, ...]) -> None:
    """Raise CommandError where rows or sums differ and no case says why, so that all is rolled back."""
    for count in counts:
        for total in (count.rows, *count.totals):
            if not total.explained:
                raise CommandError(
                    f"The {total.name} of {count.source} in the source, {total.source}, and of {count.target} in the "
                    f"store, {total.target}, differ and nothing explains it. Nothing was adopted. Please report this."
                )


@contextmanager
def _refusals() -> Iterator[None]:
    """Inside, a row that the new database refuses becomes a CommandError."""
    try:
        yield
    except (peewee.IntegrityError, peewee.DataError, OverflowError) as error:
        reason = str(error).partition("\n")[0]
        raise CommandError(
            f"The new database refuses a row of the source: {reason}. Nothing was adopted. Please report this."
        ) from error
