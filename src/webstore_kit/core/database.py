"""The database: opens SQLite or PostgreSQL by URL, and lets one set of models serve any number of stores."""

import json
import math
import os
import random
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import peewee
from peewee import fn
from playhouse.pool import MaxConnectionsExceeded, PooledDatabase, PooledPostgresqlDatabase, PooledSqliteDatabase

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
except ImportError:  # the extra `postgresql` is not installed
    psycopg = None  # type: ignore[assignment]

from webstore_kit.core.errors import Busy, Collided, SettingsError

Row = Mapping[str, Any]
BUSY_TIMEOUT = 5.0
"""Seconds that a request waits for its turn to write before the client is told that the store is busy."""
LONGEST_NAP = 0.0003
"""Seconds at most between two looks whether another process has let go of SQLite's write lock."""

_bound: ContextVar[peewee.Database | None] = ContextVar("webstore_kit_database", default=None)


class BoundMetadata(peewee.Metadata):
    """Model metadata whose database is the one that `bound()` names around the present code.

    Two stores on two databases can so use the same models in one process, each in its own threads.
    """

    @property
    def database(self) -> Any:
        """The database of the store at work here; None outside `Store.snapshot()` and `.transaction()`."""
        return _bound.get()

    @database.setter
    def database(self, value: Any) -> None:
        if value is not None:
            raise TypeError("models are bound by Store.snapshot() and Store.transaction(), never for good")

    @property
    def table(self) -> Any:
        """The table, made anew: peewee would keep the first database with it."""
        columns = [field.column_name for field in self.sorted_fields]
        return peewee.Table(self.table_name, columns, schema=self.schema, _model=self.model)

    @table.deleter
    def table(self) -> None:
        """Nothing is kept, so there is nothing to drop."""


class BaseModel(peewee.Model):
    """The base of all tables."""

    class Meta:
        model_metadata_class = BoundMetadata
        legacy_table_names = False


@contextmanager
def bound(database: peewee.Database) -> Iterator[None]:
    """Inside, every model works on this database."""
    token = _bound.set(database)
    try:
        yield
    finally:
        _bound.reset(token)


def current() -> peewee.Database:
    """The database that models work on here; there is one inside `Store.snapshot()` and `.transaction()` alone."""
    database = _bound.get()
    if database is None:
        raise peewee.InterfaceError("there is no database outside Store.snapshot() and Store.transaction()")
    return database


def connect(url: str, directory: Path, pool_size: int, patience: float = BUSY_TIMEOUT) -> peewee.Database:
    """The database at the URL; nothing is opened before the first use. A statement waits `patience` seconds at most.

    `sqlite:///store.sqlite3` is relative to the directory, `sqlite:////srv/store.sqlite3` absolute; any libpq URL
    is PostgreSQL (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS).
    Raises SettingsError for any other URL.
    """
    scheme = url.partition("://")[0].lower()
    if scheme == "sqlite":
        return _sqlite(sqlite_path(url, directory), patience)
    if scheme in ("postgresql", "postgres"):
        return _postgresql("postgresql://" + url.partition("://")[2], pool_size, patience)
    raise SettingsError([f"database_url starts with {scheme!r}; allowed are sqlite:///FILE and postgresql://..."])


def close_all(database: peewee.Database) -> None:
    """Close all connections, those of other threads too."""
    assert isinstance(database, PooledDatabase)
    database.close_all()


def sqlite_path(url: str, directory: Path) -> Path:
    """The file that an SQLite URL names."""
    path = unquote(urlsplit(url).path)[1:]
    if not path or path == ":memory:" or urlsplit(url).netloc:
        raise SettingsError(
            [f"database_url is {url!r}, which names no file; an SQLite URL is sqlite:///FILE or sqlite:////PATH/FILE"]
        )
    return directory / path


def is_postgresql(database: peewee.Database | None) -> bool:
    """Whether this is PostgreSQL; otherwise it is SQLite."""
    return isinstance(database, peewee.PostgresqlDatabase)


def locking(query: Any) -> Any:
    """The select with its rows locked until the transaction ends.

    SQLite has one writer at a time from BEGIN IMMEDIATE on, so there the lock is held already.
    """
    if is_postgresql(_bound.get()):
        return query.for_update("FOR NO KEY UPDATE")
    return query


