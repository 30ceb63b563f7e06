"""The source that is a PostgreSQL database. Needs psycopg: `opening.py` imports it where that is installed."""

from itertools import count
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict

from webstore_kit.adoption.source import BATCH, Source
from webstore_kit.core.errors import CommandError

NAMES = """
    SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE pg_table_is_visible(c.oid) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0
"""
# The same guard as in the system view pg_sequences: without the right to look there is nothing to be seen.
LAST_HANDED_OUT = """
    SELECT pg_sequence_last_value(id) FROM (SELECT pg_get_serial_sequence({}, 'id')::regclass AS id) AS sequence
    WHERE has_sequence_privilege(id, 'SELECT, USAGE')
"""
# Times come as text in UTC, as Python knows none like `infinity`; no limit of the server's ends a long adoption.
SESSION = """
    SET TIME ZONE 'UTC'; SET datestyle TO ISO;
    SET statement_timeout TO 0; SET idle_in_transaction_session_timeout TO 0
"""
CONNECT_TIMEOUT = 10


class PostgresqlSource(Source):
    """A PostgreSQL database, read in one transaction that sees it as it was at the beginning and cannot write."""

    errors = psycopg.Error
    placeholder = "%s"
    advice = "Check the URL, that the server is up, and that this user may read the tables."

    def __init__(self, url: str) -> None:
        parts = _parts(url)
        self.label = _label(parts)
        self._numbers = count(1)
        with self.refusals():
            self._connection = psycopg.connect(url, **_defaults(parts))
            self._read_only_from_here()

    def _names(self) -> set[tuple[str, str]]:
        with self.refusals():
            return set(self._connection.execute(NAMES))

    def _last_handed_out(self, table: str) -> int:
        return int(self.value(LAST_HANDED_OUT, table) or 0)

    def close(self) -> None:
        """End the view."""
        self._connection.close()

    def _read_only_from_here(self) -> None:
        self._connection.autocommit = True
        self._connection.execute(SESSION)
        if self._connection.info.parameter_status("server_encoding") == "SQL_ASCII":
            # Such a database takes any bytes, and would refuse to give out as UTF-8 what is none.
            self._connection.execute("SET client_encoding TO SQL_ASCII")
        for kind in ("text", "varchar", "bpchar", "timestamptz", "timestamp"):
            self._connection.adapters.register_loader(kind, _Text)
        self._connection.autocommit = False
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True

    def _new_cursor(self) -> psycopg.ServerCursor[Any]:
        # One on the server: one on the client would hold every row.
        cursor = self._connection.cursor(f"adoption_{next(self._numbers)}")
        cursor.itersize = BATCH
        return cursor


class _Text(Loader):
    """Text, or the bytes as they are where they are no UTF-8, so that `readings.text` can tell."""

    def load(self, data: Buffer) -> str | bytes:
        raw = bytes(data)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw


def _parts(url: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError:
        # libpq's own message would repeat the URL, and with it the password.
        raise CommandError(
            "SOURCE is no PostgreSQL URL: postgresql://USER:PASSWORD@HOST:PORT/DATABASE. Nothing was adopted."
        ) from None


def _label(parts: dict[str, str]) -> str:
    user = f"{parts['user']}@" if "user" in parts else ""
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"


def _defaults(parts: dict[str, str]) -> dict[str, Any]:
    wanted = {"connect_timeout": CONNECT_TIMEOUT, "client_encoding": "utf8", "application_name": "webstore-kit"}
    return {name: value for name, value in wanted.items() if name not in parts}
