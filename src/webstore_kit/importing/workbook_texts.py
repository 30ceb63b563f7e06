"""The texts of XLSX workbooks: what their XML cannot hold is escaped, here and back."""

import re
from typing import IO, Any

try:
    from openpyxl.cell.text import Text
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse
except ImportError:  # the extra `xlsx` is not installed
    ExcelReader = object  # type: ignore[assignment, misc]

# A `_` before what looks like the rest of an escape is escaped too. So is one whose escape would end with the next
# character's: in `_x0041` and U+0001, for `_x0041_x0001_` begins with an A.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4})")
# Half a character and NUL, which no database takes, stay escaped.
_ESCAPE = re.compile("_x((?!0000|[Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


def escaped(text: str) -> str:
    """The text as it stands in a workbook (ECMA-376, ST_Xstring); `unescaped` makes this text of it again."""
    return _TO_ESCAPE.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)


def unescaped(text: str) -> str:
    """The text that is meant by one in a workbook."""
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)


def loaded(binary: IO[bytes]) -> Any:
    """The workbook, to be read row by row, its texts still escaped."""
    reader = _Reader(binary, read_only=True, data_only=True)
    reader.read()
    return reader.wb


class _Reader(ExcelReader):
    """openpyxl's reader, but that it leaves the texts that cells share as they are.

    Its own drops every `x005F_` from them, and only from them: `_x0041_` could then be text or an escape, and where the
    text itself has an `x005F_`, that is lost.
    """

    def read_strings(self) -> None:
        """Read the texts that cells share."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as file:
                self.shared_strings = [
                    _taken(node) for _, node in iterparse(file) if node.tag == f"{{{SHEET_MAIN_NS}}}si"
                ]


def _taken(node: Any) -> str:
    text = Text.from_tree(node)
    node.clear()  # or the whole file would be in memory
    return text.content if text else ""
