"""Consideration for the hosts that pictures come from: a few requests at a time, and none to one that is down."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from webstore_kit.importing.pictures.errors import Passing, TooSlow, Unobtainable

AT_ONCE = 4
"""Requests that one host is sent at the same time."""
FAILURES = 20
"""Pictures of one host in a row that failed for a reason that may pass, after which it is taken to be down."""


@dataclass(slots=True)
class _Host:
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))
    failures: int = 0


class Hosts:
    """The hosts of one queue; for any number of threads.

    A host that is down would otherwise cost the queue a minute for each of its pictures.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """A turn to ask the host, waited for; raises Unobtainable at once where the host is down.

        Inside, Passing and TooSlow count against the host, and Passing becomes Unobtainable.
        """
        with self._lock:
            host = self._hosts[name]
        with host.slots:
            if host.failures >= FAILURES:
                raise Unobtainable(f"{name} was not asked, as {FAILURES} pictures in a row failed there")
            try:
                yield
            except (Passing, TooSlow) as error:
                host.failures += 1  # a count that is off by one, by another thread at the same time, does no harm
                raise Unobtainable(error.reason) from None
            except Unobtainable:
                host.failures = 0
                raise
            host.failures = 0
