"""Our own format as an XLSX workbook.

Amounts, quantities and whether a product is sold are numbers and truth values there, so that people can reckon with
them; all else is text, and never a formula. Texts are guarded as in CSV all the same: the sheet may be saved as CSV.
The same products make the same bytes, whenever that is.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

try:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.writer.excel import ExcelWriter
except ImportError:  # the extra `xlsx` is not installed
    openpyxl = None  # type: ignore[assignment]

from webstore_kit.core.errors import CommandError
from webstore_kit.exporting.own import cells
from webstore_kit.importing.entries import FIELDS
from webstore_kit.importing.present import Present
from webstore_kit.importing.tables import MOST_ROWS
from webstore_kit.importing.workbook_texts import escaped

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds, where those beyond the first 65,536 of Unicode count twice."""
TOO_MANY = f"A workbook has {MOST_ROWS:,} rows, and the store has more products than that. Export CSV."
_THEN = datetime(1980, 1, 1)  # noqa: DTZ001 - workbooks know no time zones; the first moment that a zip can name


def write(products: Iterable[Present], target: IO[bytes]) -> None:
    """Write the workbook. Raises CommandError where the extra `xlsx` is missing, or a workbook cannot hold it."""
    if openpyxl is None:
        raise CommandError("A workbook needs: pip install 'webstore-kit[xlsx]'")
    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = _THEN
    with _closed(book.create_sheet("Products")) as sheet:
        sheet.append(FIELDS)
        row = [WriteOnlyCell(sheet) for _ in FIELDS]
        for number, product in enumerate(products, 2):
            if number > MOST_ROWS:
                raise CommandError(TOO_MANY)
            _fill(row, product)
            sheet.append(row)
    with _Archive(target, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


@contextmanager
def _closed(sheet: Any) -> Iterator[Any]:
    """The sheet, which has open files until it is closed, even where it comes to nothing."""
    try:
        yield sheet
    finally:
        sheet.close()


def _fill(row: Sequence[Any], product: Present) -> None:
    for cell, name, text in zip(row, FIELDS, cells(product), strict=True):
        value = product.fields[name]
        if isinstance(value, (bool, int, Decimal)):
            cell.value = value
        else:
            cell.value = _held(text, name, product)
            if cell.value:
                # Else openpyxl takes `#N/A` for an error.
                cell.data_type = "s"


def _held(text: str, name: str, product: Present) -> str | None:
    held = escaped(text)
    length = len(held) if len(held) * 2 <= LONGEST_CELL else len(held.encode("utf-16-le")) // 2
    if length > LONGEST_CELL:
        raise CommandError(
            f"The {name} of the product {product.name} takes {length:,} characters, and a cell of a workbook holds "
            f"{LONGEST_CELL:,}. Export CSV or JSON."
        )
    return held or None


class _Archive(ZipFile):
    """A zip that says of no file when it was made."""

    def writestr(self, name: Any, *content: Any, **options: Any) -> None:  # type: ignore[override]
        super().writestr(self._info(name), *content, **options)

    def write(self, path: Any, name: Any, *_: Any) -> None:  # type: ignore[override]
        info = self._info(name)
        info.file_size = Path(path).stat().st_size  # or more than 2 GB would be refused
        with Path(path).open("rb") as source, self.open(info, "w") as target:
            shutil.copyfileobj(source, target)

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, _THEN.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info
