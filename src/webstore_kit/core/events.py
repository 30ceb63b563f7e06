"""Events: what happened in the store, and who is told of it, before the commit or after.

A service publishes an event with `store.publish()`, inside the transaction that makes it true. Subscribers *before the
commit* are called at once, in that transaction: what they write is written with it, and what they raise undoes it.
Subscribers *after the commit* are called in a thread of their own, one event after the other, once the transaction is
committed: nobody waits for them, and what they raise is logged. A process that is killed in between does not call them,
so what must not be lost is written down before the commit. Only the process that wrote calls them.

They are told in the order of the commits of the process; on PostgreSQL, of two commits at the same moment either may
come first. Where PostgreSQL gives up a transaction for another's sake, or SQLite one that several share, it is done
again, and subscribers before the commit are called again: what they do outside the database would be done twice.
"""

import logging
import threading
import traceback
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from webstore_kit.core.background import PATIENCE, Background, Task

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
        self._background = Background()
        # A process that ends without having closed the store tells what is committed all the same.
        weakref.finalize(self, self._background.settle)

    def heeds(self, kind: type[Event]) -> bool:
        """Whether anybody is told of events of that kind; where not, nobody need make any."""
        return any(issubclass(kind, each.event) for each in (*self._before, *self._after))

    def publish(self, event: Event) -> None:
        """Tell who is to know before the commit, and keep it for those who are told after it."""
        if self._pending is None:
            raise RuntimeError("an event is published inside store.transaction(), which makes it true")
        # First, as subscribers may publish what follows from it.
        self._pending.extend(self._task(each, event) for each in self._after if isinstance(event, each.event))
        for subscriber in self._before:
            if isinstance(event, subscriber.event):
                subscriber.react(self._store, event)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Around a transaction: what is published inside is told once that is committed, and never if it is not."""
        pending: list[Task] = []
        self._thread.pending = pending
        try:
            yield
        finally:
            self._thread.pending = None
        self._background.add(pending)

    def mark(self) -> int:
        """Where the events of this thread's transaction are, for `back_to`."""
        return len(self._pending or ())

    def back_to(self, mark: int) -> None:
        """Forget what was published since the mark: it was rolled back."""
        if self._pending is not None:
            del self._pending[mark:]

    def settle(self, patience: float = PATIENCE) -> None:
        """Wait until everybody has been told of all that is committed, but not for a subscriber that does not end.

        One that takes longer than `patience` seconds is logged, and what is behind it is not told any more.
        """
        self._background.settle(patience)

    @property
    def _pending(self) -> list[Task] | None:
        pending: list[Task] | None = getattr(self._thread, "pending", None)
        return pending

    def _task(self, subscriber: Subscriber[Any], event: Event) -> Task:
        return Task(partial(self._react, subscriber, event), f"{subscriber.name} on {type(event).__name__}")

    def _react(self, subscriber: Subscriber[Any], event: Event) -> None:
        try:
            subscriber.react(self._store, event)
        except BaseException as fault:
            # Whatever it is, the next subscriber is told. Its text may quote what a client sent; see http/errors.py.
            place = traceback.extract_tb(fault.__traceback__)[-1]
            file = place.filename.replace("\\", "/").rpartition("/")[2]
            kind, cause = type(event).__name__, type(fault).__name__
            logger.error("%s failed on %s: %s at %s:%s", subscriber.name, kind, cause, file, place.lineno)  # noqa: TRY400
            logger.debug("The fault above", exc_info=fault)
