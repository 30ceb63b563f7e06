"""Fresh stores: empty each time, with the tables of extensions, and never made of what is worth something."""

from pathlib import Path
from typing import Any

import peewee
import pytest

from tests.databases import new_postgresql_database, settings_for
from webstore_kit import Extension, Model, Settings, Store
from webstore_kit.catalog.models import Product
from webstore_kit.testing import NotForTests, add_product, fresh_client, fresh_settings, fresh_store

MIGRATION = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE visits (id INTEGER PRIMARY KEY)")
    db.execute_sql("INSERT INTO visits (id) VALUES (7)")
"""


class Visit(Model):
    id = peewee.IntegerField(primary_key=True)

    class Meta:
        table_name = "visits"


@pytest.fixture
def extension(tmp_path: Path) -> Extension:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_visits.py").write_text(MIGRATION)
    return Extension(name="visits", models=[Visit], migrations=tmp_path / "migrations")


@pytest.fixture(scope="module")
def postgresql(server_url: str) -> str:
    """The URL of a database for tests."""
    return new_postgresql_database(server_url)


def products(store: Store) -> int:
    with store.snapshot():
        return int(Product.select().count())


def visits(store: Store) -> list[int]:
    with store.snapshot():
        return [visit.id for visit in Visit.select()]


def test_a_folder_gives_a_store_that_is_empty_and_works(tmp_path: Path) -> None:
    with fresh_store(tmp_path / "shop", cache_size=0) as store:
        assert (add_product(store), products(store), store.settings.cache_size) == (1, 1, 0)
    assert (tmp_path / "shop" / "store.sqlite3").exists()


def test_extensions_have_their_tables_and_what_these_begin_with(tmp_path: Path, extension: Extension) -> None:
    with fresh_store(tmp_path / "with", extensions=[extension]) as store:
        assert visits(store) == [7]
    with fresh_store(tmp_path / "without") as store, pytest.raises(peewee.OperationalError):
        visits(store)


def test_the_variables_of_a_developers_own_store_are_not_heeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "DIRECTORY", "MEDIA_DIR"):
        monkeypatch.setenv(f"WEBSTORE_{name}", f"sqlite:///{tmp_path}/precious")
    monkeypatch.setenv("WEBSTORE_EXTENSIONS", "nowhere:extension")
    own: dict[str, Any] = {"media_dir": Path("media"), "extensions": []}
    assert fresh_settings(tmp_path / "shop") == settings_for(tmp_path / "shop", **own)


def test_a_database_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(b"precious")
    with pytest.raises(NotForTests, match="There is a database already"):
        fresh_settings(tmp_path)
    assert (tmp_path / "store.sqlite3").read_bytes() == b"precious"


def test_a_postgresql_database_for_tests_is_empty_each_time(
    tmp_path: Path, postgresql: str, extension: Extension
) -> None:
    for _ in range(2):
        with fresh_store(tmp_path, database_url=postgresql) as store:
            assert (add_product(store), products(store)) == (1, 1)
    for _ in range(2):
        with fresh_store(tmp_path, database_url=postgresql, extensions=[extension]) as store:
            assert (visits(store), products(store)) == ([7], 0)
    with fresh_client(tmp_path, database_url=postgresql) as client:
        assert client.get("/api/product/all/").json()["count"] == 0


def test_a_postgresql_database_of_a_shop_is_refused_and_stays_as_it_is(tmp_path: Path, server_url: str) -> None:
    url = new_postgresql_database(server_url, "precious")
    assert isinstance(fresh_settings(tmp_path, database_url=url), Settings)  # which is empty
    shop = Store(settings_for(tmp_path, url))
    add_product(shop)
    with pytest.raises(NotForTests, match='"precious" has tables, and tests would wipe it'):
        fresh_settings(tmp_path, database_url=url)
    assert products(shop) == 1
    shop.close()
