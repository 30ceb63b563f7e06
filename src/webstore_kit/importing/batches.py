"""One batch of a file in one transaction: its plan, what it writes, the record of that, and where the run is then."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from peewee import IntegrityError

from webstore_kit.catalog.services import fetch_again
from webstore_kit.core.errors import Busy, Collided
from webstore_kit.core.store import Store
from webstore_kit.importing import changes, runs
from webstore_kit.importing.models import Kind
from webstore_kit.importing.plan import Creation, Step, Unchanged, Update
from webstore_kit.importing.runs import Counts, Run
from webstore_kit.importing.scratch import Scratch
from webstore_kit.importing.steps import Checked, Planned
from webstore_kit.importing.writing import BLANK, Alteration, Fields, Names, alter, create

Result = TypeVar("Result")


class Plan(Protocol):
    """Makes the plan of a batch; locked, what it found stays so until the transaction ends."""

    def __call__(self, checked: Checked, *, locked: bool) -> Planned:
        """Make the plan."""


PATIENCE = 600.0
"""Seconds that an import waits for its turn to write: it has time, and is not to stop because the shop is busy."""
TURN = 0x77656273746F696D
"""Any number: whoever holds this PostgreSQL advisory lock is the one import that writes."""
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code for a lock that was not to be had in time."""
OWN = -1
"""The place by which products that the import itself has made are claimed; no row of the file has it."""


def patiently(store: Store, work: Callable[[], Result]) -> Result:
    """As `store.write`, but waits for its turn, and for what others have locked, as long as PATIENCE.

    PostgreSQL gives up a lock after the patience of a request. Then all is let go, so that no buyer waits for what is
    locked here, and begun anew. A connection that was lost is another thing: the commit may have come through.

    Imports write in turns, as on SQLite: two that make the same products at once would collide again and again.
    """

    def in_turn() -> Result:
        if store.postgresql:
            store.database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (TURN,))
        return work()

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return store.write(in_turn, deadline)
        except Busy as error:
            if not _was_locked(error) or time.monotonic() > deadline:
                raise


def _was_locked(error: Busy) -> bool:
    return getattr(getattr(error.__cause__, "orig", None), "sqlstate", None) == LOCK_NOT_AVAILABLE


def counted(planned: Planned) -> Counts:
    """How many products of the batch are made, changed, left and refused."""
    kinds = [type(step) for step in planned.steps]
    refused = len({place for place, _ in planned.refusals})
    return Counts(kinds.count(Creation), kinds.count(Update), kinds.count(Unchanged), refused)


def write_batch(store: Store, run: Run, checked: Checked, scratch: Scratch, plan: Plan) -> Planned:
    """Carry out what the checked batch asks for; answers the plan that was carried out. Raises TakenOver."""
    planned, made = patiently(store, lambda: _written(store, run, checked, plan))
    scratch.claim([(f"id:{number}", OWN, 0) for number in made])
    return planned


def _written(store: Store, run: Run, checked: Checked, plan: Plan) -> tuple[Planned, Sequence[int]]:
    planned = plan(checked, locked=True)
    try:
        made = _write(store, run, planned.steps)
        if planned.lacking:
            fetch_again(planned.lacking, run.id)
    except IntegrityError as error:
        # Another process has just made a product of the same name, or deleted a brand: with what is there now, the
        # plan is another one.
        raise Collided from error
    runs.advance(run, checked.outcomes, counted(planned), planned.refusals)
    return planned, made


def _write(store: Store, run: Run, steps: Sequence[Step]) -> Sequence[int]:
    """Write the steps and record them; answers the ids of the products that were made."""
    new: list[Fields] = [{**BLANK, **step.wanted.fields} for step in steps if isinstance(step, Creation)]
    updates = [Alteration(step.present, step.after, step.present.paths) for step in steps if isinstance(step, Update)]
    names = Names.of([*new, *(each.after for each in updates)])
    changes.record(run.id, [changes.making(Kind.BRAND, number) for number in names.made_brands])
    changes.record(run.id, [changes.making(Kind.CATEGORY, number) for number in names.made_categories])
    made = create(store, names, new, run.id)
    alter(store, names, updates, run.id)
    changes.record(run.id, map(changes.creation, made, new))
    changes.record(run.id, (changes.update(each.present, each.after) for each in updates))
    if back := [each.present.id for each in updates if each.after.get("is_active")]:
        runs.put_back(store, back)
    return made
