"""Tables: CSV and TSV in all their dialects, and XLSX workbooks, as a header and rows of text."""

import csv
import re
import threading
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, count
from typing import IO, Any, TypeVar

try:
    import openpyxl
except ImportError:  # the extra `xlsx` is not installed
    openpyxl = None  # type: ignore[assignment]

from webstore_kit.core.errors import CommandError
from webstore_kit.importing import workbook_texts
from webstore_kit.importing.entries import LIST, Refusal, Row
from webstore_kit.importing.opening import Opened
from webstore_kit.importing.sources import MEGABYTE, Source, unpacked_limit

T = TypeVar("T")
Result = TypeVar("Result")

DELIMITERS = ",;\t|"
NAMES_OF_DELIMITERS = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "bar": "|"}
"""How delimiters can be named on a command line, beside themselves."""
LONGEST_CELL = 2 * MEGABYTE
"""Characters of the longest cell of a CSV file."""
SAMPLE_LINES = 30
SAMPLE_CHARACTERS = 256 * 1024
LARGEST_WORKBOOK = 512 * MEGABYTE
"""Bytes that a workbook may unpack to; openpyxl keeps all its texts in memory."""
MOST_ROWS = 2**20
"""Rows that a sheet can have."""
SHOWN = 100
"""How many characters of a value a refusal repeats."""

