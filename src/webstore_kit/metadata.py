"""Metadata: what a shop notes about its products, customers and orders, as a JSON object each.

No answer shows it unless the shop says so, with the setting `exposed_metadata` or with `metadata_field`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from webstore_kit.catalog.events import Change
from webstore_kit.catalog.models import Product
from webstore_kit.catalog.services import products_changed
from webstore_kit.core.database import among, locking, tuples
from webstore_kit.core.errors import InvalidInput, NotFound
from webstore_kit.core.parts import AddedField, AnswerName
from webstore_kit.core.store import Store
from webstore_kit.customers.models import Customer
from webstore_kit.orders.models import Order

Subject = Literal["product", "customer", "order"]
LARGEST = 65_536
"""The most bytes that the metadata of one thing take as JSON."""

LARGEST_ID = 2**63
NULL_CHARACTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A null character in JSON, but not a backslash before such letters."""

MODELS: Mapping[str, Any] = {"product": Product, "customer": Customer, "order": Order}


def read_metadata(subject: Subject, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The metadata of products, customers or orders, by id; those that are not there are left out.

    Inside `store.snapshot()` or `.transaction()`.
    """
    model = MODELS[subject]
    return {number: _object(value) for number, value in tuples(_metadata(model).where(among(model.id, ids)))}


def change_metadata(store: Store, subject: Subject, id: int, changes: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
    """Set keys of the metadata to what JSON can say, or with None remove them; answers all of it as it is then.

    Inside `store.transaction()`. Raises NotFound, and InvalidInput where it is no JSON, or takes over 64 KiB.
    """
    model = MODELS[subject]
    # Locked, so that of two that change different keys at once neither is lost.
    found = tuples(locking(_metadata(model).where(model.id == id))) if 0 < id < LARGEST_ID else []
    if not found:
        raise NotFound(f"There is no {subject} {id}.")
    merged = {**_object(found[0][1]), **changes}
    after = _as_json({key: value for key, value in merged.items() if value is not None})
    model.update(metadata=after).where(model.id == id).execute()
    if subject == "product":
        products_changed(store, Change.UPDATED, [id], ["metadata"])
    return after


def metadata_field(answer: AnswerName, key: str, type: Any = Any, name: str | None = None) -> AddedField:  # noqa: A002
    """A field that shows what is noted under a key: null where there is nothing. It is called as the key, or `name`."""

    def read(store: Store, ids: Sequence[int]) -> dict[int, Any]:
        return {number: noted.get(key) for number, noted in read_metadata(_subject(answer), ids).items()}

    return AddedField(answer, name or key, type, read, is_of_catalogue=_subject(answer) == "product")


def exposed(names: Sequence[str]) -> list[AddedField]:
    """The field `metadata` of each answer that has any of these: names such as `product.colour`."""
    keys: dict[AnswerName, list[str]] = {}
    for name in names:
        answer, _, key = name.partition(".")
        keys.setdefault(answer, []).append(key)  # type: ignore[arg-type]  # the settings allow no other
    return [_exposed(answer, shown) for answer, shown in keys.items()]


def _exposed(answer: AnswerName, keys: Sequence[str]) -> AddedField:
    def read(store: Store, ids: Sequence[int]) -> dict[int, Any]:
        noted = read_metadata(_subject(answer), ids)
        return {number: {key: each[key] for key in keys if key in each} for number, each in noted.items()}

    return AddedField(answer, "metadata", dict[str, Any], read, is_of_catalogue=_subject(answer) == "product")


def _subject(answer: AnswerName) -> Subject:
    return "product" if answer == "preview" else answer


def _metadata(model: Any) -> Any:
    return model.select(model.id, model.metadata)


def _object(value: Any) -> dict[str, Any]:
    noted: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return noted


def _as_json(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The same as it is read again: with lists in the place of tuples, say."""
    try:
        text = json.dumps(metadata, allow_nan=False, ensure_ascii=False).encode()
        read: dict[str, Any] = json.loads(text)
    except (TypeError, ValueError, RecursionError):  # half characters among them, which no database stores
        raise InvalidInput({"metadata": ["It is no JSON."]}) from None
    if not all(isinstance(key, str) for key in metadata):
        raise InvalidInput({"metadata": ["Its keys have to be texts."]})
    if NULL_CHARACTER.search(text):
        raise InvalidInput({"metadata": ["Null characters are not allowed."]})
    if len(text) > LARGEST:
        raise InvalidInput({"metadata": [f"It takes more than {LARGEST} bytes as JSON."]})
    return read
