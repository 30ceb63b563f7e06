"""The client: a request is sent again, unchanged and to the next server, until it is answered."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from webstore_kit.selftest.client import Client, Request
from webstore_kit.selftest.course import Course
from webstore_kit.selftest.purchases import UNANSWERED
from webstore_kit.selftest.report import Plan
from webstore_kit.selftest.servers import HOST, Server

REQUEST = Request("PUT", "/api/order/finalize/", b'{"token": "x"}')
ORDER = b'{"id": 1, "time_checkout": "2020-01-01T00:00:00.000000Z"}'


class Fake(BaseHTTPRequestHandler):
    """Answers as the list of its server says: a status, or None for a connection that breaks."""

    protocol_version = "HTTP/1.1"
    server: "FakeServer"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, body))
        status = self.server.answers.pop(0)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "0.01")
        self.send_header("Content-Length", str(len(ORDER)))
        self.end_headers()
        self.wfile.write(ORDER)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class FakeServer(ThreadingHTTPServer):
    """A server that gives these answers, one after the other, and remembers what it got."""

    daemon_threads = True

    def __init__(self, answers: Sequence[int | None]) -> None:
        super().__init__((HOST, 0), Fake)
        self.answers = list(answers)
        self.got: list[tuple[str, bytes]] = []


@contextmanager
def listening(*answers: int | None) -> Iterator[FakeServer]:
    server = FakeServer(answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def course() -> Course:
    return Course(Plan())


def client_of(course: Course, folder: Path, *servers: FakeServer) -> Client:
    return Client([Server(server.server_port, folder, {}) for server in servers], course, Random(1))


def test_a_busy_server_is_left_for_the_next_with_the_very_same_request(course: Course, tmp_path: Path) -> None:
    with listening(503) as busy, listening(200) as free:
        client = client_of(course, tmp_path, busy, free)
        answer = client.ask(REQUEST, first=0)
        client.close()
    assert (answer.status, answer.body, answer.is_second_try) == (200, ORDER, False)
    assert busy.got == free.got == [("/api/order/finalize/", b'{"token": "x"}')]
    assert (client.traffic.requests, client.traffic.busy, client.traffic.broken) == (2, 1, 0)
    assert len(client.traffic.waits) == 1


def test_after_a_broken_connection_an_order_that_was_there_before_is_known_as_such(
    course: Course, tmp_path: Path
) -> None:
    with listening(200, 200) as first, listening(None) as second:
        client = client_of(course, tmp_path, first, second)
        at_once = client.ask(REQUEST, first=2)
        again = client.ask(REQUEST, first=1)
        client.close()
    assert (at_once.status, at_once.was_lost_before) == (200, False)
    assert (again.status, again.was_lost_before) == (200, True)
    assert (client.traffic.requests, client.traffic.broken) == (3, 1)


def test_an_answer_that_should_not_be_is_a_fault(course: Course, tmp_path: Path) -> None:
    with listening(500, 404) as server:
        client = client_of(course, tmp_path, server)
        assert client.ask(REQUEST, first=0).status == 500
        assert client.ask(REQUEST, first=0).status == 404
        client.close()
    checks = {check.name: (check.expected, check.found) for check in client.traffic.checks()}
    assert checks == {
        "No answer was a fault of the server (5xx but 503)": (0, 1),
        "No buyer was refused for anything but a shortage": (0, 1),
        "No request stayed without an answer": (0, 0),
    }


def test_who_gives_up_has_no_answer_and_stops_the_others(course: Course, tmp_path: Path) -> None:
    with listening() as gone:
        pass
    with course:
        client = client_of(course, tmp_path, gone)
    assert client.ask(REQUEST, first=0) is UNANSWERED
    assert course.next_visit() is None
    (unanswered,) = [check for check in client.traffic.checks() if not check.holds]
    assert (unanswered.name, unanswered.expected, unanswered.found) == ("No request stayed without an answer", 0, 1)
