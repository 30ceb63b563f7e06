"""The lines of text formats: rows of CSV, and JSON lists with an object on each line.

CSV has commas, is UTF-8, and ends its rows with a line feed: spreadsheets take it as well as CRLF, and what works line
by line, such as git, grep and awk, takes it better.
"""

import re
from collections.abc import Iterable, Iterator
from typing import IO

# Not the csv module, whose writers before Python 3.13 quote no carriage return where rows end with a line feed alone.
_TO_QUOTE = re.compile('[",\r\n]')


def row(cells: Iterable[str]) -> str:
    """The cells as a row of CSV."""
    return ",".join(_quoted(cell) if _TO_QUOTE.search(cell) else cell for cell in cells) + "\n"


def json_list(objects: Iterable[str]) -> Iterator[str]:
    """The lines of a list of these objects: one on each, so that two files can be compared line by line."""
    start = "[\n"
    for each in objects:
        yield start + each
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def write(lines: Iterator[str], binary: IO[bytes]) -> None:
    """Write the lines as they come."""
    for line in lines:
        binary.write(line.encode())


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'
