"""The store: one shop's settings, database, threads and clock. Everything a request needs hangs on it."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import TypeVar

import peewee

from webstore_kit.core.counts import Counts
from webstore_kit.core.database import (
    BUSY_TIMEOUT,
    bound,
    busy_as_refusal,
    close_all,
    connect,
    is_postgresql,
    sqlite_path,
)
from webstore_kit.core.errors import Busy, Collided
from webstore_kit.core.events import Announcer, Event
from webstore_kit.core.glance import Glance
from webstore_kit.core.parts import Parts
from webstore_kit.core.providers import MailFolder, Provided, Providers
from webstore_kit.core.settings import Settings
from webstore_kit.core.watch import watch
from webstore_kit.core.writer import Writer

logger = logging.getLogger("webstore_kit")

Result = TypeVar("Result")
Section = TypeVar("Section")
NO_PARTS = Parts()
MAILS = "mails"
"""The folder of mails that nobody sends yet, in the store's own."""

TRIES = 4
"""How often a transaction that PostgreSQL gives up for another's sake is begun."""
LONGEST_PAUSE = 0.02
"""Seconds at most before it is begun again; of uneven length, so that two do not collide again."""
HASHERS = 2
"""Threads that hash passwords: each takes a core for 20 ms and 19 MiB, so few of them."""


