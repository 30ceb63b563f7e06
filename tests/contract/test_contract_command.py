"""`webstore contract check` as a person or a script gives it: what it prints, and its exit codes."""

import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route
from typer.testing import CliRunner, Result

from tests.cli.processes import ask, once_up, run, serving
from tests.contract.sabotages import SABOTAGES, each_value, on_json, with_header
from tests.contract.served import Deviating, served
from tests.docs.pages import blocks, text_of
from tests.importing.pictures.server import CERTIFICATE
from webstore_kit import Settings, cli, create_app
from webstore_kit.core.errors import CommandError

Answer = Callable[[socket.socket], None]


def given(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["contract", "check", *arguments], env={"COLUMNS": "160"})


def refusal(*arguments: str) -> str:
    """The sentence of the error that the command ends with."""
    result = given(*arguments)
    assert isinstance(result.exception, CommandError)
    return str(result.exception)


@contextmanager
def answering(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that does so with its first connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    answer(context.wrap_socket(connection, server_side=True) if context else connection)
                except OSError:
                    return  # the client has gone

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http{'s' if context else ''}://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            thread.join(timeout=20)


def test_a_fresh_store_passes_as_the_guide_says(tmp_path: Path) -> None:
    with serving("--demo", cwd=tmp_path) as (address, _process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        checked = run("contract", "check", address, "--json", cwd=tmp_path)
    report = json.loads(checked.stdout)
    assert (checked.returncode, report["differs"], report["unchecked"]) == (0, 0, 0), [
        one for one in report["exchanges"] if one["differences"]
    ]
    assert checked.stderr == "This makes customers, users and carts in the store. It places one order.\n"
    assert report["right"] > 200
    assert (report["skipped"], report["left_out"]) == (1, 3)


def test_a_right_server_is_told_so(address: str) -> None:
    result = given(address, "--only", "CORS")
    assert result.exit_code == 0
    assert "│ CORS    │    14 │         │             │" in result.stdout
    assert "All 14 exchanges are right. (" in result.stdout
    assert result.stderr == ""


def test_what_differs_is_shown_with_the_command_that_asks_again(address: str, deviating: Deviating) -> None:
    deviating.sabotage, finds = SABOTAGES["adds a key"]
    result = given(address, "--only", finds)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:5] == [
        f"✗ Catalogue: {finds}",
        f"  curl -gi {address}/api/product/get/1/",
        "  stock",
        "    expected  nothing",
        "    found     3",
    ]
    assert result.stdout.splitlines()[-1].startswith("1 of 1 exchanges differ from the contract. (")


def test_a_command_names_the_token_that_it_needs_and_how_to_get_it(address: str, deviating: Deviating) -> None:
    deviating.sabotage, finds = SABOTAGES["writes times with an offset"]
    result = given(address, "--only", finds)
    assert result.exit_code == 1
    assert f'curl -gi -H "Authorization: Bearer $ACCESS" {address}/api/customer/getuser/' in result.stdout
    told = result.stdout.splitlines()
    place = told.index("$ACCESS is a token that this answers:")
    assert told[place + 1].endswith(f"{address}/api/jwt/auth/")
    assert "eyJ" not in result.stdout


def test_many_differences_are_cut_short(address: str, deviating: Deviating) -> None:
    deviating.sabotage = with_header("content-type", "text/plain")
    result = given(address, "--only", "Rules", "--read-only")
    assert result.exit_code == 1
    assert result.stdout.count("\n    expected  ") == 25
    assert re.search(
        r"\n✗ Rules for every endpoint: .+\n  --only shows one of them whole, and --json all.\n", result.stdout
    )


def test_many_places_in_one_answer_are_cut_short(address: str, deviating: Deviating) -> None:
    deviating.sabotage = on_json(each_value(lambda value: f"{value}"), "/api/product/brands/get")
    result = given(address, "--only", "A brand has its products")
    assert "\n  and " in result.stdout
    assert result.stdout.count("\n    expected  ") == 5


def test_a_body_that_nothing_was_expected_of_is_shown_beside_a_wrong_status(address: str, deviating: Deviating) -> None:
    deviating.sabotage, finds = SABOTAGES["has no picture"]
    said = given(address, "--only", finds).stdout
    assert '  status\n    expected  200\n    found     404\n  body\n    found     {"detail": "No."}\n' in said


def test_what_could_not_be_checked_is_exit_code_3(settings: Settings) -> None:
    with served(create_app(settings)) as address:
        result = given(address, "--only", "Lists")
    assert result.exit_code == 3
    assert "Not checked: The store has no list of products that can be read.\n" in result.stdout
    assert "exchanges could not be checked; the others are right." in result.stdout


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("localhost:8000", "It has to begin with http:// or https:// and a host."),
        ("ftp://example.com", "It has to begin with http:// or https:// and a host."),
        ("http://", "It has to begin with http:// or https:// and a host."),
        ("http://ann:secret@example.com", "It is an address alone: no user, no query, no fragment."),
        ("http://example.com/?a=b", "It is an address alone: no user, no query, no fragment."),
        ("http://example.com:port", "It is no URL."),
    ],
)
def test_a_url_that_is_none_is_wrong_usage(url: str, problem: str) -> None:
    result = given(url)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert given("http://127.0.0.1:1", "--public-url", url).exit_code == 2
    assert given("http://127.0.0.1:1", "--origin", url).exit_code == 2


