"""The background: does work that nobody waits for, one piece after the other."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

logger = logging.getLogger("webstore_kit")

PATIENCE = 30.0
"""Seconds that whoever waits for the end gives each piece of work."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work, which raises nothing, and what it is called in the log."""

    work: Callable[[], object]
    name: str


class Background:
    """Does tasks in a thread of its own, in their order; the thread is there while there are any.

    It holds up no process that ends: who wants all of it done waits with `settle`.
    """

    def __init__(self) -> None:
        self._tasks: deque[Task] = deque()
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    def add(self, tasks: Sequence[Task]) -> None:
        """Have the tasks done, after those that are there."""
        with self._changed:
            self._tasks.extend(tasks)
            if self._tasks and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="webstore-background", daemon=True)
                self._thread.start()

    def settle(self, patience: float = PATIENCE) -> None:
        """Wait until all is done; where one task takes longer than `patience` seconds, give up those behind it.

        A task that asks for it does not wait for itself.
        """
        with self._changed:
            while self._thread not in (None, threading.current_thread()):
                if not self._changed.wait(patience):  # is told of each task that is done
                    self._give_up(patience)
                    return

    def _give_up(self, patience: float) -> None:
        # The first is the one at work: it is taken away once it is done.
        name, behind = self._tasks[0].name, len(self._tasks) - 1
        for _ in range(behind):
            self._tasks.pop()
        logger.error("%s has not ended in %g seconds; %s more behind it are not told any more", name, patience, behind)

    def _work(self) -> None:
        while task := self._next():
            task.work()
            with self._changed:
                self._tasks.popleft()
                self._changed.notify_all()

    def _next(self) -> Task | None:
        with self._changed:
            if self._tasks:
                return self._tasks[0]
            self._thread = None
            self._changed.notify_all()
            return None