# Zero-width spaces and joiners, marks of direction, and the byte order mark: all are copied from web pages unseen.
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_OUTSIDE = re.compile(r"\(cell \d+\)")
_SEP_LINE = re.compile(r"""\s*"?sep=(?P<delimiter>[^"\w\s]|\t)"?[\r\n]*""", re.IGNORECASE)
_BROKEN_WORKBOOK = (
    OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError,
    SyntaxError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
"""What openpyxl is seen to raise where a workbook is broken; broken XML is a SyntaxError."""
_wide_cells = threading.Lock()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the names of its columns, and its rows, to be gone through once; a row that is wrong is a Refusal."""

    header: list[str]
    rows: Iterator[Row | Refusal]
    name: str = "The table"
    delimiter: str | None = None


# --- CSV -----------------------------------------------------------------------------------------------------------


def table(opened: Opened, delimiter: str | None = None) -> Table:
    """The text as a table; raises CommandError where it is empty, or has no usable header."""
    lines = opened.lines()
    first = next(lines, "")
    sep = _SEP_LINE.fullmatch(first)
    sample = _sample(lines if sep else chain([first], lines))
    found = _named(delimiter) if delimiter else sep["delimiter"] if sep else _likely_delimiter(sample)
    records = _records(chain(sample, lines), found, 2 if sep else 1, opened.name)
    return _table(records, opened.name, found)


def shown(value: str) -> str:
    """The value as a refusal repeats it: not all of a long one."""
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


def _named(delimiter: str) -> str:
    found = NAMES_OF_DELIMITERS.get(delimiter.lower(), delimiter)
    if len(found) != 1 or found.isalnum() or found in "\"\r\n\0 '":
        raise CommandError(f"No table is separated by {delimiter!r}. Take one of , ; | or tab.")
    return found


def _sample(lines: Iterable[str]) -> list[str]:
    sample: list[str] = []
    size = 0
    for line in lines:
        sample.append(line)
        size += len(line)
        if len(sample) >= SAMPLE_LINES or size >= SAMPLE_CHARACTERS:
            break
    return sample


def _likely_delimiter(sample: Sequence[str]) -> str:
    # The first of the best: a file of one column has none, and any will do.
    return max(DELIMITERS, key=lambda delimiter: _likelihood(sample, delimiter))


def _likelihood(sample: Sequence[str], delimiter: str) -> float:
    """How many columns the header has with this delimiter, times the share of records that have as many."""
    try:
        records = _with_wide_cells(list, csv.reader(sample, delimiter=delimiter))
    except csv.Error:
        return 0
    # The sample may end in the middle of a record.
    widths = [len(record) for record in (records if len(sample) < SAMPLE_LINES else records[:-1]) if record]
    if not widths or widths[0] == 1:
        return 0
    return widths[0] * widths.count(widths[0]) / len(widths)


def _with_wide_cells(act: Callable[[T], Result], argument: T) -> Result:
    """What the call answers, with cells of up to LONGEST_CELL characters allowed.

    The csv module has one limit for the whole process. It is raised for one call at a time and put back at once, so
    that no other code of the process ever has to do with it; the lock keeps two imports from putting back each
    other's limit.
    """
    with _wide_cells:
        before = csv.field_size_limit(LONGEST_CELL)
        try:
            return act(argument)
        finally:
            csv.field_size_limit(before)


Record = tuple[int, list[str], str]
"""A record: the line that it begins on, its cells, and what is wrong with it, if anything."""


def _records(lines: Iterable[str], delimiter: str, first_line: int, name: str) -> Iterator[Record]:
    # Strict, since a stray quotation mark would otherwise swallow rows without a word.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = first_line + reader.line_num
        try:
            cells = _with_wide_cells(next, reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [], _wrong(str(error), name, line)
        else:
            yield line, cells, ""


def _wrong(error: str, name: str, line: int) -> str:
    if "field larger" in error:
        raise CommandError(
            f"{name} has a cell of over {LONGEST_CELL // MEGABYTE} MB in the row at line {line}. "
            "Is a quotation mark not closed there?"
        )
    if "unexpected end" in error:
        # What was swallowed may be the rest of the catalogue.
        raise CommandError(f"{name} has a quotation mark that is never closed, in the row at line {line}. Close it.")
    return "A quotation mark stands in the middle of a cell."


# --- any records ---------------------------------------------------------------------------------------------------


def _table(records: Iterator[Record], name: str, delimiter: str | None) -> Table:
    # Spreadsheets leave rows of blank cells behind.
    full = (record for record in records if record[2] or not all(_is_blank(cell) for cell in record[1]))
    first = next(full, None)
    if first is None:
        raise CommandError(f"{name} is empty.")
    if first[2]:
        raise CommandError(f"{name} has a header that cannot be read, at line {first[0]}. {first[2]}")
    columns = _columns(first[1], name)
    return Table([column for column in columns if column], _rows(full, columns), name, delimiter)


def _is_blank(cell: str) -> bool:
    return not cell or cell.isspace()


def _columns(cells: Sequence[str], name: str) -> list[str]:
    # A file of refused rows has columns for the cells that stood outside; they count as nameless again.
    columns = [_OUTSIDE.sub("", _INVISIBLE.sub("", cell).strip()) for cell in cells]
    twice = [column for column, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        raise CommandError(f"{name} has several columns of the same name: {', '.join(twice)}. Remove or rename them.")
    if not any(columns):
        raise CommandError(f"{name} has no header: its first row names no column.")
    return columns


def _rows(records: Iterator[Record], columns: Sequence[str]) -> Iterator[Row | Refusal]:
    # Spreadsheets leave columns without a name at the end.
    nameless = [place for place, column in enumerate(columns) if not column]
    for line, cells, wrong in records:
        if wrong or len(cells) != len(columns) or nameless:
            yield _checked(line, cells, wrong, columns)
        elif any(LIST in cell for cell in cells):
            yield _separator(line, cells, columns)
        else:
            yield Row(line, dict(zip(columns, cells, strict=True)))


def _checked(line: int, cells: list[str], wrong: str, columns: Sequence[str]) -> Row | Refusal:
    if wrong:
        fix = 'Write a quotation mark inside a quoted cell twice: "".'
        return Refusal(line, "", "", wrong, fix, (Row(line, {}),))
    row = _row(line, cells, columns)
    if len(cells) != len(columns):
        more = "more" if len(cells) > len(columns) else "fewer"
        reason = f"The row has {_count(len(cells))}, {more} than the header, which has {len(columns)}."
        fix = "Give it a cell for each column; put a cell that has the delimiter in it in quotation marks."
        return Refusal(line, "", "", reason, fix, (row,))
    if len(row.cells) != sum(map(bool, columns)):
        outside = next(value for column, value in row.cells.items() if column not in columns)
        reason = "A cell stands in a column that has no name."
        return Refusal(line, "", shown(outside), reason, "Name the column in the header, or empty the cell.", (row,))
    return _separator(line, cells, columns) if any(LIST in cell for cell in cells) else row


def _count(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    """The row with all that it has: cells under no header are there if they have text, as "(cell 7)"."""
    named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    outside = {
        f"(cell {place})": cell
        for place, cell in enumerate(cells, 1)
        if cell.strip() and (place > len(columns) or not columns[place - 1])
    }
    return Row(line, named | outside)


def _separator(line: int, cells: Sequence[str], columns: Sequence[str]) -> Refusal:
    row = _row(line, cells, columns)
    column, value = next((column, value) for column, value in row.cells.items() if LIST in value)
    reason = "The cell has a control character in it (U+001F)."
    return Refusal(line, column, shown(value.replace(LIST, "␟")), reason, "Remove the character.", (row,))


# --- XLSX ----------------------------------------------------------------------------------------------------------


def workbook(source: Source) -> Table:
    """The first sheet of an XLSX workbook as a table; a Row's line is the number of the row in the sheet.

    Raises CommandError where the extra `xlsx` is not installed, or it is no workbook that can be read.
    """
    if openpyxl is None:
        raise CommandError(f"{source.name} is a workbook, which needs: pip install 'webstore-kit[xlsx]'")
    _refuse_bomb(source)
    try:
        book = _loaded(source.binary())
        source.on_close.callback(book.close)
        sheet = book.worksheets[0]
        # What the file says of its size is often wrong, and would cut the rows or pad them without end.
        sheet.reset_dimensions()
    except _BROKEN_WORKBOOK as error:
        raise _broken(source.name, error) from None
    return _sheet_table(_sheet_rows(sheet, source.name), source.name)


def _refuse_bomb(source: Source) -> None:
    limit = min(LARGEST_WORKBOOK, unpacked_limit(source.size()))
    if sum(info.file_size for info in source.archive().infolist()) > limit:
        raise CommandError(f"{source.name} unpacks to over {limit // MEGABYTE} MB. Save its first sheet as CSV.")


def _loaded(binary: IO[bytes]) -> Any:
    with warnings.catch_warnings():
        # It warns of styles and extensions that it does not know, and that nobody needs here.
        warnings.simplefilter("ignore", UserWarning)
        return workbook_texts.loaded(binary)


def _broken(name: str, error: BaseException) -> CommandError:
    reason = " ".join(str(error).split()).rstrip(".")
    return CommandError(f"{name} is a workbook that cannot be read: {reason}. Save it again, or save it as CSV.")


def _sheet_rows(sheet: Any, name: str) -> Iterator[Sequence[Any]]:
    rows = sheet.iter_rows()
    for number in count(1):
        try:
            row = next(rows, None)
        except _BROKEN_WORKBOOK as error:
            raise _broken(name, error) from None
        if row is None:
            return
        # openpyxl fills the gap before a row that says it is the ten billionth.
        if number > MOST_ROWS:
            raise CommandError(f"{name} has more than {MOST_ROWS} rows, which no workbook can have. Save it as CSV.")
        yield row


def _sheet_table(rows: Iterator[Sequence[Any]], name: str) -> Table:
    numbered = enumerate(rows, 1)
    header = next((texts for _, row in numbered if any(texts := _texts(row))), None)
    if header is None:
        raise CommandError(f"{name} is empty.")
    columns = _columns(header, name)
    return Table([column for column in columns if column], _sheet_records(numbered, columns), name)


def _sheet_records(rows: Iterator[tuple[int, Sequence[Any]]], columns: Sequence[str]) -> Iterator[Row | Refusal]:
    for line, row in rows:
        texts = _texts(row)
        if not all(_is_blank(text) for text in texts):
            texts = _fitted(texts, len(columns))
            yield _unreadable(line, row, texts, columns) or _checked(line, texts, "", columns)


def _fitted(texts: list[str], width: int) -> list[str]:
    # A sheet has no cells where nothing stands, and some where something once stood.
    while len(texts) > width and not texts[-1]:
        texts.pop()
    return texts + [""] * (width - len(texts))


def _texts(row: Sequence[Any]) -> list[str]:
    return [_cell_text(cell.value) for cell in row]


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Spreadsheets reckon with 15 digits, and show as many at most: 12.1, where the file has 12.100000000000001.
        return f"{Decimal(f'{value:.15g}'):f}"
    return workbook_texts.unescaped(str(value))


def _unreadable(line: int, row: Sequence[Any], texts: Sequence[str], columns: Sequence[str]) -> Refusal | None:
    for cell, text, column in zip(row, texts, columns, strict=False):
        problem = _problem(cell)
        if problem:
            return Refusal(line, column, shown(text), *problem, (_row(line, texts, columns),))
    return None


def _problem(cell: Any) -> tuple[str, str] | None:
    if cell.data_type == "e":
        return "The cell shows an error.", "Mend its formula, or write the value itself."
    if cell.data_type == "d" or not isinstance(cell.value, (str, int, float, type(None))):
        return "The cell is a date or a time.", "Format the cell as text, and write the value again."
    return None
