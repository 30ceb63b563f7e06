"""The writer of SQLite: one thread that does the writes of a process, those that wait at the same time in one commit.

SQLite has one writer at a time, and what takes it longest is the commit, which waits for the disk. So whoever waits
for the thread shares it: each piece of work in a savepoint of its own, and one commit for all. Nobody is answered
before the commit.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from webstore_kit.core.events import Announcer

MOST_TOGETHER = 32
"""Pieces of work that share a commit: so many that it costs each little, so few that none waits long for the others."""


class _GivenUpError(Exception):
    """SQLite has rolled back the whole transaction, with the work of the others in it."""


Begin = Callable[[float], AbstractContextManager[None]]
"""Begins a transaction, or raises Busy at the deadline."""


@dataclass
class Job:
    """A piece of work, and who waits for its result."""

    work: Callable[[], Any]
    deadline: float
    future: Future[Any] = field(default_factory=Future)
    outcome: Any = None
    fault: BaseException | None = None

    def deliver(self) -> None:
        """Tell the result, or the fault, to who waits for it."""
        if self.fault is None:
            self.future.set_result(self.outcome)
        else:
            self.future.set_exception(self.fault)


class Writer:
    """Takes work from any thread, and does it in the one thread of the pool."""

    def __init__(self, database: Any, begin: Begin, pool: ThreadPoolExecutor, events: Announcer) -> None:
        self._database = database
        self._events = events
        self._begin = begin
        self._pool = pool
        self._waiting: deque[Job] = deque()

    def submit(self, work: Callable[[], Any], deadline: float) -> Future[Any]:
        """The result of the work to come. It may be begun anew, so it must have no effects outside the database."""
        job = Job(work, deadline)
        self._waiting.append(job)
        self._pool.submit(self._work)  # once for each job; whoever comes first may take the jobs of those behind
        return job.future

    def _work(self) -> None:
        count = min(len(self._waiting), MOST_TOGETHER)
        taken = [self._waiting.popleft() for _ in range(count)]
        jobs = [job for job in taken if job.future.set_running_or_notify_cancel()]
        if len(jobs) < 2 or not self._done_together(jobs):
            for job in jobs:
                self._do_alone(job)
        for job in jobs:
            job.deliver()

    def _done_together(self, jobs: list[Job]) -> bool:
        """Do the jobs in one transaction; answers False where that failed as a whole, and nothing was done."""
        try:
            with self._begin(jobs[0].deadline):
                for job in jobs:
                    self._do_apart(job)
        except BaseException:  # noqa: BLE001 - alone, each meets the fault that is its own
            return False
        return True

    def _do_apart(self, job: Job) -> None:
        self._database.execute_sql("SAVEPOINT job")
        mark = self._events.mark()
        try:
            job.outcome = job.work()
        except BaseException as fault:
            job.fault = fault
            if not self._database.connection().in_transaction:
                raise _GivenUpError from fault
            self._database.execute_sql("ROLLBACK TO job")
            self._events.back_to(mark)
        self._database.execute_sql("RELEASE job")

    def _do_alone(self, job: Job) -> None:
        job.fault = None
        try:
            with self._begin(job.deadline):
                job.outcome = job.work()
        except BaseException as fault:  # noqa: BLE001 - it is told to who waits for it
            job.fault = fault
