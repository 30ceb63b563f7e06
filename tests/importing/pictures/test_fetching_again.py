"""How often a picture is asked for, and how long it is waited for."""

import contextlib
import email.utils
import socket
import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.importing.pictures.asking import HERE, LARGEST, in_turn, reason, refused
from tests.importing.pictures.server import Page, Pictures, Visit
from webstore_kit.importing.pictures.fetching import Fetcher, Patience

QUICK = Patience(connect=1.0, read=0.1, total=0.3)


@pytest.mark.parametrize(
    ("status", "told"),
    [(404, "404 Not Found"), (403, "403 Forbidden"), (410, "410 Gone"), (204, "204 No Content"), (444, "444")],
)
def test_a_picture_that_is_not_there_is_asked_for_once(
    server: Pictures, fetcher: Fetcher, pauses: list[float], status: int, told: str
) -> None:
    server.pages["/mug?token=secret"] = refused(status)
    assert reason(fetcher, server.url("/mug?token=secret")) == f"127.0.0.1 answers {told}"
    assert (len(server.asked), pauses) == (1, [])


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_fault_that_may_pass_is_tried_again_after_growing_pauses(
    server: Pictures, fetcher: Fetcher, pauses: list[float], status: int
) -> None:
    server.pages["/mug"] = in_turn(refused(status), refused(status), b"mug")
    assert fetcher.fetch(server.url("/mug")) == b"mug"
    assert pauses == [1.0, 2.0]


def test_a_fault_that_stays_is_told_after_four_tries(server: Pictures, fetcher: Fetcher, pauses: list[float]) -> None:
    server.pages["/mug"] = refused(503)
    assert reason(fetcher, server.url("/mug")) == "127.0.0.1 answers 503 Service Unavailable"
    assert (len(server.asked), pauses) == (4, [1.0, 2.0, 4.0])


@pytest.mark.parametrize(
    ("asked_for", "pause"),
    [("7", 7.0), ("0", 0.0), ("86400", 30.0), ("9" * 400, 30.0), ("soon", 1.0), ("-1", 1.0)],
    ids=["seven", "none", "a day", "for ever", "no number", "less than none"],
)
def test_a_host_is_left_alone_as_long_as_it_asks_for_up_to_a_bound(
    server: Pictures, fetcher: Fetcher, pauses: list[float], asked_for: str, pause: float
) -> None:
    server.pages["/mug"] = in_turn(refused(429, Retry_After=asked_for), b"mug")
    assert fetcher.fetch(server.url("/mug")) == b"mug"
    assert pauses == [pause]


@pytest.mark.parametrize(("ahead", "least", "most"), [(20, 15.0, 20.0), (-20, 0.0, 0.0), (3600, 30.0, 30.0)])
def test_a_host_may_ask_for_a_pause_until_a_time(
    server: Pictures, fetcher: Fetcher, pauses: list[float], ahead: int, least: float, most: float
) -> None:
    until = email.utils.formatdate(time.time() + ahead, usegmt=True)
    server.pages["/mug"] = in_turn(refused(503, Retry_After=until), b"mug")
    assert fetcher.fetch(server.url("/mug")) == b"mug"
    assert len(pauses) == 1
    assert least <= pauses[0] <= most


def test_a_host_that_nobody_listens_at_is_tried_again(fetcher: Fetcher, pauses: list[float]) -> None:
    with contextlib.closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        told = reason(fetcher, f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert (told, len(pauses)) == ("127.0.0.1 cannot be reached", 3)


@pytest.mark.parametrize(
    ("number", "told", "tries"),
    [
        (socket.EAI_NONAME, "there is no host shop.example", 1),
        (socket.EAI_AGAIN, "shop.example cannot be reached", 4),
    ],
    ids=["no such name", "no answer"],
)
def test_a_name_that_may_be_known_later_is_tried_again(pauses: list[float], number: int, told: str, tries: int) -> None:
    def resolve(*_: Any) -> Sequence[str]:
        raise socket.gaierror(number, "as the resolver says")

    with Fetcher(LARGEST, resolve=resolve, pause=pauses.append) as fetcher:
        assert reason(fetcher, "http://shop.example/") == told
    assert len(pauses) == tries - 1


def endless_body(visit: Visit) -> None:
    visit.send_response_only(200)
    visit.send_header("Content-Length", "900")
    visit.end_headers()
    visit.drip(b"x")


def endless_headers(visit: Visit) -> None:
    visit.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    visit.drip(b"x")


def endless_hints(visit: Visit) -> None:
    visit.drip(b"HTTP/1.1 103 Early Hints\r\n\r\n")


@pytest.mark.parametrize("page", [endless_body, endless_headers, endless_hints])
def test_a_host_that_sends_for_ever_is_given_up_when_the_time_is_over(
    server: Pictures, pauses: list[float], page: Page
) -> None:
    server.pages["/mug"] = page
    with Fetcher(LARGEST, HERE, QUICK, pause=pauses.append) as fetcher:
        assert reason(fetcher, server.url("/mug")) == "it took longer than 0.3 seconds"
    assert (len(server.asked), pauses) == (1, [])


def test_a_host_that_falls_silent_is_tried_again(server: Pictures, pauses: list[float]) -> None:
    server.pages["/mug"] = in_turn(lambda visit: visit.drip(b""), b"mug")
    with Fetcher(LARGEST, HERE, QUICK, pause=pauses.append) as fetcher:
        assert fetcher.fetch(server.url("/mug")) == b"mug"
    assert pauses == [1.0]


def test_all_tries_of_a_picture_share_its_time(server: Pictures, pauses: list[float]) -> None:
    server.pages["/mug"] = lambda visit: visit.drip(b"")
    with Fetcher(LARGEST, HERE, Patience(read=0.1, total=0.15), pause=pauses.append) as fetcher:
        assert reason(fetcher, server.url("/mug")) == "it took longer than 0.15 seconds"
    assert len(server.asked) == 2
