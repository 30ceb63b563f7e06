"""Where pictures are fetched from: the addresses that are asked, and those that are not."""

import ssl
from collections.abc import Sequence
from typing import Any

import pytest

import webstore_kit
from tests.importing.pictures.asking import HERE, LARGEST, named, reason, redirect
from tests.importing.pictures.server import CERTIFICATE, Pictures, serving
from webstore_kit.importing.pictures.fetching import Fetcher, is_address


def test_a_picture_is_fetched_by_a_client_that_says_who_it_is(server: Pictures, fetcher: Fetcher) -> None:
    server.pages["/a%20mug.jpg?v=1"] = b"mug"
    assert fetcher.fetch(server.url("/a mug.jpg?v=1#top")) == b"mug"
    assert server.headers_seen == [
        {
            "Host": f"127.0.0.1:{server.port}",
            "User-Agent": f"webstore-kit/{webstore_kit.__version__}",
            "Accept": "image/*",
            "Accept-Encoding": "identity",
        }
    ]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "127.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "224.0.1.1",
    ],
)
def test_a_private_address_is_not_asked_however_it_is_written(server: Pictures, host: str) -> None:
    with Fetcher(LARGEST) as fetcher:
        assert reason(fetcher, f"http://{host}:{server.port}/").endswith(
            "is in a private network; to allow it, name it in the setting picture_private_hosts"
        )
    assert server.asked == []


def test_a_host_is_not_asked_if_one_of_its_addresses_is_private(server: Pictures) -> None:
    with Fetcher(LARGEST, resolve=lambda *_: ["93.184.216.34", "127.0.0.1"]) as fetcher:
        assert reason(fetcher, named(server, "/")).startswith("pictures.example is in a private network")
    assert server.asked == []


def test_a_name_is_resolved_once_and_connected_to_as_it_was_checked(server: Pictures) -> None:
    server.pages["/mug"] = b"mug"
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked_for = []

    def resolve(*asked: Any) -> Sequence[str]:
        asked_for.append(asked)
        return answers.pop(0)

    with Fetcher(LARGEST, HERE, resolve=resolve) as fetcher:
        assert fetcher.fetch(named(server, "/mug")) == b"mug"
    assert asked_for == [("pictures.example", server.port)]
    assert server.headers_seen[0]["Host"] == f"pictures.example:{server.port}"


def test_an_address_that_is_dead_leaves_time_for_the_next_one(server: Pictures) -> None:
    server.pages["/mug"] = b"mug"
    with Fetcher(LARGEST, ["127.0.0.0/8"], resolve=lambda *_: ["127.0.0.9", "127.0.0.1"]) as fetcher:
        assert fetcher.fetch(named(server, "/mug")) == b"mug"


def test_over_tls_the_certificate_has_to_be_that_of_the_name() -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    with serving(tls=True) as server:
        server.pages["/mug"] = b"mug"
        with Fetcher(LARGEST, HERE, resolve=lambda *_: HERE, ssl_context=trusting) as fetcher:
            assert fetcher.fetch(named(server, "/mug", "https")) == b"mug"
            assert (
                reason(fetcher, f"https://other.example:{server.port}/mug") == "other.example has no valid certificate"
            )


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(pauses: list[float]) -> None:
    with (
        serving(tls=True) as server,
        Fetcher(LARGEST, HERE, resolve=lambda *_: HERE, pause=pauses.append) as fetcher,
    ):
        assert reason(fetcher, named(server, "/mug", "https")) == "pictures.example has no valid certificate"
    assert pauses == []


def test_no_proxy_of_the_environment_is_used(server: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages["/mug"] = b"mug"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Fetcher(LARGEST, HERE) as fetcher:
        assert fetcher.fetch(server.url("/mug")) == b"mug"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server: Pictures, fetcher: Fetcher, status: int) -> None:
    server.pages["/old"] = redirect("new?v=2", status)
    server.pages["/new?v=2"] = b"mug"
    assert fetcher.fetch(server.url("/old")) == b"mug"


