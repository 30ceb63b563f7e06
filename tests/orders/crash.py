"""A process whose children die at a statement of the database: `python -m tests.orders.crash DIRECTORY DATABASE_URL`.

It reads one attempt a line: a request for the app, or customers who check out at the same time, and at which statement,
before or after it, the child that does so is killed. It writes one line for each: the statements that were executed,
and whether the child was killed. The children are forked, which is why this is a process without threads that never
opens the database itself.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from starlette.testclient import TestClient

from tests.databases import settings_for
from tests.factories import DELIVERY
from webstore_kit import Settings, Store, create_app
from webstore_kit.orders.schemas import Checkout
from webstore_kit.orders.services import finalize_order


class Statements:
    """What a store has executed, COMMIT and BEGIN too; it dies at the statement with this number, counted from 0."""

    def __init__(self, store: Store, number: int | None, after: bool, last_words: Callable[[], object]) -> None:
        self.executed: list[str] = []
        self.number = number
        self.after = after
        self.last_words = last_words
        cursor: Any = store.database.cursor
        vars(store.database)["cursor"] = lambda: Cursor(cursor(), self)

    def execute(self, sql: str, work: Callable[[], Any]) -> Any:
        here = len(self.executed) == self.number
        if here and not self.after:
            self._die()
        result = work()
        self.executed.append(sql)
        if here:
            self._die()
        return result

    def _die(self) -> None:
        self.last_words()
        os.kill(os.getpid(), signal.SIGKILL)


class Cursor:
    """The driver's own cursor, through which every statement passes."""

    def __init__(self, cursor: Any, statements: Statements) -> None:
        self._cursor = cursor
        self._statements = statements

    def execute(self, sql: str, *parameters: Any) -> Any:
        return self._statements.execute(sql, lambda: self._cursor.execute(sql, *parameters))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def attempt(settings: Settings, asked: Any, tell: Callable[[Any], object]) -> None:
    """Do what is asked, as far as life goes."""
    app = create_app(settings)
    store: Store = app.state.store
    store.ensure_ready()
    statements = Statements(store, asked["number"], asked["after"], lambda: tell(statements.executed))
    if "request" in asked:
        method, path, body, headers = asked["request"]
        TestClient(app).request(method, path, json=body, headers=headers).raise_for_status()
    else:
        check_out_together(store, asked["tokens"])
    statements.last_words()


def check_out_together(store: Store, tokens: list[str]) -> None:
    """Let the checkouts wait for the writer of SQLite, so that they share a commit."""
    all_wait = Event()
    store.writers.submit(all_wait.wait)
    forms = [Checkout(token=token, **DELIVERY) for token in tokens]
    works = [store.submit(partial(finalize_order, store, form), store.deadline()) for form in forms]
    all_wait.set()
    wait(works)


def in_a_child(settings: Settings, asked: Any) -> Any:
    """What a child said that made the attempt, and how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        attempt(settings, asked, lambda said: os.write(writing, json.dumps(said).encode()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = json.load(pipe)
    _, status = os.waitpid(child, 0)
    return {"executed": said, "killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL}


def main(directory: str, database_url: str) -> None:
    settings = settings_for(Path(directory), database_url)
    # It touches no database, and loads what the children would each have to load.
    TestClient(create_app(settings)).get("/")
    assert threading.active_count() == 1
    for line in sys.stdin:
        sys.stdout.write(json.dumps(in_a_child(settings, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
