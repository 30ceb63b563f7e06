"""What a reader makes of a file: entries, one for each product, and refusals; all still text, as the file says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FIELDS = (
    "sku",
    "key",
    "title",
    "price",
    "old_price",
    "quantity",
    "description",
    "brand",
    "categories",
    "pictures",
    "group",
    "is_active",
)
"""The fields of a product that a file may speak of.

`key` names a product that has no SKU: an id or handle of the shop it comes from. `group` is the handle that the
variants of one product share. `categories` and `pictures` are lists, written with LIST between their items.
"""
LIST = "\x1f"
"""Stands between the items of a list, as no file has it in a cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the line in the file that it begins on, counted from 1, and its cells by their headers."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as a file says it. A field that is not there is to be kept; one that is blank is "".

    `columns` names the header that each field came from, for people; `rows` are the rows that it was made of.
    """

    line: int
    fields: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be taken: where, what is wrong, and how to mend it."""

    line: int
    column: str
    value: str
    reason: str
    fix: str
    rows: tuple[Row, ...] = ()

    def sentence(self) -> str:
        """What is wrong in which column, and how to mend it."""
        reason, fix = self.reason.rstrip("."), self.fix.rstrip(".")
        place = f"{self.column}: " if self.column else ""
        return f"{place}{reason}. {fix[:1].upper()}{fix[1:]}."
