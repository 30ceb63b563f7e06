"""The client: asks a server from many connections at once, and takes the time of each answer.

It runs in a process of its own, so that it shares no interpreter with what it measures. Requests are bytes that are
made before the clock starts; of an answer it reads the status and the length, and no more.
"""

import asyncio
import gc
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import uvloop

from benchmarks.figures import Outcome

Talk = Generator[bytes, bytes, None]
"""What one buyer sends, request after request; it is given the body of each answer."""
LONGEST_RUN = 120
"""Seconds after which a measurement is given up."""
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
    yield request.wire()


class Client:
    """The other process."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def ask(self, address: str, connections: int, talks: Callable[[], Sequence[Talk]]) -> Outcome:
        """Hold all the talks; each connection takes the next one as soon as it is done with one.

        The function is sent to the other process, so it is one of a module, or a `partial` of one.
        """
        return self._pool.submit(_run, address, connections, talks).result()


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


def _run(address: str, connections: int, talks: Callable[[], Sequence[Talk]]) -> Outcome:
    return uvloop.run(_hold(address, connections, talks()))


async def _hold(address: str, connections: int, talks: Sequence[Talk]) -> Outcome:
    waiting = iter(talks)
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    async with asyncio.timeout(LONGEST_RUN):
        lines = [await _connected(address, waiting, latencies, statuses) for _ in range(connections)]
        latencies.clear()
        statuses.clear()
        with no_collections():
            started, spent = time.perf_counter(), time.process_time()
            for line in lines:
                line.take_next()
            await asyncio.gather(*(line.done for line in lines))
            seconds, own_seconds = time.perf_counter() - started, time.process_time() - spent
    for line in lines:
        line.transport.close()
    return Outcome(seconds, latencies, statuses, own_seconds)


async def _connected(
    address: str, waiting: Iterator[Talk], latencies: list[float], statuses: Counter[int]
) -> "_Connection":
    """A connection that has had its first answer; one comes after another, as in life, so that all workers get some."""
    loop, url = asyncio.get_running_loop(), urlsplit(address)
    _, line = await loop.create_connection(
        lambda: _Connection(loop, waiting, latencies, statuses), url.hostname or "", url.port or 0
    )
    line.send(FIRST)
    await line.done
    line.done = loop.create_future()
    return line


class _Connection(asyncio.Protocol):
    """One connection; `done` once it has had its answer and no talk is left."""

    transport: Any  # uvloop's is a transport by its methods, but of no class of asyncio's

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        waiting: Iterator[Talk],
        latencies: list[float],
        statuses: Counter[int],
    ) -> None:
        self.done: asyncio.Future[None] = loop.create_future()
        self._waiting = waiting
        self._latencies = latencies
        self._statuses = statuses
        self._talk: Talk | None = None
        self._received = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed a connection that was in use"))

    def send(self, request: bytes) -> None:
        self._sent_at = time.perf_counter()
        self.transport.write(request)

    def take_next(self) -> None:
        """Begin the next talk, if one is left."""
        self._talk = next(self._waiting, None)
        if self._talk is None:
            self.done.set_result(None)
        else:
            self.send(next(self._talk))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or length is None or len(body) < int(length[1]):
            return
        self._latencies.append(time.perf_counter() - self._sent_at)
        self._statuses[int(head[9:12])] += 1
        self._received = b""
        self._go_on(body)

    def _go_on(self, body: bytes) -> None:
        if self._talk is None:  # that was the first answer, which is not measured
            self.done.set_result(None)
            return
        try:
            request = self._talk.send(body)
        except StopIteration:
            self.take_next()
        else:
            self.send(request)
