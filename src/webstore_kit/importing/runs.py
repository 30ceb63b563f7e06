"""The runs: begins one or goes on with it, moves it forward together with what it writes, and ends it.

All but the dataclasses runs inside `store.snapshot()` or `.transaction()`.
"""

import getpass
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from peewee import JOIN, fn

from webstore_kit.catalog.models import Product, Stock
from webstore_kit.core import bulk
from webstore_kit.core.database import Row, among, first_row, locking, rows, tuples
from webstore_kit.core.errors import CommandError
from webstore_kit.core.store import Store
from webstore_kit.importing.entries import Refusal
from webstore_kit.importing.events import ImportFinished
from webstore_kit.importing.models import ImportChange, ImportRefusal, ImportRun, Kind, State
from webstore_kit.importing.plan import Mode
from webstore_kit.importing.scratch import Placed
from webstore_kit.importing.tables import shown

TAKEN_OUT = '{"is_active": false, "was_missing": true}'
"""What is recorded of a product that was taken out of sale as the file did not name it."""


class TakenOver(CommandError):
    """Another process goes on with the run, or puts it back."""

    def __init__(self) -> None:
        super().__init__("Another process has taken this import over. `webstore import list` shows what became of it.")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many products of a file were dealt with, and how."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    deactivated: int = 0

    @property
    def read(self) -> int:
        """How many the file has: each was made, changed, left or refused."""
        return self.created + self.updated + self.unchanged + self.refused

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Run:
    """A run that this process works on; `position` and `counts` are where it was taken up."""

    id: int
    owner: str
    position: int = 0
    counts: Counts = Counts()


def take_up(store: Store, digest: str, options: str, mode: Mode) -> Run | None:
    """The run that began with the same file and options and was never finished, if there is one.

    It is this process's from now on; another one that is at work on it finds that with its next step. Where imports
    that began later have changed anything, that may be what it had written. So it is given up, and the file is imported
    from its beginning; but what is only made stays made.
    """
    same = ImportRun.digest == digest, ImportRun.options == options, ImportRun.state == State.RUNNING
    row = first_row(locking(ImportRun.select().where(*same).order_by(ImportRun.id.desc()).limit(1)))
    if row is None:
        return None
    owner = secrets.token_hex(16)
    changed = ImportRun.created + ImportRun.updated + ImportRun.deactivated
    later = ImportRun.select(ImportRun.id).where(ImportRun.id > row["id"], changed > 0).limit(1)
    if mode is not Mode.CREATE and first_row(later):
        fail(store, Run(row["id"], row["owner"]))
        return None
    ImportRun.update(owner=owner).where(ImportRun.id == row["id"]).execute()
    return Run(row["id"], owner, row["position"], counts_of(row))


def begin(store: Store, name: str, digest: str, options: str, form: str) -> Run:
    """A new run for the file, read in that format."""
    owner = secrets.token_hex(16)
    subject = {"name": name, "digest": digest, "options": options, "format": form}
    about = {"state": State.RUNNING, "owner": owner, "who": _user(), "time_started": store.now()}
    return Run(int(ImportRun.insert(**subject, **about).execute()), owner)


def advance(run: Run, outcomes: int, counts: Counts, refusals: Sequence[Placed]) -> None:
    """Say that so many more outcomes of the file are dealt with. Raises TakenOver."""
    moved = {name: getattr(ImportRun, name) + count for name, count in _as_columns(counts).items()}
    _update(run, {"position": ImportRun.position + outcomes, **moved})
    columns = ["run_id", "place", "line", "column_name", "value", "reason", "fix"]
    lines = [
        (run.id, place, each.line, each.column, shown(each.value), each.reason, each.fix) for place, each in refusals
    ]
    bulk.insert(ImportRefusal, columns, lines)


def finish(store: Store, run: Run) -> None:
    """Say that the run is done, and publish that. Raises TakenOver."""
    _update(run, {"state": State.DONE, "time_finished": store.now()})
    if store.events.heeds(ImportFinished):
        row = rows(ImportRun.select().where(ImportRun.id == run.id))[0]
        counts = {each.name: row[each.name] for each in fields(Counts)}
        store.publish(ImportFinished(run.id, row["name"], row["format"], **counts))


def fail(store: Store, run: Run) -> None:
    """Say that the file could not be read to its end. Raises TakenOver."""
    _update(run, {"state": State.FAILED, "time_finished": store.now()})


def begin_to_undo(run_id: int) -> Run:
    """Take over a run, so that no process goes on with it, to put back what it did; raises CommandError."""
    owner = secrets.token_hex(16)
    values = {"owner": owner, "state": State.UNDOING}
    if not ImportRun.update(**values).where(ImportRun.id == run_id).execute():
        raise unknown(run_id)
    return Run(run_id, owner)


