"""Our own format: a column, or a key of a JSON object, for each field, in tables, JSON and NDJSON."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from json import JSONDecodeError
from typing import Any

from webstore_kit.core.errors import CommandError
from webstore_kit.importing.entries import FIELDS, LIST, Entry, Refusal, Row
from webstore_kit.importing.opening import LONGEST_LINE, Opened
from webstore_kit.importing.sources import CHUNK, MEGABYTE
from webstore_kit.importing.tables import Table, shown

LISTS = frozenset({"categories", "pictures"})
ERROR = "error"
"""The column that a file of refused rows has beside its own; whoever mends the rows need not remove it."""
KNOWN = f"Known are {', '.join(FIELDS)}."

FORMULA = r"[=+\-@\t\r\n]"
"""What a cell begins with that a spreadsheet may take for a formula (OWASP, CSV injection)."""
GUARDED = re.compile(f"'+{FORMULA}")
"""What a cell begins with that was guarded, so that no spreadsheet takes it for a formula: one `'` is to be dropped."""
_GUARDABLE = re.compile(f"'*{FORMULA}")
_ITEM = re.compile(r"(?:\\[\\|]|[^|])+")
_ESCAPED = re.compile(r"\\([\\|])")
# No database takes NUL or half a character, and the separator of lists is ours.
_ODD = re.compile(f"[\0{LIST}\ud800-\udfff]")
_SPACE = " \t\r\n"
_SPACES = re.compile(r"[ \t\r\n]+")
_FIRST_KEY = re.compile(r'\{\s*"(\w+)"\s*:')
# Numbers keep their text: 12.10 is no 12.1. Objects are tuples of pairs, so that no key is lost that is there twice.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=tuple)
_BROKEN = (JSONDecodeError, RecursionError)


# --- tables --------------------------------------------------------------------------------------------------------


def detects(header: Sequence[str]) -> bool:
    """Whether every column is one of ours, and products are named by one of them."""
    fields = {_field(column) for column in header} - {ERROR}
    return fields <= set(FIELDS) and bool(fields & {"sku", "key"})


def read(table: Table) -> Iterator[Entry | Refusal]:
    """The rows of the table as entries; raises CommandError where a column is not known, or none names products."""
    columns = {column: field for column in table.header if (field := _field(column)) != ERROR}
    _require_known(columns, table.name)
    headers = {field: column for column, field in columns.items()}
    return (row if isinstance(row, Refusal) else _row_entry(row, headers) for row in table.rows)


def unguarded(cell: str) -> str:
    """The cell without the quotation mark that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and GUARDED.match(cell) else cell


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; `unguarded` makes exactly this text of it again.

    So a `'` is put also before a text that itself begins with `'=`.
    """
    return f"'{text}" if _GUARDABLE.match(text) else text


def items(cell: str) -> str:
    r"""The items of a cell, set apart by `|`, as a field has them; `\|` is a bar in an item, `\\` a backslash."""
    if "\\" not in cell:
        return _joined([item.strip() for item in cell.split("|")])
    return _joined([_ESCAPED.sub(r"\1", item.strip()) for item in _ITEM.findall(cell)])


def listed(names: Iterable[str]) -> str:
    """The cell that `items` makes these of."""
    return "|".join(name.replace("\\", r"\\").replace("|", r"\|") for name in names)


def _field(column: str) -> str:
    return column.strip().lower()


def _require_known(columns: Mapping[str, str], name: str) -> None:
    unknown = [column for column, field in columns.items() if field not in FIELDS]
    if unknown:
        what = "a column that is" if len(unknown) == 1 else "columns that are"
        raise CommandError(f"{name} has {what} not known: {', '.join(unknown)}. {KNOWN}")
    if len(set(columns.values())) < len(columns):
        raise CommandError(f"{name} has a column twice: {', '.join(columns)}. Remove or rename it.")
    if not {"sku", "key"} & set(columns.values()):
        raise CommandError(f"{name} has neither a column sku nor a column key, so its products have no names.")


def _row_entry(row: Row, headers: Mapping[str, str]) -> Entry:
    cells = row.cells
    fields = {field: _text_of(cells[header]) for field, header in headers.items()}
    for field in LISTS & headers.keys():
        fields[field] = items(fields[field])
    return Entry(row.line, fields, headers, (row,))


def _text_of(cell: str) -> str:
    return "" if cell.isspace() else unguarded(cell)


def _joined(names: Sequence[str]) -> str:
    return LIST.join(name for name in names if name)


# --- JSON ----------------------------------------------------------------------------------------------------------


def is_json(head: str) -> bool:
    """Whether a text that begins so is JSON: a list, or an object over several lines or with a list `products`."""
    text = head.lstrip()
    return text.startswith("[") or (text.startswith("{") and not is_ndjson(head))


def is_ndjson(head: str) -> bool:
    """Whether a text that begins so is NDJSON: its first lines are an object each."""
    first, _, rest = head.strip(_SPACE).partition("\n")
    if not first.startswith("{") or re.search(r'"products"\s*:\s*\[', first):
        return False
    # The first product may be longer than what is looked at, and then it has no end here.
    return rest.lstrip().startswith("{") or _is_whole(first) or (not rest and _begins_with_field(first))


def read_json(opened: Opened) -> Iterator[Entry | Refusal]:
    """The objects of a list, or of the list `products` of an object, as entries; one at a time is in memory.

    Raises CommandError where the JSON is broken, as nothing can be read beyond such a place.
    """
    text = _Window(opened)
    is_object = text.peek() == "{"
    if is_object:
        _enter_products(text)
    text.take("[")
    yield from _listed(text)
    if is_object:
        _leave_products(text)
    text.require_end()


def read_ndjson(opened: Opened) -> Iterator[Entry | Refusal]:
    """Each line as an entry; a broken line is a refusal."""
    for number, line in enumerate(opened.lines(), 1):
        if not line.isspace():
            yield _line_entry(number, line.strip(_SPACE))


def _is_whole(line: str) -> bool:
    try:
        return isinstance(_DECODER.decode(line), tuple)
    except _BROKEN:
        return False


def _begins_with_field(line: str) -> bool:
    key = _FIRST_KEY.match(line)
    return key is not None and _field(key[1]) in FIELDS


def _line_entry(number: int, line: str) -> Entry | Refusal:
    try:
        return _object_entry(number, _DECODER.decode(line))
    except _BROKEN as error:
        reason = f"The line is no JSON: {_said(error)}."
        return Refusal(number, "", shown(line), reason, "Write one whole object on the line.", (Row(number, {}),))


def _said(error: BaseException) -> str:
    if isinstance(error, JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "it is nested too deeply"


class _Window:
    """The part of a JSON text that is being read; what lies before it is forgotten, and its lines are counted."""

    def __init__(self, opened: Opened) -> None:
        self.name = opened.name
        self.line = 1
        self._opened = opened
        self._text = ""
        self._place = 0
        self._is_all = False

    def peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            if space := _SPACES.match(self._text, self._place):
                self._skip(space.end() - self._place)
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more(CHUNK):
                return ""

    def take(self, *characters: str) -> str:
        """Go beyond the next character, which has to be one of these."""
        found = self.peek()
        if found not in characters:
            expected = " or ".join(characters)
            raise self._broken(f"{expected} is expected, not {found or 'the end of the file'}", self.line)
        self._skip(1)
        return found

    def require_end(self) -> None:
        """Raise CommandError where there is more."""
        if found := self.peek():
            raise self._broken(f"the end of the file is expected, not {found}", self.line)

    def value(self) -> Any:
        """The next value, whatever it is."""
        self.peek()
        size = CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except _BROKEN as error:
                self._require_more(error, size)
            else:
                length = end - self._place
                # A number may go on in what is not read yet.
                if end < len(self._text) or not self._more(size):
                    self._skip(length)
                    return value
            size *= 2

    def _require_more(self, error: BaseException, size: int) -> None:
        """Read on where a value that cannot be decoded may only be cut off; raises CommandError where it is broken."""
        if isinstance(error, RecursionError):
            raise self._broken("it is nested too deeply", self.line)
        if len(self._text) - self._place > LONGEST_LINE:
            reason = f"a value of over {LONGEST_LINE // MEGABYTE} MB begins here, or one that is broken"
            raise self._broken(reason, self.line)
        assert isinstance(error, JSONDecodeError)
        line = self.line + self._text.count("\n", self._place, error.pos)  # before the text is another one
        if not self._more(size):
            raise self._broken(error.msg, line)

    def _more(self, size: int) -> bool:
        chunk = self._opened.read(size)
        self._text = self._text[self._place :] + chunk
        self._place = 0
        return bool(chunk)

    def _skip(self, count: int) -> None:
        self.line += self._text.count("\n", self._place, self._place + count)
        self._place += count

    def _broken(self, reason: str, line: int) -> CommandError:
        return CommandError(f"{self.name} is broken JSON at line {line}: {reason}.")


def _enter_products(text: _Window) -> None:
    """Go to the list `products` of the object; whatever stands before it is of no interest."""
    text.take("{")
    while text.peek() == '"':
        key = text.value()
        text.take(":")
        if key == "products" and text.peek() == "[":
            return
        text.value()
        if text.take(",", "}") == "}":
            break
    raise CommandError(f'{text.name} is JSON without products: it has to be a list, or {{"products": [...]}}.')


def _leave_products(text: _Window) -> None:
    """Go to the end of the object: what a file says after its products may be cut off, and is checked."""
    while text.take(",", "}") == ",":
        if text.value() == "products":
            raise CommandError(f'{text.name} has "products" twice. Make one list of them.')
        text.take(":")
        text.value()


def _listed(text: _Window) -> Iterator[Entry | Refusal]:
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        text.peek()
        line = text.line
        yield _object_entry(line, text.value())
        if text.take(",", "]") == "]":
            return


# --- one JSON object -----------------------------------------------------------------------------------------------


def _object_entry(line: int, value: Any) -> Entry | Refusal:
    if not isinstance(value, tuple):
        fix = 'Write each product as {"sku": ..., "title": ...}.'
        return Refusal(line, "", shown(_writable(value)), "It is no object.", fix, (Row(line, {}),))
    # As cells, which are read as tables are, and shown by spreadsheets.
    row = Row(line, {_ODD.sub("\ufffd", key): guarded(_writable(one)) for key, one in value})
    for key, one in value:
        if problem := _problem(key, one):
            return Refusal(line, _ODD.sub("\ufffd", key), shown(_writable(one)), *problem, (row,))
    columns = {_field(key): key for key, _ in value}
    if len(columns) < len(value):
        return Refusal(line, "", "", "A key is there twice.", "Keep one of the two.", (row,))
    return Entry(line, {_field(key): _text(_field(key), one) for key, one in value}, columns, (row,))


def _problem(key: str, value: Any) -> tuple[str, str] | None:
    field = _field(key)
    if field not in FIELDS:
        return "The key is not known.", KNOWN
    if isinstance(value, bool) and field != "is_active":
        return "The value is neither text nor a number.", "Only is_active is true or false."
    if isinstance(value, list) and field in LISTS:
        return _problem_of_list(value)
    if isinstance(value, (list, tuple)):
        return "The value is not text, but has others in it.", "Write one text or number."
    return _problem_of_text(value) if isinstance(value, str) else None


def _problem_of_list(value: list[Any]) -> tuple[str, str] | None:
    if not all(isinstance(item, str) for item in value):
        return "The list has something in it that is no text.", 'Write a list of texts: ["One", "Two"].'
    return _problem_of_text("".join(value))


def _problem_of_text(text: str) -> tuple[str, str] | None:
    odd = _ODD.search(text)
    return (f"The text has a character that cannot be kept (U+{ord(odd[0]):04X}).", "Remove it.") if odd else None


def _text(field: str, value: Any) -> str:
    if isinstance(value, list):
        return _joined([item.strip() for item in value])
    text = _plain(value)
    return items(text) if field in LISTS else "" if text.isspace() else text


def _writable(value: Any) -> str:
    """The value as a row shows it: it is written to files and terminals, wrong as it may be."""
    return _ODD.sub("\ufffd", _plain(value))


def _plain(value: Any) -> str:
    """The value as a cell of a table would have it, so that a refused object can be written as a row."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, list):
        return listed(_plain(item) for item in value)
    if isinstance(value, tuple):
        return json.dumps({key: _plain(one) for key, one in value}, ensure_ascii=False)
    return str(value)
