"""Django stores to adopt from: empty ones, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.adoption.legacy import Legacy, PostgresqlLegacy, SqliteLegacy
from tests.databases import new_postgresql_database


@pytest.fixture
def sqlite_legacy(tmp_path: Path) -> Iterator[SqliteLegacy]:
    """A Django store in an SQLite file."""
    with closing(SqliteLegacy(tmp_path / "django" / "db.sqlite3")) as found:
        yield found


@pytest.fixture
def loose_legacy(tmp_path: Path) -> Iterator[SqliteLegacy]:
    """One whose columns take everything, null too."""
    with closing(SqliteLegacy(tmp_path / "django" / "loose.sqlite3", loose=True)) as found:
        yield found


@pytest.fixture(scope="session")
def django_database(server_url: str) -> Iterator[PostgresqlLegacy]:
    """A Django store in a PostgreSQL database, to be emptied."""
    database = PostgresqlLegacy(new_postgresql_database(server_url))
    yield database
    database.close()


@pytest.fixture
def postgresql_legacy(django_database: PostgresqlLegacy) -> PostgresqlLegacy:
    """A Django store in a PostgreSQL database."""
    django_database.empty()
    return django_database


@pytest.fixture(params=["from sqlite", "from postgresql"])
def legacy(request: pytest.FixtureRequest) -> Legacy:
    """A Django store, for what both databases can hold; each test runs from both, and to both."""
    name = "sqlite_legacy" if request.param == "from sqlite" else "postgresql_legacy"
    found: Legacy = request.getfixturevalue(name)
    return found
