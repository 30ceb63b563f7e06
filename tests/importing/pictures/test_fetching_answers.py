"""What hosts answer: sizes and encodings; how many requests they are sent; and the end of fetching."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.importing.pictures.asking import HERE, LARGEST, in_turn, reason, refused
from tests.importing.pictures.server import Pictures, Visit
from webstore_kit.importing.pictures.errors import Stopped
from webstore_kit.importing.pictures.fetching import Fetcher, Patience

BROKEN_OFF = "the connection to 127.0.0.1 breaks off"
TOO_LARGE = "it is larger than 1,000 bytes (the setting picture_max_size)"


def test_a_picture_that_says_it_is_too_large_is_not_read(server: Pictures, fetcher: Fetcher) -> None:
    server.pages["/mug"] = lambda visit: visit.answer(200, b"", {"Content-Length": "1001"})
    server.pages["/larger"] = lambda visit: visit.answer(200, b"", {"Content-Length": "9" * 20})
    assert reason(fetcher, server.url("/mug")) == TOO_LARGE
    assert reason(fetcher, server.url("/larger")) == TOO_LARGE


def test_a_picture_of_the_largest_size_is_taken(server: Pictures, fetcher: Fetcher) -> None:
    server.pages["/mug"] = b"x" * LARGEST
    assert fetcher.fetch(server.url("/mug")) == b"x" * LARGEST


def test_a_picture_that_does_not_say_how_large_it_is_is_read_up_to_the_limit(
    server: Pictures, fetcher: Fetcher
) -> None:
    def chunked(visit: Visit) -> None:
        visit.send_response_only(200)
        visit.send_header("Transfer-Encoding", "chunked")
        visit.end_headers()
        visit.drip(b"190\r\n" + b"x" * 400 + b"\r\n")

    def until_the_end(visit: Visit) -> None:
        visit.send_response_only(200)
        visit.end_headers()
        visit.drip(b"x" * 400)

    server.pages |= {"/chunked": chunked, "/until-the-end": until_the_end}
    assert reason(fetcher, server.url("/chunked")) == TOO_LARGE
    assert reason(fetcher, server.url("/until-the-end")) == TOO_LARGE


def test_a_picture_that_ends_before_its_length_is_no_picture(
    server: Pictures, fetcher: Fetcher, pauses: list[float]
) -> None:
    def short(visit: Visit) -> None:
        visit.close_connection = True
        visit.answer(200, b"mug", {"Content-Length": "30"})

    server.pages["/mug"] = short
    assert reason(fetcher, server.url("/mug")) == BROKEN_OFF
    assert len(pauses) == 3


def test_what_a_host_sends_behind_the_length_is_no_part_of_the_picture(server: Pictures, fetcher: Fetcher) -> None:
    server.pages["/mug"] = lambda visit: visit.answer(200, b"mug and more", {"Content-Length": "3"})
    assert fetcher.fetch(server.url("/mug")) == b"mug"


def test_an_answer_that_is_packed_unasked_is_not_unpacked(server: Pictures, fetcher: Fetcher) -> None:
    bomb = gzip.compress(b"\0" * 500_000)
    assert len(bomb) < LARGEST
    server.pages["/mug"] = lambda visit: visit.answer(200, bomb, {"Content-Encoding": "gzip"})
    assert reason(fetcher, server.url("/mug")) == "the host packs its answer in a way that was not asked for"


def test_an_answer_that_is_no_http_is_tried_again(server: Pictures, fetcher: Fetcher, pauses: list[float]) -> None:
    def rubbish(visit: Visit) -> None:
        visit.close_connection = True
        visit.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")

    server.pages["/mug"] = in_turn(rubbish, b"mug")
    assert fetcher.fetch(server.url("/mug")) == b"mug"
    assert pauses == [1.0]


def test_a_host_is_asked_for_four_pictures_at_the_same_time(server: Pictures, fetcher: Fetcher) -> None:
    four_are_there = threading.Barrier(4)
    at_once, most = 0, 0

    def counted(visit: Visit) -> None:
        nonlocal at_once, most
        with server.lock:
            at_once += 1
            most = max(most, at_once)
        four_are_there.wait(5)
        with server.lock:
            at_once -= 1
        visit.answer(200, b"mug")

    server.pages["/mug"] = counted
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(fetcher.fetch, [server.url("/mug")] * 8)) == [b"mug"] * 8
    assert most == 4


def test_a_host_that_is_down_is_not_asked_for_every_picture(server: Pictures, pauses: list[float]) -> None:
    server.pages["/mug"] = refused(503)
    with Fetcher(LARGEST, HERE, Patience(tries=1), pause=pauses.append) as fetcher:
        told = {reason(fetcher, server.url("/mug")) for _ in range(20)}
        assert told == {"127.0.0.1 answers 503 Service Unavailable"}
        assert reason(fetcher, server.url("/mug")) == (
            f"127.0.0.1:{server.port} was not asked, as 20 pictures in a row failed there"
        )
    assert len(server.asked) == 20


def test_a_host_that_answers_in_between_is_not_down(server: Pictures) -> None:
    server.pages |= {"/mug": refused(503), "/cup": refused(404)}
    with Fetcher(LARGEST, HERE, Patience(tries=1)) as fetcher:
        for path in ["/mug"] * 19 + ["/cup"] + ["/mug"] * 19 + ["/cup"]:
            assert "was not asked" not in reason(fetcher, server.url(path))


def test_what_is_under_way_ends_when_it_is_told_to_stop(server: Pictures) -> None:
    under_way = threading.Event()

    def silent(visit: Visit) -> None:
        under_way.set()
        visit.drip(b"")

    server.pages["/mug"] = silent
    with Fetcher(LARGEST, HERE) as fetcher, ThreadPoolExecutor(1) as threads:
        fetching = threads.submit(fetcher.fetch, server.url("/mug"))
        under_way.wait(5)
        fetcher.stopped.set()
        with pytest.raises(Stopped):
            fetching.result(5)


def test_nothing_is_begun_after_it_was_told_to_stop(server: Pictures, fetcher: Fetcher) -> None:
    fetcher.stopped.set()
    with pytest.raises(Stopped):
        fetcher.fetch(server.url("/mug"))
    assert server.asked == []


def test_a_pause_ends_when_it_is_told_to_stop(server: Pictures) -> None:
    refused_once = threading.Event()

    def busy(visit: Visit) -> None:
        visit.answer(503, headers={"Retry-After": "30"})
        refused_once.set()

    server.pages["/mug"] = busy
    with Fetcher(LARGEST, HERE) as fetcher, ThreadPoolExecutor(1) as threads:
        fetching = threads.submit(fetcher.fetch, server.url("/mug"))
        refused_once.wait(5)
        fetcher.stopped.set()
        with pytest.raises(Stopped):
            fetching.result(5)
