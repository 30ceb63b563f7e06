"""The course of a self-test: how far it is, shared by all of its threads."""

import threading
from typing import Self

from webstore_kit.selftest.report import Plan


class Course:
    """Hands out the visits, and counts what has happened.

    There are as many visits as planned, and then more until the last server has been killed: each kill has to meet
    buyers at work. It is over with the end of its `with` block, however that ends.
    """

    def __init__(self, plan: Plan) -> None:
        self.visits = 0
        self.orders = 0
        self.kills = 0
        self.stopped = threading.Event()
        """Set once nobody shall begin anything: something failed, or Ctrl+C."""
        self._plan = plan
        self._begun = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()

    def next_visit(self) -> int | None:
        """The number of the next visit, from 0; None where no more shall begin."""
        with self._lock:
            enough = self._begun >= self._plan.visits and self.kills >= self._plan.kills
            if enough or self.stopped.is_set():
                return None
            self._begun += 1
            return self._begun - 1

    def visit_done(self, orders: int) -> None:
        """A visit has ended, with that many orders."""
        with self._lock:
            self.visits += 1
            self.orders += orders

    def server_killed(self) -> None:
        """A server has been killed."""
        with self._lock:
            self.kills += 1
