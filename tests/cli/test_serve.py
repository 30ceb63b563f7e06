"""`webstore serve` as a process: it makes a store of an empty folder, answers, keeps what it told, and stops."""

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.processes import ask, environment, once_up, run, serving
from tests.databases import new_postgresql_database
from tests.factories import DELIVERY
from webstore_kit.server import default_workers


def test_an_empty_folder_becomes_a_store_with_a_demo(tmp_path: Path) -> None:
    with serving("--demo", cwd=tmp_path) as (address, _process):
        page = once_up(lambda: ask(f"{address}/api/product/all/?ordering=-price"))
        assert (page["count"], page["pages"]) == (72, 8)
        photo = page["result"][0]["photo"]
        assert photo.startswith(f"{address}/media/products/")
        with urllib.request.urlopen(photo, timeout=20) as picture:
            assert picture.read(8) == b"\x89PNG\r\n\x1a\n"
        with urllib.request.urlopen(address, timeout=20) as shop:
            assert b"<title>Demo shop</title>" in shop.read()
    for name in ("secret.key", "store.sqlite3"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media", "secret.key", "store.sqlite3"]


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_order_that_was_told_is_there_after_a_kill(
    tmp_path: Path, request: pytest.FixtureRequest, database: str, workers: str
) -> None:
    variables = {}
    if database == "postgresql":
        variables["WEBSTORE_DATABASE_URL"] = new_postgresql_database(request.getfixturevalue("server_url"))
    with serving("--demo", "--workers", workers, cwd=tmp_path, **variables) as (address, process):
        token = once_up(lambda: ask(f"{address}/api/customer/create/", "POST"))["customer_token"]
        ask(f"{address}/api/order/cart/update/", "POST", {"token": token, "product_id": 1, "quantity": 2})
        order = ask(f"{address}/api/order/finalize/", "PUT", {**DELIVERY, "token": token})
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
    with serving(cwd=tmp_path, **variables) as (address, _process):
        again = once_up(lambda: ask(f"{address}/api/order/finalize/", "PUT", {**DELIVERY, "token": token}))
        assert again == order
        assert ask(f"{address}/api/product/get/1/")["quantity"] == 12 - 2


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        failed = run("serve", "--port", port, cwd=tmp_path)
    assert failed.returncode == 1
    assert failed.stderr == (
        f"Error: Port {port} on 127.0.0.1 is in use. Stop what uses it, or choose another with --port.\n"
    )


def test_a_front_end_that_is_not_there_is_told(tmp_path: Path) -> None:
    failed = run("serve", "--demo", cwd=tmp_path, WEBSTORE_STOREFRONT="front")
    assert failed.returncode == 1
    assert failed.stderr == f"Error: storefront is wrong: there is no file index.html in {tmp_path / 'front'}.\n"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_is_told_to_stop_stops(tmp_path: Path, workers: str) -> None:
    with serving("--workers", workers, cwd=tmp_path) as (address, process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)


def test_workers_end_with_the_process_that_looks_after_them(tmp_path: Path) -> None:
    with serving("--workers", "2", cwd=tmp_path) as (address, process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        process.kill()
        process.wait(timeout=20)
        assert ended(process.pid, within=20)


def ended(group: int, within: float) -> bool:
    """Whether no process of the group is there any more, after so many seconds at most."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_as_many_processes_serve_as_there_are_cores(tmp_path: Path) -> None:
    cores = default_workers()
    command = [sys.executable, "-m", "webstore_kit", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(PYTHONUNBUFFERED="1"), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = next(line for line in process.stdout if "process" in line and "threads" in line)
        process.terminate()
    names = "each with uvloop and httptools, 4 threads to read, and up to 32 MB of answers kept; no access log\n"
    assert said == (f"{cores} processes, {names}" if cores > 1 else f"1 process, {names}")


def test_uvicorn_can_be_given_the_factory(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "webstore_kit:create_app",
            "--port",
            port,
            "--log-level",
            "error",
        ],
        cwd=tmp_path,
        env=environment(),
    )
    try:
        assert once_up(lambda: ask(f"http://127.0.0.1:{port}/api/product/brands/all/")) == []
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/order/cart/update/", 413),
        ("POST", "/api/customer/create/", 413),
        ("PUT", "/api/order/finalize/", 413),
        ("GET", "/api/product/all/", 413),
        ("PUT", "/api/product/all/", 405),
        ("POST", "/nothing/", 404),
    ],
)
def test_who_sends_too_much_gets_an_answer_and_no_broken_connection(
    running: str, method: str, path: str, status: int
) -> None:
    connection = http.client.HTTPConnection(running.removeprefix("http://"), timeout=20)
    headers = {"Connection": "close", "Content-Type": "application/json"}
    connection.request(method, path, body=b"x" * 10_000_000, headers=headers)
    answer = connection.getresponse()
    assert (answer.status, list(json.load(answer))) == (status, ["detail"])
    connection.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that several tests ask."""
    with serving(cwd=tmp_path_factory.mktemp("shop")) as (address, _process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        yield address
