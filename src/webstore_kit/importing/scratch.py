"""What has to be remembered of a whole file while it is imported: on disk, so that a file may have any size."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Self

from webstore_kit.importing.entries import Refusal, Row
from webstore_kit.importing.tables import shown

TABLES = """
    PRAGMA synchronous = OFF;
    CREATE TABLE names (name TEXT PRIMARY KEY, place INTEGER NOT NULL, line INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE refusals (
        place INTEGER NOT NULL, line INTEGER NOT NULL, "column" TEXT, value TEXT, reason TEXT, fix TEXT);
    CREATE INDEX refusals_line ON refusals (line);
    CREATE TABLE rows (line INTEGER NOT NULL, cells TEXT NOT NULL, place INTEGER NOT NULL, UNIQUE (line, cells));
"""

Placed = tuple[int, Refusal]
"""A refusal, and which outcome of the reader it was, counted from 0: a line of JSON may have many."""


class Scratch:
    """The names that a file has used so far, and what was refused of it; to be closed."""

    def __init__(self) -> None:
        # The empty name is a private file on disk, which SQLite removes when it is closed.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(TABLES)
        self.keys_before: Mapping[int, str] = {}
        """The keys of products, by their ids, to which the run gave others before it was stopped."""

    def claim(self, names: Sequence[tuple[str, int, int]]) -> list[int | None]:
        """Note names with the place and line that use them; answers of each the line that used it before, if any did.

        To claim a name again for the same place is no clash.
        """
        first = self.claimed([name for name, _, _ in names])
        new = []
        clashes: list[int | None] = []
        for name, place, line in names:
            if name not in first:
                first[name] = place, line
                new.append((name, place, line))
            clashes.append(None if first[name][0] == place else first[name][1])
        with self._transaction():
            self._database.executemany("INSERT INTO names VALUES (?, ?, ?)", new)
        return clashes

    def unclaimed(self, names: Collection[str]) -> set[str]:
        """Which of these names were never used."""
        return set(names) - self.claimed(names).keys()

    def claimed(self, names: Collection[str]) -> dict[str, tuple[int, int]]:
        """The place and line that used each of the names, where one did."""
        query = "SELECT name, place, line FROM names WHERE name IN (SELECT value FROM json_each(?))"
        rows = self._database.execute(query, (json.dumps(list(names)),))
        return {name: (place, line) for name, place, line in rows}

    def refuse(self, refusals: Iterable[Placed]) -> None:
        """Note refusals, and the rows that they are about."""
        with self._transaction():
            for place, refusal in refusals:
                values = place, refusal.line, refusal.column, shown(refusal.value), refusal.reason, refusal.fix
                self._database.execute("INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?)", values)
                self.keep(place, refusal.rows)

    def keep(self, place: int, rows: Iterable[Row]) -> None:
        """Note the rows of a refused outcome; several outcomes may share some."""
        values = [(row.line, json.dumps(dict(row.cells)), place) for row in rows]
        self._database.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?, ?)", values)

    def refusals(self, limit: int) -> list[Refusal]:
        """The first refusals of the file."""
        query = 'SELECT line, "column", value, reason, fix FROM refusals ORDER BY place, rowid LIMIT ?'
        return [Refusal(*row) for row in self._database.execute(query, (limit,))]

    def columns(self) -> list[str]:
        """The headers of the rows that were refused, in the order of the first rows that have them."""
        columns: dict[str, None] = {}
        for (cells,) in self._database.execute("SELECT cells FROM rows ORDER BY line, rowid"):
            columns.update(dict.fromkeys(json.loads(cells)))
        return list(columns)

    def rejected(self) -> Iterator[tuple[Mapping[str, str], str]]:
        """Every row that was refused, each once and in the order of the file, with what is wrong with it."""
        rows = self._database.execute("SELECT line, cells, place FROM rows ORDER BY line, rowid")
        for line, group in groupby(rows, key=lambda row: row[0]):
            on_line = list(group)
            for _, cells, place in on_line:
                yield json.loads(cells), self._errors(line, place if len(on_line) > 1 else None)

    def _errors(self, line: int, place: int | None) -> str:
        """What was said of the line; of that outcome alone, where several stand on the line."""
        query = 'SELECT line, "column", value, reason, fix FROM refusals WHERE line = ? AND place = coalesce(?, place)'
        refusals = self._database.execute(f"{query} ORDER BY rowid", (line, place))
        return " ".join(Refusal(*row).sentence() for row in refusals)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN")
        try:
            yield
        finally:
            self._database.execute("COMMIT")  # half of it would hurt nobody

    def close(self) -> None:
        """Forget all."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
