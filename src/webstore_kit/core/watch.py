"""The watch: tells of an answer that is kept whether it still says what the database says, at this moment.

An answer is stamped, in the snapshot that it was made in, with the revision of the catalogue, and with the stock of the
product that it tells of. It is current as long as both are what they were.
"""

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import Any, Protocol

from webstore_kit.core.database import sqlite_path
from webstore_kit.core.settings import Settings

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
except ImportError:  # the extra `postgresql` is not installed
    psycopg = None  # type: ignore[assignment]


REVISION = "SELECT SUM(value) FROM catalogue_revision"
STOCK = "SELECT quantity FROM stock WHERE product_id = ?"
LISTS = "SELECT SUM(value)::bigint, NULL::bigint, 0 FROM catalogue_revision"
LOOK = """
    SELECT (SELECT SUM(value) FROM catalogue_revision)::bigint, stock.product_id, stock.quantity
    FROM (SELECT 1) AS one LEFT JOIN stock ON product_id = ANY(%s::bigint[])
"""
PATIENCE = 1000
"""Milliseconds that a look waits for a table that somebody has locked; then the answer is made anew."""


NEVER = (-1, -1)


@dataclass(slots=True)
class Stamp:
    """What an answer was made of: the revision, and the quantity of the product that it tells of, if it does."""

    revision: int
    product_id: int | None = None
    quantity: int = 0
    seen: tuple[int, int] = NEVER
    """When it was last found to be current, as the watch counts."""


class Watch(Protocol):
    """Looks at the database; for one event loop."""

    async def is_current(self, stamp: Stamp) -> bool:
        """Whether an answer with this stamp may be given to whoever asks now."""

    async def close(self) -> None:
        """Close the connection; the next question opens another."""


def watch(settings: Settings, *, postgresql: bool) -> Watch:
    """A watch for the store's database."""
    return PostgresqlWatch(settings.database_url) if postgresql else SqliteWatch(settings)


class SqliteWatch:
    """SQLite tells in 3 microseconds whether anybody has committed anything since the last look (data_version).

    Only then is the revision read, and the stock where an answer tells of it; so this can be done in the event loop.
    https://www.sqlite.org/pragma.html#pragma_data_version
    """

    def __init__(self, settings: Settings) -> None:
        self._path = sqlite_path(settings.database_url, settings.directory)
        self._connection: sqlite3.Connection | None = None
        self._version = NEVER
        self._revision = -1
        self._opened = 0

    async def is_current(self, stamp: Stamp) -> bool:
        """Whether an answer with this stamp may be given to whoever asks now."""
        try:
            return self._is_current(self._connection or self._connect(), stamp)
        except sqlite3.Error:  # in the middle of a recovery, say; then the answer is made anew
            return False

    def _is_current(self, connection: sqlite3.Connection, stamp: Stamp) -> bool:
        (number,) = connection.execute("PRAGMA data_version").fetchone()
        version = (self._opened, number)  # two connections may count alike
        if version != self._version:
            # In this order: what is committed between the two shows at the next look.
            (self._revision,) = connection.execute(REVISION).fetchone()
            self._version = version
        if stamp.revision != self._revision:
            return False
        if stamp.product_id is not None and stamp.seen != version:
            found = connection.execute(STOCK, (stamp.product_id,)).fetchone()
            if stamp.quantity != (found[0] if found else 0):
                return False
        stamp.seen = version
        return True

    def _connect(self) -> sqlite3.Connection:
        # It never writes, so each commit is another connection's, and shows in its data_version.
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = 1")
        self._connection, self._version = connection, NEVER
        self._opened += 1
        return connection

    async def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Look:
    """One look at PostgreSQL, for all who wait for it."""

    def __init__(self) -> None:
        self.product_ids: set[int] = set()
        self.found: asyncio.Future[tuple[int, dict[int, int]] | None] = asyncio.get_running_loop().create_future()


class PostgresqlWatch:
    """PostgreSQL is asked, once for all requests that wait when the question is sent; those that come later share the
    next one. So each is answered by what was committed before it came.
    """

    def __init__(self, url: str) -> None:
        self._url = "postgresql://" + url.partition("://")[2]
        self._connection: Any = None
        self._next: _Look | None = None
        self._at_work: asyncio.Task[None] | None = None

    async def is_current(self, stamp: Stamp) -> bool:
        """Whether an answer with this stamp may be given to whoever asks now."""
        # Shielded: when one of those who wait for it goes away, the others still do.
        found = await asyncio.shield(self._join(stamp.product_id))
        if found is None:
            return False
        now, stock = found
        return now == stamp.revision and (stamp.product_id is None or stock.get(stamp.product_id, 0) == stamp.quantity)

    def _join(self, product_id: int | None) -> "asyncio.Future[tuple[int, dict[int, int]] | None]":
        if self._next is None:
            self._next = _Look()
        if product_id is not None:
            self._next.product_ids.add(product_id)
        if self._at_work is None or self._at_work.done():
            self._begin()
        return self._next.found

    def _begin(self, _ended: object = None) -> None:
        if self._next is not None:
            self._at_work = asyncio.create_task(self._look())
            self._at_work.add_done_callback(self._begin)  # if it failed there may be some who still wait

    async def _look(self) -> None:
        while (look := self._next) is not None:
            self._next = None
            found = None
            try:
                found = await self._ask(sorted(look.product_ids))
            finally:
                if not look.found.done():
                    look.found.set_result(found)

    async def _ask(self, product_ids: list[int]) -> tuple[int, dict[int, int]] | None:
        try:
            connection = self._connection or await self._connect()
            # Who asks for no stock does not wait for it.
            look, values = (LOOK, (product_ids,)) if product_ids else (LISTS, ())
            rows = await (await connection.execute(look, values, prepare=True)).fetchall()
        except psycopg.Error:  # it was cut, say; then the answer is made anew, and says so if that fails too
            await self.close()
            return None
        return rows[0][0], {number: quantity for _, number, quantity in rows if number is not None}

    async def _connect(self) -> Any:
        # Added to those of the URL, which may name the schema.
        options = conninfo_to_dict(self._url).get("options") or ""
        self._connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            fallback_application_name="webstore-kit",
            options=f"{options} -c lock_timeout={PATIENCE}",
        )
        return self._connection

    async def close(self) -> None:
        """Close the connection; the next question opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
