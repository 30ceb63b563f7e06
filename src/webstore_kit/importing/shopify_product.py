"""One product of a Shopify file: the rows of a handle, and the variants in them."""

from collections.abc import Iterator, Sequence

from webstore_kit.importing.entries import Entry, Refusal, Row
from webstore_kit.importing.shop_columns import Columns, Fault, Said, entry
from webstore_kit.importing.shopify_columns import OPTIONS, VARIANT
from webstore_kit.importing.shopify_fields import first, gallery, of_product, of_variant, pictures, sources


class Product:
    """All rows of one handle. They are taken together or refused together.

    A later row is blank where it means "as above", and pictures stand on rows of their own. So one variant alone would
    be no file that can be mended and imported: the refused rows of a product are all of its rows.
    """

    def __init__(self, handle: str, rows: Sequence[Row], columns: Columns) -> None:
        self.handle, self.rows, self.columns = handle, rows, columns
        speaking = [row for row in rows if any(columns.text(row, name) for name in VARIANT)]
        self.variants = speaking or [rows[0]]
        used = [name for name in OPTIONS if any(columns.text(row, name) for row in self.variants)]
        self.options = [] if self._has_no_options(used) else used

    def entries(self, known: dict[tuple[str, str], int]) -> Iterator[Entry | Refusal]:
        """An entry for each variant, or all that is wrong; `known` has the line of each SKU and key met in the file."""
        common, faults = self._common()
        faults += self._variant_faults(known)
        if faults:
            yield from (fault.refusal(self.rows) for fault in faults)
            return
        shared, addresses = self._shared_rows(), gallery(self.columns, self.rows)
        for row in self.variants:
            said = self._said(row, common) | pictures(self.columns, row, addresses)
            yield entry(row, said, [row, *shared])

    def _has_no_options(self, used: Sequence[str]) -> bool:
        # Shopify gives a product without options the option Title with the one value Default Title.
        if len(self.variants) > 1 or used != ["option1 value"]:
            return False
        name, value = (first(self.columns, self.rows, column)[0].casefold() for column in ("option1 name", used[0]))
        return name in {"", "title"} and value == "default title"

    def _common(self) -> tuple[Said, list[Fault]]:
        faults = []
        if "title" in self.columns and not self.columns.text(self.rows[0], "title"):
            faults.append(self._untitled())
        try:
            return of_product(self.columns, self.rows), faults
        except Fault as fault:
            return {}, [*faults, fault]

    def _untitled(self) -> Fault:
        reason = f"The first row of the handle {self.handle} has no title."
        fix = "Write the title of the product, or put the row that has it first."
        return Fault(self.rows[0], self.columns.header("title"), "", reason, fix)

    def _variant_faults(self, known: dict[tuple[str, str], int]) -> Iterator[Fault]:
        lines: dict[tuple[str, ...], int] = {}
        for row in self.variants:
            # Refused rows count as well: what they name would clash later, when they have been mended.
            same_name = known.setdefault(self._identity(row), row.line)
            values = self._values(row)
            same_values = lines.setdefault(values, row.line)
            if "" in values:
                yield self._without_value(row, self.options[values.index("")])
            elif same_values != row.line:
                yield self._repeated(row, values, same_values)
            elif not self._identity(row)[1]:
                yield self._unknowable(row)
            elif same_name != row.line:
                yield self._known_already(row, same_name)

    def _without_value(self, row: Row, option: str) -> Fault:
        reason = "Other variants of the product have a value for this option, this one has none."
        return Fault(row, self.columns.header(option), "", reason, "Write the value that this variant has.")

    def _repeated(self, row: Row, values: Sequence[str], line: int) -> Fault:
        reason = f"Lines {line} and {row.line} are the same variant of the product."
        fix = "Give one of them other option values, or remove it."
        return Fault(row, self.columns.header(OPTIONS[0]), ", ".join(values), reason, fix)

    def _unknowable(self, row: Row) -> Fault:
        reason = "The row has neither a SKU nor a handle, so the next import could not know the product again."
        return Fault(row, self.columns.header("sku"), "", reason, "Write a SKU or a handle.")

    def _known_already(self, row: Row, line: int) -> Fault:
        field, text = self._identity(row)
        if field == "sku":
            reason = f"Lines {line} and {row.line} have the same SKU, but a SKU names one variant."
            return Fault(row, self.columns.header("sku"), text, reason, "Give one of them another SKU, or remove it.")
        reason = f"Lines {line} and {row.line} have no SKU, and by handle and options they cannot be told apart."
        return Fault(row, self.columns.header("handle"), text, reason, "Give each of them a SKU.")

    def _identity(self, row: Row) -> tuple[str, str]:
        if sku := self.columns.text(row, "sku"):
            return "sku", sku
        return "key", "/".join((self.handle, *self._values(row))) if self.handle else ""

    def _values(self, row: Row) -> tuple[str, ...]:
        return tuple(self.columns.text(row, option) for option in self.options)

    def _said(self, row: Row, common: Said) -> Said:
        field, text = self._identity(row)
        said = {field: (text, self.columns.header("sku" if field == "sku" else "handle"))}
        if "title" in self.columns:
            title = ", ".join((self.columns.text(self.rows[0], "title"), *self._values(row)))
            said["title"] = (title, self.columns.header("title"))
        if self.handle and (len(self.variants) > 1 or self.options):
            said["group"] = (self.handle, self.columns.header("handle"))
        return said | of_variant(self.columns, row) | common

    def _shared_rows(self) -> list[Row]:
        own = {row.line for row in self.variants} - {row.line for row in sources(self.columns, self.rows)}
        return [row for row in self.rows if row.line not in own]
