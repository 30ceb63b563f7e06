"""Fuzzes a real server on SQLite, then one on PostgreSQL: `python -m tests.openapi.fuzzing --examples 1000`."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.databases import new_postgresql_database, postgresql_server
from tests.openapi.fuzzing.running import fuzz, served


def main() -> int:
    """Fuzz both; answers 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1000, help="requests for each operation, in each phase")
    parser.add_argument("--seed", type=int, default=None, help="which requests")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database alone")
    asked = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder, postgresql_server() as server:
        urls = {"sqlite": "sqlite:///store.sqlite3", "postgresql": new_postgresql_database(server)}
        for name, url in urls.items():
            if asked.only in (None, name):
                directory = Path(folder) / name
                directory.mkdir()
                with served(directory, url) as address:
                    report = fuzz(address, directory, examples=asked.examples, seed=asked.seed)
                sys.stdout.write(f"{report.output}\n{name}: {report.cases} requests, {report.failures} failures\n")
                failed = failed or not report.is_clean
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
