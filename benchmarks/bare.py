"""Bare SQL: the statements of a request, recorded from the app and run again without it.

They are recorded from one real request, so that they cannot drift from the code. To run them for another buyer, the
values that are the recorded buyer's own are replaced by those of the other; see `checkout.Buyer.marks`.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from starlette.testclient import TestClient

from benchmarks.figures import OK, Outcome
from benchmarks.load import Request, no_collections
from webstore_kit import Settings, Store, create_app
from webstore_kit.core.database import sqlite_path

Statement = tuple[str, tuple[Any, ...]]
"""SQL and its parameters."""
Transaction = list[Statement]
PRAGMAS = ("journal_mode", "synchronous", "foreign_keys", "cache_size", "mmap_size", "wal_autocheckpoint")
"""What a bare SQLite connection takes over from one of the store's."""


class Drifted(Exception):
    """What was recorded is not what can be run again."""


def recorded(settings: Settings, requests: Sequence[Request]) -> list[Transaction]:
    """The statements that the app runs for each of these requests, sent one after another."""
    app = create_app(settings)
    transactions = []
    with TestClient(app) as client:
        for request in requests:
            with _recording(app.state.store) as statements:
                answer = client.request(request.method, request.path, json=request.body)
            if answer.status_code != OK:
                raise Drifted(f"{request.method} {request.path} was answered {answer.status_code}: {answer.text}")
            transactions.append(_one_transaction(request, statements))
    return transactions


def replaced(transaction: Transaction, old: Sequence[Any], new: Sequence[Any]) -> Transaction:
    """The transaction with each of the old values replaced by the new one in its place."""
    swap = dict(zip(old, new, strict=True))
    return [(sql, tuple(swap.get(value, value) for value in values)) for sql, values in transaction]


def run(cursor: Any, transactions: Sequence[Transaction]) -> Outcome:
    """Run the transactions one after another and read what they answer; takes the time."""
    latencies = []
    with no_collections():
        started = begun = time.perf_counter()
        for transaction in transactions:
            for sql, values in transaction:
                cursor.execute(sql, values)
                if cursor.description:
                    cursor.fetchall()
            ended = time.perf_counter()
            latencies.append(ended - begun)
            begun = ended
    return Outcome(begun - started, latencies, Counter({OK: len(latencies)}))


@contextmanager
def cursor_of(settings: Settings) -> Iterator[Any]:
    """A cursor on a connection of the driver's own, set up as the store sets up its connections."""
    store = Store(settings)
    connection: Any
    if store.postgresql:
        connection = psycopg.connect(settings.database_url, autocommit=True)
    else:
        path = sqlite_path(settings.database_url, settings.directory)
        connection = sqlite3.connect(path, isolation_level=None)
        with store.snapshot():
            for name in PRAGMAS:
                (value,) = store.database.execute_sql(f"PRAGMA {name}").fetchone()
                connection.execute(f"PRAGMA {name} = {value}")
    store.close()
    try:
        yield connection.cursor()
    finally:
        connection.close()


@contextmanager
def _recording(store: Store) -> Iterator[list[Statement]]:
    """Notes every statement of the store inside the block: each goes through a cursor, BEGIN and COMMIT too."""
    statements: list[Statement] = []
    database: Any = store.database
    cursor = database.cursor
    database.cursor = lambda *arguments, **names: _NotingCursor(cursor(*arguments, **names), statements)
    try:
        yield statements
    finally:
        del database.cursor  # the method of the class is back


class _NotingCursor:
    """A cursor that notes what it executes."""

    def __init__(self, cursor: Any, statements: list[Statement]) -> None:
        self._cursor = cursor
        self._statements = statements

    def execute(self, sql: str, values: Sequence[Any] = ()) -> "_NotingCursor":
        self._statements.append((sql, tuple(values or ())))
        self._cursor.execute(sql, values or ())
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


def _one_transaction(request: Request, statements: list[Statement]) -> Transaction:
    # How the store waits for its turn to write (PRAGMA busy_timeout) is the server's affair.
    kept = [statement for statement in statements if not statement[0].startswith("PRAGMA")]
    words = [sql.split(maxsplit=1)[0] for sql, _ in kept]
    if len(kept) < 3 or (words[0], words[-1]) != ("BEGIN", "COMMIT") or words.count("BEGIN") != 1:
        raise Drifted(f"{request.method} {request.path} is no single transaction any more: {words}")
    return kept
