"""Fields that extensions add to answers, in the snapshot that an answer is made in."""

from collections.abc import Mapping, Sequence
from typing import Any

from webstore_kit.core.parts import AddedField, AnswerName
from webstore_kit.core.store import Store

COMPONENTS: Mapping[AnswerName, str] = {
    "product": "ProductOut",
    "preview": "Preview",
    "customer": "CustomerOut",
    "order": "OrderOut",
}
"""What the document of the API calls the answers that fields can be added to."""


def added(store: Store, answer: AnswerName, items: Sequence[Any]) -> None:
    """Add to each of the items, which have their ids as `id`, what extensions say of it."""
    for each in store.parts.fields:
        if each.answer == answer:
            _add(store, each, items)


def are_of_catalogue(store: Store, *answers: AnswerName) -> bool:
    """Whether all that is added to these answers changes with the catalogue alone, so that they may be kept."""
    return all(each.is_of_catalogue for each in store.parts.fields if each.answer in answers)


def _add(store: Store, field: AddedField, items: Sequence[Any]) -> None:
    values = field.read(store, [item["id"] for item in items]) if items else {}
    for item in items:
        item[field.name] = values.get(item["id"])
