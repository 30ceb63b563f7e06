"""Servers and databases: what is measured, started for one run in scratch folders, and gone after it."""

import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.cli.processes import ask, once_up, serving
from tests.databases import migrated, new_postgresql_database, postgresql_server, settings_for
from tests.factories import SECRET
from webstore_kit import Settings, Store

DATABASES = ("sqlite", "postgresql")
NUMBERS: dict[str, Any] = {"order_number_prefix": "BENCHMARK-", "order_number_start": 1}
"""How the orders are numbered: so that a number in a recorded statement is known for one."""
_numbers = itertools.count(1)


class Template:
    """A migrated database with data in it. Each side of a comparison works on a copy, so that all start alike."""

    def __init__(self, directory: Path, server_url: str | None, fill: Callable[[Store], None]) -> None:
        self.directory = directory
        self._server_url = server_url
        url = None if server_url is None else new_postgresql_database(server_url)
        self.settings = migrated(self._in_new_folder(url))
        """Those of the original, for who only reads."""
        store = Store(self.settings)
        fill(store)
        store.close()

    def copy(self) -> Settings:
        """The settings of a store on a new copy."""
        if self._server_url is not None:
            return self._in_new_folder(_copied(self._server_url, self.settings.database_url))
        settings = self._in_new_folder(None)
        shutil.copyfile(self.settings.directory / "store.sqlite3", settings.directory / "store.sqlite3")
        return settings

    def _in_new_folder(self, database_url: str | None) -> Settings:
        directory = self.directory / str(next(_numbers))
        directory.mkdir()
        return settings_for(directory, database_url or "sqlite:///store.sqlite3", **NUMBERS)


@contextmanager
def template(database: str, fill: Callable[[Store], None]) -> Iterator[Template]:
    """A template on SQLite or PostgreSQL; its copies are gone with the block, and so is the PostgreSQL server."""
    server = postgresql_server() if database == "postgresql" else nullcontext()
    with tempfile.TemporaryDirectory(prefix="webstore-benchmark-") as directory, server as server_url:
        yield Template(Path(directory), server_url, fill)


class Server(NamedTuple):
    """A server that is up, and the process that was started for it."""

    address: str
    pid: int


@contextmanager
def served(settings: Settings, workers: int, **others: object) -> Iterator[Server]:
    """A `webstore serve` with that many workers, all of them up, and with these settings beside the store's own."""
    variables = {"DATABASE_URL": settings.database_url, "SECRET_KEY": SECRET, **NUMBERS, **others}
    environment = {f"WEBSTORE_{name.upper()}": str(value) for name, value in variables.items()}
    started = time.monotonic()
    with serving("--workers", str(workers), cwd=settings.directory, **environment) as (address, process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        if workers > 1:
            # Nobody can be asked whether the other workers are up, but they started at the same moment.
            time.sleep(time.monotonic() - started)
        yield Server(address, process.pid)


def _copied(server_url: str, database_url: str) -> str:
    original, name = conninfo_to_dict(database_url)["dbname"], f"copy_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    return database_url.replace(f"/{original}?", f"/{name}?")
