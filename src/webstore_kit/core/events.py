"""Events: what happened in the store, and who is told of it, before the commit or after.

A service publishes an event with `store.publish()`, inside the transaction that makes it true. Subscribers *before the
commit* are called at once, in that transaction: what they write is written with it, and what they raise undoes it.
Subscribers *after the commit* are called in a thread of their own, one event after the other, once the transaction is
committed: nobody waits for them, and what they raise is logged. A process that is killed in between does not call them,
so what must not be lost is written down before the commit.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from webstore_kit.core.store import Store

logger = logging.getLogger("webstore_kit")


@dataclass(frozen=True)
class Event:
    """Something that happened: ids and values, no models. Each kind is a frozen dataclass of its own."""


Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True)
class Subscriber(Generic[Kind]):
    """Who is told of events of a kind, and of those that are derived from it: `Event` itself is all that there are."""

    event: type[Kind]
    react: Callable[["Store", Kind], object]
    """Called with the store and the event; what it answers is dropped."""

    @property
    def name(self) -> str:
        """What it is called in the log."""
        return f"{getattr(self.react, '__module__', '?')}.{getattr(self.react, '__qualname__', self.react)}"


class Announcer:
    """Tells the events of one store to its subscribers."""

    def __init__(
        self, store: "Store", before_commit: Sequence[Subscriber[Any]], after_commit: Sequence[Subscriber[Any]]
    ) -> None:
        self._store = store
        self._before, self._after = tuple(before_commit), tuple(after_commit)
        self._thread = threading.local()
        self._under_way = 0
        self._is_quiet = threading.Condition()

    def heeds(self, kind: type[Event]) -> bool:
        """Whether anybody is told of events of that kind; where not, nobody need make any."""
        return any(issubclass(kind, each.event) for each in (*self._before, *self._after))

    def publish(self, event: Event) -> None:
        """Tell who is to know before the commit, and keep it for those who are told after it."""
        if self._pending is None:
            raise RuntimeError("an event is published inside store.transaction(), which makes it true")
        for subscriber in self._before:
            if isinstance(event, subscriber.event):
                subscriber.react(self._store, event)
        if any(isinstance(event, each.event) for each in self._after):
            self._pending.append(event)

    @contextmanager
    def transaction(self, threads: Callable[[], Executor]) -> Iterator[None]:
        """Around a transaction: what is published inside is told once that is committed, and never if it is not."""
        pending: list[Event] = []
        self._thread.pending = pending
        try:
            yield
        finally:
            self._thread.pending = None
        for event in pending:
            self._deliver(event, threads())

    def mark(self) -> int:
        """Where the events of this thread's transaction are, for `back_to`."""
        return len(self._pending or ())

    def back_to(self, mark: int) -> None:
        """Forget what was published since the mark: it was rolled back."""
        if self._pending is not None:
            del self._pending[mark:]

    def settle(self) -> None:
        """Wait until everybody has been told of all that is committed."""
        with self._is_quiet:
            self._is_quiet.wait_for(lambda: not self._under_way)

    @property
    def _pending(self) -> list[Event] | None:
        pending: list[Event] | None = getattr(self._thread, "pending", None)
        return pending

    def _deliver(self, event: Event, threads: Executor) -> None:
        with self._is_quiet:
            self._under_way += 1
        threads.submit(self._tell, event)

    def _tell(self, event: Event) -> None:
        try:
            for subscriber in self._after:
                if isinstance(event, subscriber.event):
                    self._react(subscriber, event)
        finally:
            with self._is_quiet:
                self._under_way -= 1
                self._is_quiet.notify_all()

    def _react(self, subscriber: Subscriber[Any], event: Event) -> None:
        try:
            subscriber.react(self._store, event)
        except Exception as fault:
            # The text of a fault may quote what a client sent; see http/errors.py.
            place = traceback.extract_tb(fault.__traceback__)[-1]
            file = place.filename.replace("\\", "/").rpartition("/")[2]
            kind, cause = type(event).__name__, type(fault).__name__
            logger.error("%s failed on %s: %s at %s:%s", subscriber.name, kind, cause, file, place.lineno)  # noqa: TRY400
            logger.debug("The fault above", exc_info=fault)