def test_a_page_for_people_is_no_store() -> None:
    async def page(_: object) -> HTMLResponse:
        return HTMLResponse("<h1>Hello</h1>")

    with served(Starlette(routes=[Route("/{path:path}", page)])) as address:
        assert refusal(address) == (
            f"There is no store at {address}: GET {address}/api/product/all/ was answered 200, HTML. "
            "Give the address that stands before /api/."
        )


def test_a_redirect_says_where_to(address: str) -> None:
    async def elsewhere(_: object) -> RedirectResponse:
        return RedirectResponse("https://shop.example.com/api/product/all/", 301)

    with served(Starlette(routes=[Route("/{path:path}", elsewhere)])) as other:
        said = refusal(other)
    assert "was answered 301, a redirect to https://shop.example.com/api/product/all/." in said
    assert "was answered 404." in refusal(f"{address}/api")


def test_nobody_at_the_address_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = refusal(f"http://127.0.0.1:{port}")
    assert said.startswith(f"There is no store to check: GET http://127.0.0.1:{port}/api/product/all/ was not sent, as")


def test_a_server_that_hangs_is_given_up() -> None:
    def hang(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with answering(hang) as address:
        assert refusal(address, "--timeout", "0.3").endswith("was not answered within 0.3 seconds.")


def test_an_answer_that_never_ends_is_given_up() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            connection.sendall(b" " * 65536)

    with answering(drip) as address:
        said = refusal(address, "--timeout", "0.3")
    assert "seconds." in said or "MB." in said


def test_what_is_no_http_is_told() -> None:
    def greet(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"220 mail.example.com ESMTP\r\n")

    with answering(greet) as address:
        assert "was answered with something that is not whole, or not HTTP" in refusal(address)


def test_a_certificate_that_nobody_vouches_for_is_told() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with answering(lambda connection: None, context) as address:
        assert "was not sent, as the certificate is not valid: self" in refusal(address)


def test_a_server_without_tls_is_told(address: str) -> None:
    assert "was not sent, as there is no TLS: " in refusal(address.replace("http:", "https:"))


def test_the_report_that_the_guide_shows_is_what_is_printed(address: str, deviating: Deviating) -> None:
    deviating.sabotage, _ = SABOTAGES["writes money as a number in the cart"]
    said = given(address, "--only", "The cart lists its line").stdout.replace(address, "http://127.0.0.1:8000")
    (shown,) = blocks(text_of("guides/contract.md"), "text")
    assert _meaning(said) == _meaning(shown.text)


def _meaning(report: str) -> str:
    """The report without what is another each time."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<uuid>", re.sub(r"\(\d+\.\d s\)", "<time>", report)).strip()
