"""The client: sends a request over kept connections, from server to server, until it is answered."""

import http.client
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from webstore_kit.core.clock import utc_now
from webstore_kit.selftest.course import Course
from webstore_kit.selftest.purchases import UNANSWERED, Answer
from webstore_kit.selftest.servers import HOST, Server
from webstore_kit.selftest.traffic import Traffic

BUSY = 503
TIMEOUT = 20.0
"""Seconds that one answer may take; a server itself says after five that it is busy."""
PATIENCE = 60.0
"""Seconds until a request that has been sent again and again counts as unanswered."""
LONGEST_PAUSE = 1.0
PAUSE_AFTER_BREAK = 0.2
IDLE = 3.0
"""Seconds after which a connection is not used again: servers close idle ones after five."""
HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Request:
    """A request, the same each time that it is sent."""

    method: str
    path: str
    body: bytes = b""


class Client:
    """One connection to each server, for use by one thread at a time."""

    def __init__(self, servers: Sequence[Server], course: Course, random: Random) -> None:
        self.traffic = Traffic()
        self._servers = servers
        self._course = course
        self._random = random
        self._connections = [http.client.HTTPConnection(HOST, server.port, timeout=TIMEOUT) for server in servers]
        self._used = [0.0] * len(servers)

    def ask(self, request: Request, first: int) -> Answer:
        """The answer that is final, or UNANSWERED; the first server asked is the one of that number."""
        begun, broken = time.monotonic(), False
        for number in itertools.count(first):
            answer = self._try(number % len(self._servers), request)
            if answer.status not in (BUSY, UNANSWERED.status):
                self.traffic.note(f"{request.method} {request.path}", answer, time.monotonic() - begun)
                return replace(answer, is_second_try=broken)
            broken = broken or answer is UNANSWERED
            if time.monotonic() - begun > PATIENCE or self._course.stopped.wait(self._pause(answer)):
                break
        self._course.stopped.set()  # one is enough to fail, and the next would wait as long
        self.traffic.unanswered += 1
        return UNANSWERED

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()

    def _try(self, number: int, request: Request) -> Answer:
        try:
            self._connect(number)
        except OSError:
            return self._give_up(number)
        try:
            with self._servers[number].at_work():
                return self._exchange(number, request)
        except (OSError, http.client.HTTPException):
            self.traffic.broken += 1
            return self._give_up(number)

    def _connect(self, number: int) -> None:
        connection = self._connections[number]
        if time.monotonic() - self._used[number] > IDLE:
            connection.close()
        if connection.sock is None:
            connection.connect()

    def _exchange(self, number: int, request: Request) -> Answer:
        self.traffic.requests += 1
        connection, sent, begun = self._connections[number], utc_now(), time.monotonic()
        connection.request(request.method, request.path, request.body, HEADERS)
        response = connection.getresponse()
        body, retry_after = response.read(), float(response.headers.get("Retry-After", 0))
        self._used[number] = time.monotonic()
        self.traffic.busy += response.status == BUSY
        return Answer(response.status, body, retry_after, sent, seconds=self._used[number] - begun)

    def _give_up(self, number: int) -> Answer:
        self._connections[number].close()
        return UNANSWERED

    def _pause(self, answer: Answer) -> float:
        # Of uneven length, so that not all come back at once.
        longest = min(answer.retry_after, LONGEST_PAUSE) or PAUSE_AFTER_BREAK
        return longest * self._random.uniform(0.5, 1.0)
