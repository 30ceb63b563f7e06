"""Reads the fixtures of other shops' files, and counts their rows again."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from webstore_kit.importing.entries import Entry, Refusal, Row

FIXTURES = Path(__file__).parent / "fixtures"


def load(name: str) -> tuple[list[str], list[Row]]:
    """The header and the rows of a fixture, each with the line that it begins on."""
    with (FIXTURES / name).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        header = list(reader.fieldnames or [])
        rows, begins = [], reader.line_num + 1
        for cells in reader:
            rows.append(Row(begins, cells))
            begins = reader.line_num + 1
    return header, rows


def row(line: int, header: Iterable[str], cells: Mapping[str, str]) -> Row:
    return Row(line, {name: cells.get(name, "") for name in header})


def table(*rows: Mapping[str, str]) -> tuple[list[str], list[Row]]:
    """A table of these rows, with the columns that they have."""
    header = list(dict.fromkeys(name for cells in rows for name in cells))
    return header, [row(line, header, cells) for line, cells in enumerate(rows, 2)]


def accounted(outcomes: Iterable[Entry | Refusal]) -> set[int]:
    """The lines of all rows that became something."""
    return {row.line for outcome in outcomes for row in outcome.rows}


def names(entries: Iterable[Entry]) -> list[tuple[str | None, str | None]]:
    """SKU and key of each entry, of which it should have one."""
    return [(entry.fields.get("sku"), entry.fields.get("key")) for entry in entries]


def lines(outcome: Entry | Refusal) -> list[int]:
    return [row.line for row in outcome.rows]
