"""What all tests share: a store on SQLite and on a real PostgreSQL, empty for each test, and a client for its app."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as profile
from starlette.testclient import TestClient

from tests.databases import empty_tables, migrated, new_postgresql_database, postgresql_server, settings_for
from webstore_kit import Settings, Store, create_app

# How fast a machine is says nothing of the code, and other tests run beside.
profile.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
profile.load_profile("any machine")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The URL of a PostgreSQL server, started with the first test that asks for it."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    directory = tmp_path_factory.mktemp("template")
    migrated(settings_for(directory))
    return directory / "store.sqlite3"


@pytest.fixture(scope="session")
def migrated_postgresql(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a migrated PostgreSQL database, to be emptied."""
    url = new_postgresql_database(server_url)
    migrated(settings_for(tmp_path_factory.mktemp("postgresql"), url))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a store whose database has its tables and nothing in them; each test runs on both databases."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "store.sqlite3")
        return settings_for(tmp_path)
    url: str = request.getfixturevalue("migrated_postgresql")
    empty_tables(url)
    return settings_for(tmp_path, url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """The store itself, for calling services and queries."""
    store = Store(settings)
    yield store
    store.close()


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A client of the store's app."""
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield client
