"""Where the columns of another shop's file are, and what is said of a row of it that cannot be taken."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from webstore_kit.importing.entries import Entry, Refusal, Row

Said = dict[str, tuple[str, str]]
"""What a row says: by the name of our field, the text and the header of the column that it came from."""


class Columns:
    """The columns of a file by what they mean, whatever dialect or language their headers are in.

    Where two columns mean the same, the spelling that stands first in `names` is taken.
    """

    def __init__(self, header: Sequence[str], names: Mapping[str, Sequence[str]]) -> None:
        there: dict[str, str] = {}
        for text in header:
            there.setdefault(plain(text), text)
        self._headers = {
            name: next(there[plain(spelling)] for spelling in spellings if plain(spelling) in there)
            for name, spellings in names.items()
            if any(plain(spelling) in there for spelling in spellings)
        }

    def __contains__(self, name: str) -> bool:
        return name in self._headers

    def header(self, name: str) -> str:
        """The header as the file spells it; the name itself where the file has no such column."""
        return self._headers.get(name, name)

    def text(self, row: Row, name: str) -> str:
        """The cell without the blanks around it; nothing where there is no such column."""
        return row.cells.get(self._headers[name], "").strip() if name in self._headers else ""


class Fault(Exception):
    """What is wrong with a row, on its way to being a refusal."""

    def __init__(self, row: Row, column: str, value: str, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.row, self.column, self.value, self.reason, self.fix = row, column, value, reason, fix

    def refusal(self, rows: Iterable[Row]) -> Refusal:
        """The refusal of these rows."""
        return Refusal(self.row.line, self.column, self.value, self.reason, self.fix, in_order(rows))


def entry(row: Row, said: Said, rows: Iterable[Row]) -> Entry:
    """The entry that begins on this row and was made of these rows."""
    fields = {field: text for field, (text, _) in said.items()}
    columns = {field: header for field, (_, header) in said.items()}
    return Entry(row.line, fields, columns, in_order(rows))


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows as they follow each other in the file, each once."""
    return tuple(row for _, row in sorted({row.line: row for row in rows}.items()))


def plain(header: str) -> str:
    """A header without what makes no difference: case, kinds of blanks and apostrophes, and what nobody sees."""
    return visible(" ".join(header.replace("’", "'").split())).casefold()


def visible(text: str) -> str:
    """The text without what nobody sees: a BOM, zero-width characters, marks of direction, control characters."""
    return "".join(character for character in text if unicodedata.category(character) not in {"Cf", "Cc"}).strip()


def none_for_less(quantity: str) -> str:
    """The quantity; none where it is below that, as in shops that sell what they have yet to get."""
    return "0" if re.fullmatch(r"-\d+", quantity, re.ASCII) else quantity


def above(higher: str, lower: str) -> bool:
    """Whether one price is above the other; yes too where one is no number, so that whoever checks prices sees it."""
    one, other = _number(higher), _number(lower)
    return one is None or other is None or one > other


def _number(text: str) -> Decimal | None:
    # WooCommerce writes prices as its shop does, with a comma in many countries. `1,299` may be a thousand or one and a
    # bit: nobody can say, so here it is no number.
    number = re.fullmatch(r"\d+(?:[.,](?!\d{3}$)\d+)?", text, re.ASCII)
    return Decimal(text.replace(",", ".")) if number else None
