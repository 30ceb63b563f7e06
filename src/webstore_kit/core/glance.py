"""The glance: a read of SQLite that is so short that it is done in the event loop itself.

To hand a read of a fraction of a millisecond to a thread takes longer than to do it, and the thread competes with the
loop for the interpreter. A glance never waits, neither for a lock nor for long: it is given up as soon as it has taken
LONGEST, and then done in a thread from the start.
"""

import math
import sqlite3
import threading
import time
from pathlib import Path

import peewee

from webstore_kit.core.database import bound, fold

LONGEST = 0.002
"""Seconds that a glance holds up the event loop at most, as far as the database is concerned."""
UNAVAILABLE = (peewee.OperationalError, sqlite3.OperationalError)
"""What is raised when it is given up, or cannot be had; the latter while rows are fetched."""
CACHE = 4000
"""KB of the database that the connection keeps: as it is the one that most reads come by."""
STEPS = 1000
"""Steps of SQLite's machine, of some 20 nanoseconds each, after which the time is looked at."""


class TooLongError(Exception):
    """The glance was given up; nothing was done."""


class Glance:
    """Short reads, from a connection of its own."""

    def __init__(self, path: Path) -> None:
        # Busy is answered at once, and no table can be changed.
        pragmas = [("query_only", 1), ("cache_size", -CACHE)]
        self._path = path
        self.database = peewee.SqliteDatabase(
            str(path), pragmas=pragmas, timeout=0, thread_safe=False, check_same_thread=False
        )
        self.database.register_function(fold, "webstore_fold", 1, deterministic=True)
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._deadline = 0.0

    def snapshot(self) -> "_Snapshot":
        """As `store.snapshot()`; raises TooLongError where it takes long, or the database is not to be had at once."""
        return _Snapshot(self)

    def begin(self) -> None:
        """Begin a glance."""
        if not self._turn.acquire(blocking=False):
            raise TooLongError  # another event loop is at it
        try:
            connection = self._connection or self._connect()
            self._deadline = time.perf_counter() + LONGEST
            connection.execute("BEGIN")
        except BaseException:
            self._turn.release()
            raise

    def end(self) -> None:
        """End it; there is nothing to commit."""
        self._deadline = math.inf  # or to end it would be given up, too
        try:
            if self._connection is not None and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        finally:
            self._turn.release()

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            raise TooLongError  # to open it would make an empty file
        self.database.connect()
        connection: sqlite3.Connection = self.database.connection()
        connection.set_progress_handler(self._is_over, STEPS)
        self._connection = connection
        return connection

    def _is_over(self) -> bool:
        return time.perf_counter() > self._deadline

    def close(self) -> None:
        """Close the connection; the next glance opens another."""
        with self._turn:
            self._connection = None
            self.database.close()


class _Snapshot:
    """Inside, models and prepared queries read what the glance sees. A class, as a generator takes twice the time."""

    def __init__(self, glance: Glance) -> None:
        self._glance = glance
        self._bound = bound(glance.database)

    def __enter__(self) -> None:
        try:
            self._glance.begin()
        except UNAVAILABLE as error:
            raise TooLongError from error
        self._bound.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._bound.__exit__(None, None, None)
        self._glance.end()
        if isinstance(error, UNAVAILABLE):
            raise TooLongError from error
