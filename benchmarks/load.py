"""The client: asks a server from many connections at once, and takes the time of each answer.

It runs in a process of its own, so that it shares no interpreter with what it measures. Requests are bytes that are
made before the clock starts; of an answer it reads the status and the length, and no more. Connections that do the same
are a group; several groups may be at work at once, and each is counted by itself.
"""

import asyncio
import gc
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import uvloop

from benchmarks.figures import Outcome

Talk = Generator[bytes, bytes, None]
"""What one buyer sends, request after request; it is given the body of each answer."""
LONGEST_RUN = 120
"""Seconds after which a measurement is given up."""
NAP, GLANCE = 0.001, 0.02
"""Seconds after which it is looked again whether it is a group's turn, and whether there is a file that ends a talk."""
BODILESS = (204, 304)
"""Statuses of answers that end with their headers."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Request(NamedTuple):
    """A request of the API."""

    method: str
    path: str
    body: dict[str, Any]

    def wire(self) -> bytes:
        """Its bytes."""
        body = json.dumps(self.body).encode()
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: benchmark\r\nContent-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


FIRST = Request("GET", "/", {}).wire()
"""Sent on each new connection before the clock starts, so that a worker has accepted it."""


def single(request: Request) -> Talk:
    """The talk of one request."""
    return _sent(request.wire())


def repeated(requests: Sequence[bytes], connections: int, seconds: float, until: Path | None = None) -> list[Talk]:
    """A talk for each connection: the requests over and over, for so long, or until that file is there.

    Each begins at another one of them.
    """
    starts = [number % len(requests) for number in range(connections)]
    return [_repeated([*requests[start:], *requests[:start]], seconds, until) for start in starts]


def once_each(requests: Sequence[bytes]) -> list[Talk]:
    """A talk for each of the requests."""
    return [_sent(request) for request in requests]


class Group(NamedTuple):
    """Connections that do the same: each takes the next talk as soon as it is done with one.

    The function is sent to the other process, so it is one of a module, or a `partial` of one.
    """

    connections: int
    talks: Callable[[], Sequence[Talk]]
    pace: float = 0
    """How many requests it sends for each answer that the first group has had, and ends with it; 0 is no limit."""


class Client:
    """The other process."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def ask(self, address: str, connections: int, talks: Callable[[], Sequence[Talk]]) -> Outcome:
        """Let one group hold all its talks."""
        (outcome,) = self.ask_together(address, [Group(connections, talks)]).result()
        return outcome

    def ask_together(self, address: str, groups: Sequence[Group]) -> "Future[list[Outcome]]":
        """Let the groups hold all their talks at the same time; there will be the outcome of each."""
        return self._pool.submit(_run, address, groups)


@contextmanager
def client() -> Iterator[Client]:
    """A client, whose process ends with the block."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield Client(pool)


@contextmanager
def no_collections() -> Iterator[None]:
    """Inside, Python's garbage collector does not stop what is being measured."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _repeated(requests: Sequence[bytes], seconds: float, until: Path | None) -> Talk:
    end, glance = time.perf_counter() + seconds, 0.0
    for request in cycle(requests):
        now = time.perf_counter()
        if until is not None and now >= glance:
            glance = now + GLANCE
            end = 0 if until.exists() else end
        if now >= end:
            return
        yield request


def _sent(request: bytes) -> Talk:
    yield request


def _run(address: str, groups: Sequence[Group]) -> list[Outcome]:
    return uvloop.run(_hold(address, groups))


async def _hold(address: str, groups: Sequence[Group]) -> list[Outcome]:
    tallies: list[_Tally] = []
    for group in groups:
        tallies.append(_Tally(group, tallies[0] if tallies and group.pace else None))
    async with asyncio.timeout(LONGEST_RUN):
        lines = [await _connected(address, tally) for tally in tallies for _ in range(tally.group.connections)]
        with no_collections():
            for tally in tallies:
                tally.start()
            for line in lines:
                line.take_next()
            await asyncio.gather(*(line.done for line in lines))
    for line in lines:
        line.transport.close()
    return [tally.outcome() for tally in tallies]


