"""The plan: what an import would do to each product, found by comparing what is wanted with what is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from webstore_kit.importing.entries import Entry, Refusal
from webstore_kit.importing.present import Present
from webstore_kit.importing.wanted import Wanted

NEEDED = {"title": "a title", "price": "a price"}
"""What a product cannot be made without, and how people call it."""


class Mode(StrEnum):
    """Which products an import may touch."""

    UPSERT = "upsert"
    """Make those that are not there, change those that are."""
    CREATE = "create"
    """Make new ones alone."""
    UPDATE = "update"
    """Change those alone that are there."""


@dataclass(frozen=True, slots=True)
class Creation:
    """A product to be made."""

    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Update:
    """A product to be changed, and the fields that differ, as they shall be."""

    present: Present
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A product that is as the file says already."""

    present: Present


Step = Creation | Update | Unchanged


def step(entry: Entry, wanted: Wanted, present: Present | None, mode: Mode = Mode.UPSERT) -> Step | list[Refusal]:
    """What is to be done for one entry, or why nothing can be."""
    if present is None:
        return _creation(entry, wanted, mode)
    if mode is Mode.CREATE:
        fix = "leave the row out, or give --mode upsert"
        return [_refusal(entry, wanted, "is in the store already", fix)]
    after = {name: value for name, value in wanted.fields.items() if present.differs(name, value)}
    if _ends_sale(wanted, present, after):
        after["old_price"] = None
    if not after:
        return Unchanged(present)
    return Update(present, after)


def _ends_sale(wanted: Wanted, present: Present, after: Mapping[str, Any]) -> bool:
    """Whether the price rises to the old one or above, of which the file says nothing: then it is a sale no more."""
    old_price = present.fields["old_price"]
    if "price" not in after or "old_price" in wanted.fields or old_price is None:
        return False
    return bool(after["price"] >= old_price)


def _creation(entry: Entry, wanted: Wanted, mode: Mode) -> Creation | list[Refusal]:
    if mode is Mode.UPDATE:
        return [_refusal(entry, wanted, "is not in the store", "leave the row out, or give --mode upsert")]
    missing = [name for name in NEEDED if name not in wanted.fields]
    return [_missing(entry, name) for name in missing] or Creation(wanted)


def _refusal(entry: Entry, wanted: Wanted, reason: str, fix: str) -> Refusal:
    column = "sku" if wanted.sku else "key"
    return Refusal(entry.line, entry.columns.get(column, column), wanted.name, reason, fix, entry.rows)


def _missing(entry: Entry, name: str) -> Refusal:
    reason = f"is blank, and a new product needs {NEEDED[name]}"
    return Refusal(entry.line, entry.columns.get(name, name), "", reason, "write one", entry.rows)
