"""Reads the products that Shopify exports."""

from collections.abc import Iterable, Iterator, Sequence

from webstore_kit.importing.entries import Entry, Refusal, Row
from webstore_kit.importing.shop_columns import Columns, Fault, plain, visible
from webstore_kit.importing.shopify_columns import NAMES, TELLTALES
from webstore_kit.importing.shopify_product import Product


def detects(header: Sequence[str]) -> bool:
    """Whether this is the header of a product CSV of Shopify, in the older dialect or the newer one.

    Its inventory CSV has handles and options too, but a row for each `Location`; that is another file.
    """
    names = {plain(text) for text in header}
    return len(TELLTALES & names) >= 2 and "location" not in names


def read(rows: Iterable[Row | Refusal], header: Sequence[str]) -> Iterator[Entry | Refusal]:
    """An entry for each variant; products come in the order in which the file first names them.

    The rows of a handle need not follow each other, as people sort their files. So a product is whole only at the end
    of the file, and all rows are held until then: 2 to 3 kB for each, beside long texts. Shopify imports no file above
    15 MB, so this stays modest; to be right about the last row is worth more here than to begin early.
    """
    columns = Columns(header, NAMES)
    products: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        if isinstance(row, Refusal):
            yield row
        elif name := _product_of(row, columns):
            products.setdefault(name, []).append(row)
        else:
            yield _nameless(row, columns).refusal([row])
    known: dict[tuple[str, str], int] = {}
    for (handle, _), its_rows in products.items():
        yield from Product(handle, its_rows, columns).entries(known)


def _product_of(row: Row, columns: Columns) -> tuple[str, int] | None:
    """The handle. A row with a title but without one is a product of its own: Shopify makes its handle of the title."""
    if handle := visible(columns.text(row, "handle")):
        return handle, 0
    return ("", row.line) if columns.text(row, "title") else None


def _nameless(row: Row, columns: Columns) -> Fault:
    reason = "The row has neither a handle nor a title, so nobody knows which product it belongs to."
    return Fault(row, columns.header("handle"), "", reason, "Write the handle of its product, or remove the row.")
