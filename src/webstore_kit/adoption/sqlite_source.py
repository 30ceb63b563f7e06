"""The source that is an SQLite file."""

import os
import sqlite3
from pathlib import Path

from webstore_kit.adoption.source import Source
from webstore_kit.core.database import BUSY_TIMEOUT

NAMES = (
    "SELECT lower(t.name), lower(c.name) FROM sqlite_master AS t, pragma_table_info(t.name) AS c "
    "WHERE t.type IN ('table', 'view')"
)


class SqliteSource(Source):
    """An SQLite file, opened so that nothing can be written, and read in one transaction."""

    errors = sqlite3.Error
    placeholder = "?"
    advice = (
        "Check that it is an SQLite database, that you may read it, and that no other program keeps it locked; "
        "where it is on a disk that you cannot write, adopt a copy of it."
    )

    def __init__(self, path: Path) -> None:
        self.label = os.fsencode(path.absolute()).decode("utf-8", "replace")
        with self.refusals():
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_TIMEOUT
            )
            self._connection.text_factory = _text
            self._connection.execute("BEGIN")

    def _names(self) -> set[tuple[str, str]]:
        with self.refusals():
            return set(self._connection.execute(NAMES))

    def _last_handed_out(self, table: str) -> int:
        # SQLite makes this table with the first AUTOINCREMENT column, so it may not be there.
        if not self.value("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            return 0
        last = self.value("SELECT seq FROM sqlite_sequence WHERE name = {}", table)
        return last if isinstance(last, int) else 0

    def close(self) -> None:
        """End the view."""
        self._connection.close()

    def _new_cursor(self) -> sqlite3.Cursor:
        return self._connection.cursor()


def _text(raw: bytes) -> str | bytes:
    """The text, or the bytes as they are where they are no UTF-8, so that `readings.text` can tell."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
