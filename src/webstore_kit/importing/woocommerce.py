"""Reads the products that WooCommerce exports."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from webstore_kit.importing.entries import Entry, Refusal, Row
from webstore_kit.importing.shop_columns import Columns, Fault, Said, entry, plain
from webstore_kit.importing.woocommerce_columns import COMPANIONS, NAMES, TELLTALES
from webstore_kit.importing.woocommerce_fields import Fields

OTHER_KINDS = {
    "grouped": "A grouped product has no price: it is a page for other products. There is nothing like it here.",
    "external": "An external product is sold by another shop. Here it would be sold by this one.",
}


def detects(header: Sequence[str]) -> bool:
    """Whether this is the header of a product CSV of WooCommerce, in one of the languages that we know.

    A product has a name there. Files with a `title` are others, which may well have a `Sale price` too.
    """
    columns = Columns(header, NAMES)
    telling = [name for name in TELLTALES if name in columns]
    confirming = [name for name in COMPANIONS if name in columns]
    return bool(telling) and len(telling + confirming) >= 2 and "title" not in {plain(text) for text in header}


def read(rows: Iterable[Row | Refusal], header: Sequence[str], today: date | None = None) -> Iterator[Entry | Refusal]:
    """An entry for each product that is bought: the simple ones as they come, then the variations.

    A parent may stand after its variations, so rows of the types variable and variation are held until the end, and of
    all rows what they are known by. `today` decides which sales are on; without it, it is today where this runs.
    """
    yield from outcomes(rows, Fields(header, today or datetime.now().astimezone().date()))


def outcomes(rows: Iterable[Row | Refusal], fields: Fields) -> Iterator[Entry | Refusal]:
    """The same, of a file whose columns are known."""
    export = _Export(fields)
    for row in rows:
        yield from [row] if isinstance(row, Refusal) else export.outcomes(row)
    yield from export.families()


class _Export:
    """What is known of a file so far."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.lines: dict[str, int] = {}
        self.kinds: dict[str, str] = {}
        self.held: list[Row] = []
        self.parents: dict[str, Row] = {}

    def outcomes(self, row: Row) -> Iterator[Entry | Refusal]:
        """What the row becomes; nothing yet where it belongs to a family."""
        try:
            said = self._identity(row)
            self._note(row)
            if self.fields.kind(row) == "simple":
                yield entry(row, said | self.fields.of(row), [row])
            else:
                self.held.append(row)
        except Fault as fault:
            yield fault.refusal([row])

    def families(self) -> Iterator[Entry | Refusal]:
        """What the held rows become, now that every parent is known."""
        variations = [row for row in self.held if self.fields.kind(row) == "variation"]
        with_children = {parent.line for row in variations if (parent := self._parent(row))}
        for row in self.held:
            if self.fields.kind(row) == "variation":
                yield self._variation(row)
            elif row.line not in with_children:
                yield self._childless(row).refusal([row])

    def _identity(self, row: Row) -> Said:
        """The SKU, or the id of the shop it comes from."""
        if sku := self.fields.text(row, "sku"):
            return {"sku": (sku, self.fields.columns.header("sku"))}
        if number := self.fields.text(row, "id"):
            return {"key": (f"id:{number}", self.fields.columns.header("id"))}
        reason = "The row has neither a SKU nor an ID, so the next import could not know the product again."
        raise self.fields.fault(row, "sku", reason, "Write a SKU.")

    def _note(self, row: Row) -> None:
        kind = self.fields.kind(row)
        (name, _), *_ = self._identity(row).values()
        if (line := self.lines.setdefault(name, row.line)) != row.line:
            field = "sku" if self.fields.text(row, "sku") else "id"
            reason = f"Lines {line} and {row.line} have the same {field.upper()}, but it names one product."
            raise self.fields.fault(row, field, reason, "Give one of them another one, or remove it.")
        for reference in self._references(row):
            self.kinds.setdefault(reference, kind)
            if kind == "variable":
                self.parents.setdefault(reference, row)
        if kind not in {"simple", "variable", "variation"}:
            reason = OTHER_KINDS.get(kind, "This type of product is not known here.")
            fix = "Remove the row, or make it simple, variable or variation."
            raise self.fields.fault(row, "type", reason, fix)

    def _references(self, row: Row) -> list[str]:
        """All that a variation may call its parent by."""
        sku, number = self.fields.text(row, "sku"), self.fields.text(row, "id")
        return [name for name in (sku, f"id:{number}" if number else "") if name]

    def _called(self, row: Row) -> str:
        text = self.fields.text(row, "parent")
        return f"id:{text[3:].strip()}" if text.casefold().startswith("id:") else text

    def _parent(self, row: Row) -> Row | None:
        return self.parents.get(name) if self.kinds.get(name := self._called(row)) == "variable" else None

    def _variation(self, row: Row) -> Entry | Refusal:
        parent = self._parent(row)
        made_of = [row] if parent is None else [row, parent]
        try:
            said = self._identity(row) | self.fields.of(row, parent) | self._group(row, parent)
        except Fault as fault:
            return fault.refusal(made_of)
        return entry(row, said, made_of)

    def _group(self, row: Row, parent: Row | None) -> Said:
        """The SKU of the parent, or its id; as the variation writes it where the parent is not in the file."""
        name = self._called(row)
        kind = self.kinds.get(name, "variable")
        if not name:
            raise self.fields.fault(row, "parent", "The variation has no parent.", "Write the SKU of its parent.")
        if kind != "variable":
            reason = f"The parent of the variation is of the type {kind}, but only a variable product has variations."
            raise self.fields.fault(row, "parent", reason, "Name another parent, or make this one variable.")
        (group, _), *_ = [(name, "")] if parent is None else self._identity(parent).values()
        return {"group": (group, self.fields.columns.header("parent"))}

    def _childless(self, row: Row) -> Fault:
        reason = "The product is variable, but the file has no variation of it that can be taken, so it has no price."
        fix = "Add its variations, or make its type simple and give it a price."
        return self.fields.fault(row, "type", reason, fix)
