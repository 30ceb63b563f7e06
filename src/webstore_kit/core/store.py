"""The store: one shop's settings, database, threads and clock. Everything a request needs hangs on it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

from webstore_kit.core.clock import utc_now
from webstore_kit.core.database import BUSY_TIMEOUT, bound, busy_as_refusal, close_all, connect, is_postgresql
from webstore_kit.core.errors import Busy
from webstore_kit.core.settings import Settings

HASHERS = 2
"""Threads that hash passwords: each takes a core for 20 ms and 19 MiB, so few of them."""


class Store:
    """One shop. It opens what it uses when it is first used, and `close()` closes it again.

    Writes happen inside `transaction()`, reads inside `snapshot()`; models work nowhere else. The thread pools are
    where the HTTP layer runs the three kinds of work, so that no database and no hash is ever waited for in the
    event loop.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = utc_now,
        require_ready: Callable[["Store"], None] | None = None,
    ) -> None:
        self.settings = settings
        self.now = now
        self._require_ready = require_ready
        # Each thread has one connection at most; one more is for whoever made the store.
        pool_size = 2 * settings.threads + HASHERS + 1
        self.database = connect(settings.database_url, settings.directory, pool_size)
        self.postgresql = is_postgresql(self.database)
        self._writing = threading.RLock()
        self._make_threads()

    def ensure_ready(self) -> None:
        """Let `require_ready` look at the database, once; it raises DatabaseNotReady where the store cannot work."""
        require_ready = self._require_ready  # once, as another thread may be done with it by the next line
        if require_ready is not None:
            require_ready(self)
            self._require_ready = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads in here see the database as it was at the first of them. Raises Busy."""
        mode = "REPEATABLE READ, READ ONLY" if self.postgresql else "DEFERRED"
        with self._connected():
            if self.database.in_transaction():
                yield
            else:
                with self.database.transaction(mode):
                    yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written in here is written whole or, where it raises, not at all. Raises Busy.

        One inside another is part of the outer one.
        """
        with self._turn_to_write(), self._connected():
            if self.database.in_transaction():
                yield
            else:
                with self.database.transaction():
                    yield

    def close(self) -> None:
        """Finish the work under way and close every connection and thread; the next use opens them anew."""
        for pool in (self.readers, self.writers, self.hashers):
            pool.shutdown()
        close_all(self.database)
        self._make_threads()

    def _make_threads(self) -> None:
        # The pools start their threads with the work. SQLite has one writer at a time: one thread that waits its turn
        # is fast and fair, a pool of them would fight for the lock. PostgreSQL takes them all.
        threads = self.settings.threads
        self.readers = ThreadPoolExecutor(threads, "webstore-read")
        self.writers = ThreadPoolExecutor(threads if self.postgresql else 1, "webstore-write")
        self.hashers = ThreadPoolExecutor(HASHERS, "webstore-hash")

    @contextmanager
    def _connected(self) -> Iterator[None]:
        with busy_as_refusal(), bound(self.database), self.database.connection_context():
            yield

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        # Threads of this process queue here instead of in SQLite's busy handler, which is not fair.
        if self.postgresql:
            yield
        elif self._writing.acquire(timeout=BUSY_TIMEOUT):
            try:
                yield
            finally:
                self._writing.release()
        else:
            raise Busy
