"""What a run changed, as it is recorded: JSON of fields, or a digest of them."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from webstore_kit.core import bulk
from webstore_kit.core.database import tuples
from webstore_kit.importing.entries import FIELDS
from webstore_kit.importing.models import ImportChange, Kind
from webstore_kit.importing.present import Present

PATHS = "picture_paths"
PHOTO = "photo"
"""Beside the field `pictures`: where those that were had lie in the media folder, and the one that was shown."""

Change = tuple[Kind, int, str | None, str]
"""What was changed: its kind and id, the fields before (None of what was made), and after."""


def digest(fields: Mapping[str, Any]) -> str:
    """A digest of all fields of a product, by which it is known later that nobody has changed it."""
    return blake2b(repr([fields[name] for name in FIELDS]).encode(), digest_size=16).hexdigest()


def creation(number: int, fields: Mapping[str, Any]) -> Change:
    """The record that this product was made, with all of its fields."""
    return Kind.PRODUCT, number, None, digest(fields)


def making(kind: Kind, number: int) -> Change:
    """The record that this brand or category was made, since a product named it."""
    return kind, number, None, ""


def update(present: Present, after: Mapping[str, Any]) -> Change:
    """The record that these fields of a product were changed."""
    before: dict[str, Any] = {name: present.fields[name] for name in after}
    if "pictures" in before:
        before |= {PATHS: present.paths, PHOTO: present.photo}
    return Kind.PRODUCT, present.id, encoded(before), encoded(after)


def record(run_id: int, changes: Iterable[Change]) -> None:
    """Write the records down, in their order."""
    rows = [(run_id, *change) for change in changes]
    bulk.insert(ImportChange, ["run_id", "kind", "item_id", "before", "after"], rows)


def keys_before(run_id: int) -> dict[int, str]:
    """The keys of the products, by their ids, to which the run gave others."""
    query = ImportChange.select(ImportChange.item_id, ImportChange.before).where(
        ImportChange.run == run_id, ImportChange.kind == Kind.PRODUCT, ImportChange.before.contains('"key": ')
    )
    found = ((number, json.loads(before).get("key")) for number, before in tuples(query))
    return {number: key for number, key in found if key}


def encoded(fields: Mapping[str, Any]) -> str:
    """Fields as JSON."""
    return json.dumps({**fields}, ensure_ascii=False, default=str)


def decoded(text: str) -> dict[str, Any]:
    """Fields of JSON."""
    return {name: _decoded(name, value) for name, value in json.loads(text).items()}


def _decoded(name: str, value: Any) -> Any:
    if name in ("price", "old_price") and value is not None:
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value