def keeping(query: Any, model: type[peewee.Model]) -> Any:
    """The select, whose rows of that model nobody deletes until the transaction ends; they may change otherwise."""
    if is_postgresql(_bound.get()):
        return query.for_update("FOR KEY SHARE", of=model)
    return query


def skip_locked(query: Any) -> Any:
    """The select without the rows that another transaction has locked, and with its own locked."""
    if is_postgresql(_bound.get()):
        return query.for_update("FOR UPDATE", skip_locked=True)
    return query


def rows(query: Any) -> list[Row]:
    """All rows of a select, as mappings from column to value."""
    return list(query.dicts())


def tuples(query: Any) -> list[tuple[Any, ...]]:
    """All rows of a select, as tuples in the order of its columns."""
    return list(query.tuples())


def first_row(query: Any) -> Row | None:
    """The first row of a select, or None."""
    return next(iter(query.dicts()), None)


def among(column: Any, values: Collection[Any]) -> Any:
    """The condition that the column has one of these texts or whole numbers.

    The statement is the same for any number of them: Peewee's `in_` builds a part of it for each, and takes longer
    over that than the database over the rest.
    """
    if is_postgresql(_bound.get()):
        return column == fn.ANY(peewee.Value(list(values), converter=False, unpack=False))
    return column.in_(peewee.SQL("(SELECT value FROM json_each(?))", (json.dumps(list(values)),)))


class _ByIndex(peewee.Node):
    """A table in FROM, with the index that it is read by."""

    def __init__(self, model: type[peewee.Model], index: str) -> None:
        self._model, self._index = model, index

    def __sql__(self, ctx: Any) -> Any:
        return ctx.sql(self._model).literal(f' INDEXED BY "{self._index}"')


def by_index(model: type[peewee.Model], index: str) -> Any:
    """The table, for FROM, read by way of that index alone where it is SQLite; PostgreSQL knows best what to do.

    SQLite keeps no account of how many rows have a value, so at times it has to be told. The statement fails where
    there is no such index. https://www.sqlite.org/lang_indexedby.html
    """
    return model if is_postgresql(_bound.get()) else _ByIndex(model, index)


def contains(column: Any, folded: Any) -> Any:
    """The condition that the column contains the text, which is folded already, without regard to case.

    That holds in every script, and `%`, `_` and quotes in the text are plain characters.
    """
    if is_postgresql(_bound.get()):
        # LIKE, as an index of trigrams can have that.
        for special in ("\\", "%", "_"):
            folded = fn.replace(folded, special, f"\\{special}")
        return peewee.Expression(fn.webstore_fold(column), peewee.OP.LIKE, peewee.Value("%").concat(folded).concat("%"))
    return fn.instr(fn.webstore_fold(column), folded) > 0


def fold(text: str | None) -> str | None:
    """Text as it is compared without regard to case: `webstore_fold` in SQL, on PostgreSQL made by a migration."""
    if text is None:
        return None
    # Lower case that does not depend on what stands beside a letter, so that a part of a text is a part of it folded:
    # one small sigma, and the dot of the Turkish capital I left out.
    return text.lower().replace("ς", "σ").replace("i\u0307", "i")


@contextmanager
def busy_as_refusal() -> Iterator[None]:
    """Inside, a database that cannot be had in time raises Busy; every other error stays what it is.

    It is Collided where PostgreSQL gave up this transaction for another one's sake.
    """
    try:
        yield
    except MaxConnectionsExceeded as error:
        raise Busy from error
    except (peewee.OperationalError, peewee.InterfaceError) as error:
        reason = getattr(error, "orig", None)
        if _is_collision(reason):
            raise Collided from error
        if _is_unavailable(reason):
            raise Busy from error
        raise


def _is_collision(error: BaseException | None) -> bool:
    # https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
    return psycopg is not None and isinstance(
        error, (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
    )


def _is_unavailable(error: BaseException | None) -> bool:
    if _is_locked(error):
        return True
    # Lost connections and lock time-outs may go through when tried again.
    return psycopg is not None and isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))


def _is_locked(error: BaseException | None) -> bool:
    taken = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in taken