def keep_on(run: Run) -> None:
    """Nothing but the check that the run was not taken over: raises TakenOver."""
    _update(run, {"owner": run.owner})


def finish_undoing(store: Store, run: Run) -> None:
    """Say that the run was put back. Raises TakenOver."""
    _update(run, {"state": State.UNDONE, "time_undone": store.now()})


def all_runs() -> list[Row]:
    """All runs, the newest first."""
    return rows(ImportRun.select().order_by(ImportRun.id.desc()))


def run(run_id: int) -> Row:
    """One run; raises CommandError."""
    row = first_row(ImportRun.select().where(ImportRun.id == run_id))
    if row is None:
        raise unknown(run_id)
    return row


def unknown(run_id: int) -> CommandError:
    """What is said where there is no such run."""
    return CommandError(f"There is no import {run_id}. `webstore import list` shows those there are.")


def refusals_of(run_id: int) -> list[Placed]:
    """What the run refused so far, in the order of the file."""
    query = ImportRefusal.select().where(ImportRefusal.run == run_id).order_by(ImportRefusal.place, ImportRefusal.id)
    return [(each["place"], _refusal(each)) for each in rows(query)]


def changes_of(run_id: int, before_id: int | None, limit: int) -> list[Row]:
    """What the run changed and nobody put back, the last first; only what was changed before that one."""
    conditions = [ImportChange.run == run_id, ImportChange.time_undone.is_null()]
    if before_id is not None:
        conditions.append(ImportChange.id < before_id)
    return rows(ImportChange.select().where(*conditions).order_by(ImportChange.id.desc()).limit(limit))


def changed_products(run_id: int, limit: int | None) -> list[Row]:
    """What the run did to products, in its order, with the `sku` that each has now."""
    query = ImportChange.select(ImportChange, Product.sku).join(
        Product, JOIN.LEFT_OUTER, on=(Product.id == ImportChange.item_id)
    )
    of_products = query.where(ImportChange.run == run_id, ImportChange.kind == Kind.PRODUCT)
    return rows(of_products.order_by(ImportChange.id).limit(limit))


def taken_out(product_ids: Collection[int]) -> set[int]:
    """Which of the products an import has taken out of sale as it did not name them, and none has put back."""
    change = ImportChange.kind == Kind.PRODUCT, ImportChange.after == TAKEN_OUT, ImportChange.time_undone.is_null()
    query = ImportChange.select(ImportChange.item_id).where(among(ImportChange.item_id, product_ids), *change)
    return {number for (number,) in tuples(query)}


def put_back(store: Store, product_ids: Collection[int]) -> None:
    """Say that these products are on sale again, which an import had taken out."""
    records = among(ImportChange.item_id, product_ids), ImportChange.after == TAKEN_OUT
    ImportChange.update(time_undone=store.now()).where(*records, ImportChange.time_undone.is_null()).execute()


def take_out_again(run_id: int, product_ids: Collection[int]) -> None:
    """Take back that the run has put these products back, as it is being undone itself."""
    since = ImportRun.select(ImportRun.time_started).where(ImportRun.id == run_id)
    records = among(ImportChange.item_id, product_ids), ImportChange.after == TAKEN_OUT, ImportChange.run != run_id
    ImportChange.update(time_undone=None).where(*records, ImportChange.time_undone >= since).execute()


def made_without_stock(run_id: int) -> int:
    """How many of the products that the run made have nothing in stock."""
    made = ImportChange.kind == Kind.PRODUCT, ImportChange.before.is_null()
    query = ImportChange.select(fn.COUNT(ImportChange.id)).join(
        Stock, JOIN.LEFT_OUTER, on=(Stock.product == ImportChange.item_id)
    )
    return int(query.where(ImportChange.run == run_id, *made, fn.COALESCE(Stock.quantity, 0) == 0).scalar())


def counts_of(row: Row) -> Counts:
    """The counts in a row of `import_runs`."""
    return Counts(*(row[each.name] for each in fields(Counts)))


def _refusal(row: Row) -> Refusal:
    return Refusal(row["line"], row["column_name"], row["value"], row["reason"], row["fix"])


def _update(run: Run, values: Mapping[str, Any]) -> None:
    # Conditional: of two processes with one run only the later one may write, or both would.
    if not ImportRun.update(**values).where(ImportRun.id == run.id, ImportRun.owner == run.owner).execute():
        raise TakenOver


def _as_columns(counts: Counts) -> dict[str, int]:
    return {each.name: getattr(counts, each.name) for each in fields(counts)}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may run as a number without a name
        return ""
