"""A store that two worker processes serve, a way to ask each of them, and a bare SQL shell in a process of its own."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from tests.cli.processes import ask, once_up, serving
from tests.databases import migrated, new_postgresql_database, settings_for
from webstore_kit import Settings, Store

SHELL = Path(__file__).with_name("shell.py")
HOST = "shop.example"


@dataclass(frozen=True)
class Answer:
    """What a worker answered."""

    status: int
    etag: str | None
    body: bytes

    @property
    def json(self) -> Any:
        """The body as the values it says."""
        return json.loads(self.body)


class Worker:
    """A connection to one of the worker processes, which stays with it."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
        self._connection.connect()
        self._connection.auto_open = 0  # a connection that is lost is an error; a new one may lead to another worker

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for the path."""
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request, with JSON in it."""
        sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            sent["Content-Type"] = "application/json"
        self._connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = self._connection.getresponse()
        return Answer(answer.status, answer.getheader("ETag"), answer.read())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def both_workers(address: str, server: int) -> Iterator[list[Worker]]:
    """A connection to each of the two worker processes of the server.

    Who accepts a connection is up to the system, and one worker may well accept all. So each gets its connection while
    the other one is stopped, and cannot accept any.
    """
    with ExitStack() as stack:
        workers = []
        for here, other in permutations(_worker_processes(server)):
            _stop(other)
            try:
                workers.append(stack.enter_context(closing(Worker(address))))
                assert workers[-1].get("/api/product/brands/all/").status == 200
            finally:
                other.resume()
            assert here.is_running()
        yield workers


def _worker_processes(server: int) -> list[psutil.Process]:
    end = time.monotonic() + 20
    while True:
        # Beside the workers there may be a process that Python itself starts, to tidy up after them.
        found = [each for each in psutil.Process(server).children() if "spawn_main" in " ".join(each.cmdline())]
        if len(found) == 2:
            return found
        assert time.monotonic() < end, f"there are {len(found)} workers"
        time.sleep(0.01)


def _stop(process: psutil.Process) -> None:
    process.suspend()
    while process.status() != psutil.STATUS_STOPPED:
        time.sleep(0.001)


class Shell:
    """A bare SQL shell in a process of its own."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SHELL), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._said() == "done"

    def __call__(self, sql: str) -> None:
        """Run the SQL; once this returns, it is done."""
        said = self.tries(sql)
        assert said == "done", said

    def tries(self, sql: str) -> str:
        """Run the SQL, and answer `done` or the error."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(sql) + "\n")
        self._process.stdin.flush()
        return self._said()

    def close(self) -> None:
        """End the process, with whatever it has not committed."""
        self._process.communicate(timeout=20)

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@dataclass(frozen=True)
class Shop:
    """A store that is served: the store for services, a shell for bare SQL, and its workers."""

    settings: Settings
    store: Store
    shell: Shell
    workers: list[Worker]
    address: str
    server: int
    """The process that started the workers."""

    def seen(self, path: str, **headers: str) -> list[Answer]:
        """What each worker answers, one after the other."""
        return [worker.get(path, **headers) for worker in self.workers]

    def values(self, path: str, name: str) -> list[Any]:
        """The value of that name in what each worker answers."""
        return [answer.json[name] for answer in self.seen(path)]


def new_database(directory: Path, server_url: str | None) -> Settings:
    """Settings of an empty store that is migrated: on that PostgreSQL server, or in an SQLite file."""
    return migrated(
        settings_for(directory, new_postgresql_database(server_url)) if server_url else settings_for(directory)
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables by which a command finds the store."""
    return {
        "WEBSTORE_DATABASE_URL": settings.database_url,
        "WEBSTORE_SECRET_KEY": settings.secret_key.get_secret_value(),
    }


def shell_of(settings: Settings) -> Shell:
    """A shell for the store's database."""
    is_sqlite = settings.database_url.startswith("sqlite")
    return Shell(str(settings.directory / "store.sqlite3") if is_sqlite else settings.database_url)


@contextmanager
def served(settings: Settings) -> Iterator[Shop]:
    """The store, served by two workers, until the end or until they are killed."""
    with ExitStack() as stack:
        server = stack.enter_context(serving("--workers", "2", cwd=settings.directory, **environment_of(settings)))
        address, process = server
        once_up(partial(ask, f"{address}/api/product/brands/all/"))
        store = stack.enter_context(closing(Store(settings)))
        shell = stack.enter_context(closing(shell_of(settings)))
        workers = stack.enter_context(both_workers(address, process.pid))
        yield Shop(settings, store, shell, workers, address, process.pid)