class Sqlite(PooledSqliteDatabase):
    """SQLite, whose transactions take the write lock when they begin: one that began to read could deadlock later."""

    field_types = {**PooledSqliteDatabase.field_types, "UTC_DATETIME": "TEXT", "JSON_OBJECT": "TEXT"}

    def _connect(self) -> Any:
        # A new file is its owner's alone, as it holds addresses and password hashes; SQLite's default is the umask's.
        if not os.path.exists(self.database):  # noqa: PTH110 - with every request, and this is the fastest
            with suppress(OSError):
                os.close(os.open(self.database, os.O_CREAT | os.O_EXCL, 0o600))
        return super()._connect()

    def _set_pragmas(self, conn: sqlite3.Connection) -> None:
        # Of several processes that open a new file at once, each wants it alone for a moment to make it a WAL; with
        # SQLite's own waiting, two of them can wait for each other until both give up.
        conn.execute("PRAGMA busy_timeout = 0")
        deadline = time.monotonic() + self.timeout
        while not self._pragmas_set(conn, deadline):
            time.sleep(random.uniform(0.1, 1.0) * LONGEST_NAP)  # noqa: S311 - nothing secret
        conn.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")

    def _pragmas_set(self, conn: sqlite3.Connection, deadline: float) -> bool:
        try:
            super()._set_pragmas(conn)  # type: ignore[misc]  # the stubs leave it out
        except sqlite3.OperationalError as error:
            if _is_locked(error) and time.monotonic() < deadline:
                return False
            raise
        return True

    def begin(self, lock_type: str | None = None, deadline: float | None = None) -> None:
        """Begin a transaction: one that writes as soon as no other process does, or "DEFERRED", which only reads.

        Raises OperationalError where the write lock is not to be had before the deadline (of `time.monotonic()`).
        SQLite itself would look again after naps of up to 100 ms, and so may find the lock taken for seconds while
        others come and go; short naps of uneven length soon meet the gap between two of their transactions.
        """
        if lock_type:
            super().begin(lock_type)
            return
        deadline = time.monotonic() + self.timeout if deadline is None else deadline
        self.execute_sql("PRAGMA busy_timeout = 0")
        try:
            while not self._began(deadline):
                time.sleep(random.uniform(0.1, 1.0) * LONGEST_NAP)  # noqa: S311 - nothing secret
        finally:
            self.execute_sql(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")

    def _began(self, deadline: float) -> bool:
        try:
            super().begin("IMMEDIATE")
        except peewee.OperationalError as error:
            if _is_locked(getattr(error, "orig", None)) and time.monotonic() < deadline:
                return False
            raise
        return True


def _sqlite(path: Path, patience: float) -> Sqlite:
    database = Sqlite(
        str(path),
        # A thread never waits for a free connection: each of the store's threads has one at most.
        max_connections=None,
        pragmas=[("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", "full")],
        check_same_thread=False,
        returning_clause=True,
    )
    # SQLite's busy_timeout, set when a connection opens and so before journal_mode, which can find the database busy.
    database.timeout = patience
    database.register_function(fold, "webstore_fold", 1, deterministic=True)
    return database


class Postgresql(PooledPostgresqlDatabase):
    """PostgreSQL through psycopg 3, its connections pooled."""

    field_types = {**PooledPostgresqlDatabase.field_types, "UTC_DATETIME": "TIMESTAMPTZ", "JSON_OBJECT": "JSONB"}


def _postgresql(url: str, pool_size: int, patience: float) -> Postgresql:
    if psycopg is None:
        raise SettingsError(["database_url is PostgreSQL, which needs: pip install 'webstore-kit[postgresql]'"])
    try:
        options = conninfo_to_dict(url).get("options") or ""
    except psycopg.ProgrammingError:
        # libpq's own message would repeat the URL, and with it the password.
        raise SettingsError(
            ["database_url is no PostgreSQL URL: postgresql://USER:PASSWORD@HOST:PORT/DATABASE"]
        ) from None
    return Postgresql(
        url,
        max_connections=pool_size,
        timeout=math.ceil(patience),  # for a free connection, in whole seconds
        prefer_psycopg3=True,
        fallback_application_name="webstore-kit",
        options=f"{options} -c timezone=UTC -c lock_timeout={int(patience * 1000)}",
    )
