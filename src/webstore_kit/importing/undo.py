"""The undo: puts back what a run changed, where nobody has changed it since, and says where that could not be done."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from webstore_kit.catalog import services as catalog
from webstore_kit.catalog.events import Change
from webstore_kit.catalog.models import Brand, Category
from webstore_kit.core.database import Row, among, tuples
from webstore_kit.core.store import Store
from webstore_kit.importing import changes, runs
from webstore_kit.importing import present as products
from webstore_kit.importing.batches import patiently
from webstore_kit.importing.models import ImportChange, Kind
from webstore_kit.importing.pace import Pace
from webstore_kit.importing.present import Present
from webstore_kit.importing.runs import Run
from webstore_kit.importing.wanted import IDENTITY
from webstore_kit.importing.writing import Alteration, Names, alter
from webstore_kit.inventory.models import LedgerEntry, Reason
from webstore_kit.inventory.services import set_stocks

NAMES: Mapping[Kind, tuple[Any, Callable[[Collection[int]], list[int]]]] = {
    Kind.BRAND: (Brand, catalog.delete_unused_brands),
    Kind.CATEGORY: (Category, catalog.delete_unused_categories),
}


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was not put back, and why."""

    kind: Kind
    id: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of an undo: how many things were put back, and which were not."""

    restored: int
    left: tuple[Left, ...]


def undo(store: Store, run_id: int, say: Callable[[int], None] = lambda _: None) -> Undone:
    """Put back what the run changed, the last first; `say` is told how many changes are dealt with.

    What was put back before stays so: an undo that was stopped goes on, and one that left something can be given
    again. Raises CommandError where there is no such run, TakenOver where another process undoes it too.
    """
    run = patiently(store, lambda: runs.begin_to_undo(run_id))
    restored, dealt_with = 0, 0
    left: list[Left] = []
    last: int | None = None
    pace = Pace()
    while rows := _page(store, run, last, pace.size):
        with pace.measured(len(rows)):
            failed = patiently(store, partial(_put_back, store, run, rows))
        left += failed
        restored += len(rows) - len({(each.kind, each.id) for each in failed})
        dealt_with += len(rows)
        last = rows[-1]["id"]
        say(dealt_with)
    patiently(store, lambda: runs.finish_undoing(store, run))
    return Undone(restored, tuple(left))


def _page(store: Store, run: Run, last: int | None, size: int) -> list[Row]:
    with store.snapshot():
        return runs.changes_of(run.id, last, size)


def _put_back(store: Store, run: Run, rows: Sequence[Row]) -> list[Left]:
    runs.keep_on(run)
    of_products = [row for row in rows if row["kind"] == Kind.PRODUCT]
    left = _put_products_back(store, run, of_products)
    left += _delete_names(Kind.BRAND, rows)
    left += _delete_names(Kind.CATEGORY, rows)
    kept = {(each.kind, each.id) for each in left}
    done = [row["id"] for row in rows if (row["kind"], row["item_id"]) not in kept]
    if done:
        ImportChange.update(time_undone=store.now()).where(among(ImportChange.id, done)).execute()
    return left


def _put_products_back(store: Store, run: Run, rows: Sequence[Row]) -> list[Left]:
    ids = [row["item_id"] for row in rows]
    products.lock(ids)
    there = {present.id: present for present in products.products(ids)}
    sold = _sold(ids)
    left: list[Left] = []
    made: list[int] = []
    alterations: list[Alteration] = []
    for row in rows:
        present = there.get(row["item_id"])
        if present is None:
            if row["before"] is not None:
                left.append(Left(Kind.PRODUCT, row["item_id"], "", "it was deleted"))
        elif row["before"] is None:
            _take_back(row, present, made, left, is_sold=present.id in sold)
        else:
            _restore(row, present, alterations, left)
    set_stocks(store, dict.fromkeys(made, 0), Reason.IMPORT)
    catalog.delete_products(made)
    catalog.products_changed(store, Change.DELETED, made)
    alterations = [each for each in alterations if _is_free(each, left)]
    alter(store, Names.of([each.after for each in alterations]), alterations, run.id)
    if out := [each.present.id for each in alterations if each.after.get("is_active") is False]:
        runs.take_out_again(run.id, out)
    catalog.put_photos({each.present.id: each.photo for each in alterations if "pictures" in each.after})
    return left


def _is_free(alteration: Alteration, left: list[Left]) -> bool:
    """Whether no other product has the SKU or key that is put back."""
    names = [[text] if (text := alteration.after.get(name)) else [] for name in IDENTITY]
    if not any(names) or not {*products.ids_of(*names)} - {alteration.present.id}:
        return True
    present = alteration.present
    left.append(Left(Kind.PRODUCT, present.id, present.name, "another product is called as it was before"))
    return False


def _sold(ids: Collection[int]) -> set[int]:
    """Which of the products were ever sold, though their stock may be what it was."""
    sales = LedgerEntry.select(LedgerEntry.product_id).where(LedgerEntry.reason == Reason.SALE)
    return {number for (number,) in tuples(sales.where(among(LedgerEntry.product_id, ids)).distinct())}


def _take_back(row: Row, present: Present, made: list[int], left: list[Left], *, is_sold: bool) -> None:
    if changes.digest(present.fields) == row["after"] and not is_sold:
        made.append(present.id)
    else:
        left.append(Left(Kind.PRODUCT, present.id, present.name, "it was changed or sold since it was made"))


def _restore(row: Row, present: Present, alterations: list[Alteration], left: list[Left]) -> None:
    before, after = changes.decoded(row["before"]), changes.decoded(row["after"])
    paths: Mapping[str, str] = before.pop(changes.PATHS, {})
    photo: str | None = before.pop(changes.PHOTO, None)
    fields: dict[str, Any] = {}
    for name, value in before.items():
        if present.fields[name] == after[name]:
            fields[name] = value
        elif present.fields[name] != value:  # else it is as it was already
            left.append(Left(Kind.PRODUCT, present.id, present.name, f"{name} was changed since"))
    if fields:
        alterations.append(Alteration(present, fields, {**present.paths, **paths}, photo))


def _delete_names(kind: Kind, rows: Sequence[Row]) -> list[Left]:
    model, delete = NAMES[kind]
    ids = {row["item_id"] for row in rows if row["kind"] == kind}
    while ids and (deleted := delete(ids)):  # a shelf may go once the shelves in it are gone
        ids.difference_update(deleted)
    there = tuples(model.select(model.id, model.title).where(among(model.id, ids))) if ids else []
    return [Left(kind, number, title, "products are in it by now") for number, title in there]
