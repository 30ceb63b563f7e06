"""What happens to products."""

import enum
from dataclasses import dataclass

from webstore_kit.core.events import Event


class Change(enum.StrEnum):
    """What became of a product."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True)
class ProductChanged(Event):
    """A product was made, changed or deleted; `fields` names what was changed, as import files name it."""

    product_id: int
    change: Change
    fields: tuple[str, ...] = ()
