"""A bare SQL shell as a process of its own: it knows the database's driver, and nothing of the store.

Each line on its input is a JSON text of SQL; it is run as it is, and `done` is written once that is over, or the name
of the error. Nothing is committed but what the SQL commits: without BEGIN each statement is.
"""

import json
import sqlite3
import sys
from collections.abc import Callable

import psycopg


def connect(url: str) -> Callable[[str], object]:
    """What runs SQL on the database at the URL, or in the SQLite file of that path."""
    if url.startswith("postgresql"):
        postgresql = psycopg.connect(url, autocommit=True)
        return lambda sql: postgresql.execute(sql.encode()).close()
    sqlite = sqlite3.connect(url, isolation_level=None, timeout=20)
    sqlite.execute("PRAGMA foreign_keys = ON").close()
    return lambda sql: sqlite.execute(sql).fetchall()


def main() -> None:
    """Run what comes, until nothing more does."""
    run = connect(sys.argv[1])
    print("done", flush=True)  # noqa: T201 - it is the answer
    for line in sys.stdin:
        try:
            run(json.loads(line))
        except (sqlite3.Error, psycopg.Error) as error:
            print(type(error).__name__, *str(error).split(), flush=True)  # noqa: T201 - it is the answer
        else:
            print("done", flush=True)  # noqa: T201 - it is the answer


if __name__ == "__main__":
    main()
