"""A few threads that work on tasks, for one thread that hands them out and takes in what comes of them."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Generic, Self, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

LONGEST_STOP = 2.0
"""Seconds that threads are waited for at the end; one that looks up a name can take longer, and ends by itself."""


class Crew(Generic[Task, Result]):
    """Threads that each do `work` on one task after the other. It is a context manager, which ends them.

    No task is begun after the end, and none delays the end of the process.
    """

    def __init__(self, work: Callable[[Task], Result], size: int) -> None:
        self._work = work
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._results: SimpleQueue[Result | _Fault] = SimpleQueue()
        self._ended = threading.Event()
        # A pool of concurrent.futures would keep the process until the last of them is done.
        self._threads = [threading.Thread(target=self._run, name="webstore-picture", daemon=True) for _ in range(size)]

    def results(self, tasks: Iterable[Task], under_way: int, together: int) -> Iterator[list[Result]]:
        """What comes of the tasks, as it comes: what is there, at most so many together, and at least one.

        No more than `under_way` tasks are taken of those that are given before their results are. What `work` raises
        is raised here.
        """
        waiting = iter(tasks)
        open_tasks = self._hand_out(waiting, under_way)
        while open_tasks:
            found = self._come_in(together)
            open_tasks -= len(found)
            yield found
            open_tasks += self._hand_out(waiting, under_way - open_tasks)

    def _hand_out(self, tasks: Iterator[Task], most: int) -> int:
        count = 0
        for task in islice(tasks, most):
            self._tasks.put(task)
            count += 1
        return count

    def _come_in(self, together: int) -> list[Result]:
        found = [self._results.get()]
        with suppress(Empty):
            while len(found) < together:
                found.append(self._results.get_nowait())
        for result in found:
            if isinstance(result, _Fault):
                raise result.error
        return found  # type: ignore[return-value]  # the faults are out

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None and not self._ended.is_set():
            try:
                self._results.put(self._work(task))
            except BaseException as error:  # noqa: BLE001 - it is raised to who waits for the results
                self._results.put(_Fault(error))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for _thread in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join(LONGEST_STOP / len(self._threads))


class _Fault:
    def __init__(self, error: BaseException) -> None:
        self.error = error
