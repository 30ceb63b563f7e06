"""The glance: a read of SQLite that is so short that it is done in the event loop itself.

To hand a read of a fraction of a millisecond to a thread takes longer than to do it, and the thread competes with the
loop for the interpreter. A glance never waits, neither for a lock nor for long: it is given up as soon as it has taken
LONGEST, and then done in a thread from the start.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee

from webstore_kit.core.database import bound, fold

LONGEST = 0.002
"""Seconds that a glance holds up the event loop at most, as far as the database is concerned."""
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
        self._deadline = 0.0

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """As `store.snapshot()`; raises TooLongError where it takes long, or the database is not to be had at once."""
        if not self._turn.acquire(blocking=False):
            raise TooLongError  # another event loop is at it
        try:
            with self._begun(), bound(self.database):
                yield
        except (peewee.OperationalError, sqlite3.OperationalError) as error:  # the latter while rows are fetched
            raise TooLongError from error
        finally:
            self._turn.release()

    @contextmanager
    def _begun(self) -> Iterator[None]:
        if self.database.is_closed():
            self._open()
        self._deadline = time.perf_counter() + LONGEST
        self.database.begin("DEFERRED")
        try:
            yield
        finally:
            self.database.rollback()  # there is nothing to commit

    def _open(self) -> None:
        if not self._path.exists():
            raise TooLongError  # to open it would make an empty file
        self.database.connect()
        connection: sqlite3.Connection = self.database.connection()
        connection.set_progress_handler(self._is_over, STEPS)

    def _is_over(self) -> bool:
        return time.perf_counter() > self._deadline

    def close(self) -> None:
        """Close the connection; the next glance opens another."""
        with self._turn:
            self.database.close()