def test_five_redirects_are_followed_and_no_more(server: Pictures, fetcher: Fetcher) -> None:
    server.pages |= {f"/{number}": redirect(f"/{number + 1}") for number in range(6)}
    server.pages["/6"] = b"mug"
    assert fetcher.fetch(server.url("/1")) == b"mug"
    assert reason(fetcher, server.url("/0")) == "it is redirected more than 5 times"


def test_a_circle_of_redirects_ends(server: Pictures, fetcher: Fetcher) -> None:
    server.pages["/here"] = redirect("/there")
    server.pages["/there"] = redirect("/here")
    assert reason(fetcher, server.url("/here")) == "it is redirected more than 5 times"
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("http://127.0.0.2:{port}/secret", "127.0.0.2 is in a private network; "),
        ("//[::1]:{port}/secret", "::1 is in a private network; "),
        ("http://169.254.169.254/latest/", "169.254.169.254 is in a private network; "),
        ("file:///etc/passwd", "only addresses that begin with http:// or https:// are fetched"),
        ("gopher://127.0.0.1/", "only addresses that begin with http:// or https:// are fetched"),
        ("http://ann:pw@127.0.0.1:{port}/secret", "its address holds a user name or a password"),
        ("http://127.0.0.1:99999/", "it is no valid address"),
    ],
)
def test_a_redirect_leads_nowhere_that_an_address_may_not(
    server: Pictures, fetcher: Fetcher, location: str, told: str
) -> None:
    server.pages["/mug"] = redirect(location.format(port=server.port))
    assert reason(fetcher, server.url("/mug")).startswith(told)
    assert server.asked == ["/mug"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ftp://example.com/a.jpg", "only addresses that begin with http:// or https:// are fetched"),
        ("file:///etc/passwd", "only addresses that begin with http:// or https:// are fetched"),
        ("data:image/png;base64,AAAA", "only addresses that begin with http:// or https:// are fetched"),
        ("http://ann:pw@example.com/", "its address holds a user name or a password"),
        ("http://ann@example.com/", "its address holds a user name or a password"),
        ("http:///a.jpg", "it is no valid address"),
        ("http://example.com:99999/", "it is no valid address"),
        ("http://example.com:x/", "it is no valid address"),
        ("http://exa\x00mple.com/", "it is no valid address"),
        ("http://[::1/", "it is no valid address"),
        ("http://0177.0.0.1/", "it is no valid address"),
        ("http://a..example/", "there is no host a..example"),
        (f"http://{'a' * 64}.example/", f"there is no host {'a' * 64}.example"),
        ("http://[fe80::1%25eth0]/", "it is no valid address"),
        ("http://%6c%6f%63%61%6c%68%6f%73%74/", "it is no valid address"),
    ],
    ids=lambda value: value[:40].encode("unicode_escape").decode() if isinstance(value, str) else None,
)
def test_an_address_that_cannot_be_fetched_is_told_at_once(
    fetcher: Fetcher, pauses: list[float], address: str, told: str
) -> None:
    assert reason(fetcher, address) == told
    assert pauses == []


def test_an_address_without_a_scheme_is_https() -> None:
    asked_for: list[Any] = []

    def resolve(*asked: Any) -> Sequence[str]:
        asked_for.append(asked)
        return ["10.0.0.1"]

    with Fetcher(LARGEST, resolve=resolve) as fetcher:
        reason(fetcher, "//cdn.example/mug.jpg")
    assert asked_for == [("cdn.example", 443)]


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("http://example.com/a.jpg", True),
        ("HTTPS://example.com/a.jpg", True),
        ("//example.com/a.jpg", True),
        ("ftp://example.com/a.jpg", True),
        ("file:///etc/passwd", True),
        ("data:image/png;base64,AAAA", True),
        ("mugs/a.jpg", False),
        ("C:\\mugs\\a.jpg", False),
        ("a: the mug.jpg", False),
        ("/mugs/a.jpg", False),
    ],
)
def test_an_address_is_told_from_the_name_of_a_file(source: str, *, address: bool) -> None:
    assert is_address(source) is address
