"""A store that has adopted the reference server's data, on both databases; and one that is served, and deviates."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.served import Deviating, Sabotage, served
from tests.databases import settings_for
from webstore_kit import Settings, Store, create_app
from webstore_kit.adoption.services import adopt

LEGACY = Path(__file__).parent / "recorded" / "legacy-store.sqlite3"


@pytest.fixture
def adopted(settings: Settings) -> Settings:
    """Settings of a store that has adopted the reference server's data."""
    store = Store(settings)
    adopt(store, str(LEGACY))
    store.close()
    return settings


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Settings:
    """Settings of such a store on SQLite, the same for all tests of a file, which are not about the database."""
    directory = tmp_path_factory.mktemp("shared")
    shutil.copyfile(migrated_sqlite, directory / "store.sqlite3")
    settings = settings_for(directory)
    store = Store(settings)
    adopt(store, str(LEGACY))
    store.close()
    return settings


@pytest.fixture(scope="module")
def served_store(shared: Settings) -> Iterator[tuple[str, Deviating]]:
    """The address of that store, and its app."""
    app = Deviating(create_app(shared))
    with served(app) as address:
        yield address, app


@pytest.fixture
def deviating(served_store: tuple[str, Deviating]) -> Iterator[Deviating]:
    """The app of that store, which does right again after the test."""
    _, app = served_store
    yield app
    app.sabotage = Sabotage()


@pytest.fixture
def address(served_store: tuple[str, Deviating]) -> str:
    """The address of that store."""
    return served_store[0]
