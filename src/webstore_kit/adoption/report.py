"""The report of an adoption: rows and totals on both sides, every case, and the pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """A row of the source that could not be taken exactly as it is, and what was done instead."""

    table: str
    """The source's table."""
    id: int
    what: str
    effects: Mapping[str, Decimal] = field(default_factory=dict)
    """What the case adds to the table's totals: {"rows": -1, "money": -9.99} for an order line that was left out."""


@dataclass(frozen=True)
class Total:
    """One sum over a whole table, in the source and in the store. `difference` is what the cases add up to."""

    name: str
    source: Decimal
    target: Decimal
    difference: Decimal

    @property
    def explained(self) -> bool:
        """Whether the cases account for the two sides to the last cent."""
        return self.source + self.difference == self.target


@dataclass(frozen=True)
class TableCount:
    """A table on both sides. Totals are "price", "old_price", "quantity" of products, "quantity", "money" of lines."""

    source: str
    target: str
    rows: Total
    totals: tuple[Total, ...] = ()
    missing: int = 0
    """How many rows the source has now that would be taken and that the store lacks; 0 right after an adoption."""

    @property
    def explained(self) -> bool:
        """Whether the cases account for every difference of the two sides."""
        return self.rows.explained and all(total.explained for total in self.totals)


@dataclass(frozen=True, order=True)
class MissingPicture:
    """A product's picture that could not be copied, and why."""

    product_id: int
    path: str
    why: str


@dataclass(frozen=True)
class Pictures:
    """What became of the pictures: copied, there already with the same bytes, or missing."""

    folder: Path | None = None
    """The media folder of the source; None where no pictures were copied."""
    copied: int = 0
    unchanged: int = 0
    missing: tuple[MissingPicture, ...] = ()
    note: str = ""
    """Where no pictures were copied: that, and how to copy them."""


@dataclass(frozen=True)
class Report:
    """What an adoption did or, where the store had adopted before, how source and store compare now."""

    source: str
    """Where the data came from, or what the store is compared with; without any password."""
    rows: tuple[TableCount, ...]
    cases: tuple[Case, ...]
    pictures: Pictures
    already_adopted: datetime | None = None
    """When the store adopted before: then this run changed nothing."""
    adopted_from: str | None = None
    """What it adopted then; it may be another source than the one it is compared with."""