async def _connected(address: str, tally: "_Tally") -> "_Connection":
    """A connection that has had its first answer; one comes after another, as in life, so that all workers get some."""
    loop, url = asyncio.get_running_loop(), urlsplit(address)
    _, line = await loop.create_connection(lambda: _Connection(loop, tally), url.hostname or "", url.port or 0)
    line.send(FIRST)
    await line.done
    line.done = loop.create_future()
    return line


class _Tally:
    """What a group has still to do, and what it was answered."""

    def __init__(self, group: Group, leader: "_Tally | None") -> None:
        self.group = group
        self.waiting = iter(group.talks())
        self.latencies: list[float] = []
        self._leader = leader
        self._ends: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._sent = 0
        self._at_work = group.connections

    def start(self) -> None:
        """Start the clock."""
        self._spent = time.process_time()
        self._started = time.perf_counter()

    def is_over(self) -> bool:
        """Whether the group that sets the pace has ended."""
        return self._leader is not None and not self._leader._at_work  # noqa: SLF001 - it is one of these

    def takes_turn(self) -> bool:
        """Whether a request may be sent now; then it counts as sent."""
        if self._leader is not None and self._sent >= len(self._leader.latencies) * self.group.pace:
            return False
        self._sent += 1
        return True

    def note(self, sent_at: float, status: int) -> None:
        """Take down an answer."""
        now = time.perf_counter()
        self.latencies.append(now - sent_at)
        self._ends.append(now)
        self._statuses[status] += 1

    def end(self) -> None:
        """One of the connections has nothing left to do."""
        self._at_work -= 1
        self._ended = time.perf_counter()
        self._own_seconds = time.process_time() - self._spent

    def outcome(self) -> Outcome:
        """The figures."""
        return Outcome(self._ended - self._started, self.latencies, self._statuses, self._own_seconds, self._ends)


class _Connection(asyncio.Protocol):
    """One connection; `done` once it has had its answer and no talk is left."""

    transport: Any  # uvloop's is a transport by its methods, but of no class of asyncio's

    def __init__(self, loop: asyncio.AbstractEventLoop, tally: _Tally) -> None:
        self.done: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._tally = tally
        self._talk: Talk | None = None
        self._received = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed a connection that was in use"))

    def send(self, request: bytes) -> None:
        self._sent_at = time.perf_counter()
        self.transport.write(request)

    def take_next(self) -> None:
        """Begin the next talk, if one is left."""
        self._talk = next(self._tally.waiting, None)
        request = None if self._talk is None else next(self._talk, None)
        if request is None:
            self._end()
        else:
            self._send_in_turn(request)

    def data_received(self, data: bytes) -> None:
        if self._received:
            data = self._received + data
        start = _body_of(data)
        if start is None:
            self._received = data
            return
        self._received = b""
        if self._talk is None:  # that was the first answer, which is not measured
            self.done.set_result(None)
            return
        self._tally.note(self._sent_at, int(data[9:12]))
        try:
            request = self._talk.send(data[start:])
        except StopIteration:
            self.take_next()
        else:
            self._send_in_turn(request)

    def _send_in_turn(self, request: bytes) -> None:
        if self._tally.is_over():
            self._end()
        elif self._tally.takes_turn():
            self.send(request)
        else:
            self._loop.call_later(NAP, self._send_in_turn, request)

    def _end(self) -> None:
        self._tally.end()
        self.done.set_result(None)


def _body_of(data: bytes) -> int | None:
    """Where the body of an answer begins; None while it is not there to its end."""
    start = data.find(b"\r\n\r\n") + 4
    if start < 4:
        return None
    if int(data[9:12]) in BODILESS:
        return start
    length = _LENGTH.search(data, 0, start)
    if length is None:
        raise ConnectionError("the server sent an answer without its length")
    return start if len(data) >= start + int(length[1]) else None