class Store:
    """One shop. It opens what it uses when it is first used, and `close()` closes it again.

    Writes happen inside `transaction()`, reads inside `snapshot()`; models work nowhere else. The thread pools are
    where the HTTP layer runs the three kinds of work, so that no database and no hash is ever waited for in the
    event loop.

    `patience` is how many seconds a request waits for its turn to write before it is told that the store is busy, and
    `times_busy` how often that happened in this process.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] | None = None,
        require_ready: Callable[["Store"], None] | None = None,
        patience: float = BUSY_TIMEOUT,
        parts: Parts = NO_PARTS,
    ) -> None:
        self.settings = settings
        self.parts = parts
        provided: Provided = {"mailer": MailFolder(settings.directory / MAILS), **parts.providers}
        self.providers = Providers(**provided)
        self.now = now or self.providers.clock
        self.events = Announcer(self, parts.before_commit, parts.after_commit)
        self.patience = patience
        self.times_busy = 0
        self._require_ready = require_ready
        # Each thread has one connection at most, subscribers have one; one more is for whoever made the store.
        pool_size = 2 * settings.threads + HASHERS + 2
        self.database = connect(settings.database_url, settings.directory, pool_size, patience)
        self.postgresql = is_postgresql(self.database)
        self.watch = watch(settings, postgresql=self.postgresql)
        # No glances where others' code reads fields for answers: nobody knows how long that holds up the event loop.
        glances = not (self.postgresql or parts.fields)
        self.glance = Glance(sqlite_path(settings.database_url, settings.directory)) if glances else None
        self.counts = Counts()
        self._errands: set[Callable[[], bool]] = set()
        self._is_closing = False
        self._writing = threading.RLock()
        self._thread = threading.local()
        self._make_threads()

    @property
    def is_ready(self) -> bool:
        """Whether `ensure_ready` has nothing left to do."""
        return self._require_ready is None

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
        with self._connected(), self._begun(mode):
            yield

    @contextmanager
    def transaction(self, deadline: float | None = None) -> Iterator[None]:
        """What is written in here is written whole or, where it raises, not at all.

        One inside another is part of the outer one. Raises Busy where the turn to write does not come before the
        deadline (of `time.monotonic()`), by default `patience` seconds from now.
        """
        deadline = self.deadline() if deadline is None else deadline
        # PostgreSQL keeps the time itself, by the lock_timeout of its connections.
        limit = {} if self.postgresql else {"deadline": deadline}
        is_inner = self.database.in_transaction()
        announced = nullcontext() if is_inner else self.events.transaction()
        # Announced before the next one has its turn, so that events come in the order of the commits.
        with self._turn_to_write(deadline), announced, self._connected(), self._begun(**limit):
            yield

    def publish(self, event: Event) -> None:
        """Tell the event to its subscribers, at once or after the commit; inside `transaction()`.

        What a subscriber before the commit raises comes through.
        """
        self.events.publish(event)

    def settings_of(self, kind: type[Section]) -> Section:
        """The settings of the extension that has settings of this class; KeyError where none has."""
        section: Section = self.parts.settings[kind]
        return section

    def write(self, work: Callable[[], Result], deadline: float | None = None) -> Result:
        """The result of the work, done in a transaction; begun anew where PostgreSQL gave it up for another's sake.

        The work must have no effects outside the database. Raises Busy. Inside a transaction it is part of that, and
        Collided then is for whoever began it.
        """
        for _ in range(0 if self.database.in_transaction() else TRIES - 1):
            try:
                with self.transaction(deadline):
                    return work()
            except Collided:
                time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - nothing secret
        with self.transaction(deadline):
            return work()

    def submit(self, work: Callable[[], Result], deadline: float) -> "Future[Result]":
        """As `write`, in a writer thread. On SQLite, what waits there at the same time shares a commit."""
        if self._writer is None:
            return self.writers.submit(self.write, work, deadline)
        return self._writer.submit(work, deadline)

    def later(self, work: Callable[[], bool]) -> None:
        """Have the work done in a writer thread, in transactions of its own, again and again while it answers True.

        For what nobody waits for, and somebody asks for again if it fails; asked for twice at once, it is done once.
        """
        if work not in self._errands and not self._is_closing:
            self._errands.add(work)
            self.submit(work, self.deadline()).add_done_callback(partial(self._done, work))

    def _done(self, work: Callable[[], bool], future: "Future[bool]") -> None:
        self._errands.discard(work)
        if fault := future.exception():
            logger.warning("%s was put off: %s", work.__qualname__, type(fault).__name__)
        elif future.result():
            self.later(work)

    def deadline(self) -> float:
        """Until when (of `time.monotonic()`) a request that comes now waits for its turn to write."""
        return time.monotonic() + self.patience

    def close(self) -> None:
        """Finish the work under way, tell subscribers of what is committed, and close every connection and thread.

        A subscriber that takes longer than 30 seconds is not waited for. The next use opens everything anew.
        """
        self._is_closing = True
        self.events.settle()  # first, as subscribers may hand work to the threads; and again, as that may publish
        for pool in (self.readers, self.writers, self.hashers):
            pool.shutdown()
        self.events.settle()
        close_all(self.database)
        if self.glance:
            self.glance.close()
        self._make_threads()
        self._is_closing = False

    def _make_threads(self) -> None:
        # The pools start their threads with the work. SQLite has one writer at a time: one thread that waits its turn
        # is fast and fair, a pool of them would fight for the lock. PostgreSQL takes them all.
        threads = self.settings.threads
        self.readers = self._pool(threads, "webstore-read")
        self.writers = self._pool(threads if self.postgresql else 1, "webstore-write")
        self.hashers = self._pool(HASHERS, "webstore-hash")
        self._writer = None if self.postgresql else Writer(self.database, self.transaction, self.writers, self.events)

    def _pool(self, threads: int, name: str) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(threads, name, initializer=lambda: setattr(self._thread, "is_ours", True))

    @contextmanager
    def _connected(self) -> Iterator[None]:
        with busy_as_refusal(), bound(self.database):
            if getattr(self._thread, "is_ours", False):
                with self._kept_connection():
                    yield
            else:
                with self.database.connection_context():
                    yield

    @contextmanager
    def _kept_connection(self) -> Iterator[None]:
        # Our own threads keep their connections until the store closes; taking one from the pool costs as much as a
        # few statements.
        if self.database.is_closed():
            self.database.connect()
        try:
            yield
        except (peewee.OperationalError, peewee.InterfaceError):
            if not self.database.in_transaction():
                self.database.manual_close()  # type: ignore[attr-defined]  # it may be lost; the next use opens another
            raise

    @contextmanager
    def _begun(self, *mode: str, **limit: float) -> Iterator[None]:
        with ExitStack() as stack:
            if not self.database.in_transaction():
                try:
                    stack.enter_context(self.database.transaction(*mode, **limit))
                except (peewee.OperationalError, peewee.InterfaceError):
                    if not self.postgresql:
                        raise
                    # A server that was started anew has cut the connections; nothing was done yet on this one.
                    self.database.manual_close()  # type: ignore[attr-defined]
                    self.database.connect()
                    stack.enter_context(self.database.transaction(*mode, **limit))
            yield

    @contextmanager
    def _turn_to_write(self, deadline: float) -> Iterator[None]:
        # Threads of this process queue here, so that one of them at most waits for other processes.
        left = deadline - time.monotonic()
        if left <= 0:
            raise Busy  # it has waited long enough in the queue of the writers
        if self.postgresql:
            yield
        elif self._writing.acquire(timeout=left):
            try:
                yield
            finally:
                self._writing.release()
        else:
            raise Busy
