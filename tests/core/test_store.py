"""The store: transactions, snapshots, and databases that cannot be had."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import psycopg
import pytest

from tests.databases import migrated, settings_for
from tests.factories import add_brand
from webstore_kit import Settings, SettingsError, Store
from webstore_kit.catalog.models import Brand, Product
from webstore_kit.core.errors import Busy


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.transaction():
            Brand.insert(title="x").execute()
            with store.transaction():
                Brand.insert(title="y").execute()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with store.snapshot():
        assert Brand.select().count() == 0


def test_a_snapshot_does_not_see_what_was_committed_since(store: Store) -> None:
    add_brand(store)
    with store.snapshot():
        assert Brand.select().count() == 1
        store.writers.submit(add_brand, store).result()
        assert Brand.select().count() == 1
    with store.snapshot():
        assert Brand.select().count() == 2


def test_models_work_on_no_database_outside_a_transaction(store: Store) -> None:
    with store.snapshot():
        pass
    with pytest.raises(Exception, match="database"):
        Brand.select().count()


def test_two_stores_in_one_process_keep_apart(store: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Store(migrated(settings_for(tmp_path / "other")))
    add_brand(store, "Here")
    add_brand(other, "There")
    for each, title in ((store, "Here"), (other, "There"), (store, "Here")):
        with each.snapshot():
            assert [brand.title for brand in Brand.select()] == [title]
    other.close()


def test_a_closed_store_opens_again(store: Store) -> None:
    add_brand(store)
    store.close()
    with store.snapshot():
        assert Brand.select().count() == 1


@pytest.mark.parametrize("table", ["products", "stock", "order_lines"])
def test_the_database_itself_refuses_what_must_not_be(store: Store, table: str) -> None:
    column = {"products": "price", "stock": "quantity", "order_lines": "quantity"}[table]
    with store.snapshot():
        if store.postgresql:
            query = (
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"
            )
            checks = " ".join(row[0] for row in store.database.execute_sql(query, (table,)).fetchall())
        else:
            query = "SELECT sql FROM sqlite_master WHERE name = ?"
            checks = store.database.execute_sql(query, (table,)).fetchone()[0]
    assert f"{column} >= 0" in checks


def test_a_database_that_another_process_keeps_locked_is_busy(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    store = Store(settings_for(tmp_path), patience=0.1)
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy), store.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    add_brand(store)
    store.close()


def test_a_writer_that_does_not_get_its_turn_is_busy(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    store = Store(settings_for(tmp_path), patience=0.1)
    with store.transaction(), pytest.raises(Busy):
        store.writers.submit(add_brand, store).result()
    store.close()


def test_a_postgresql_that_is_not_there_is_busy(tmp_path: Path) -> None:
    store = Store(settings_for(tmp_path, "postgresql://nobody:hidden@127.0.0.1:1/x?connect_timeout=2"))
    with pytest.raises(Busy) as caught, store.snapshot():
        Product.select().count()
    assert "hidden" not in str(caught.value)
    store.close()


def test_connections_that_the_server_has_cut_are_made_anew(migrated_postgresql: str, tmp_path: Path) -> None:
    store = Store(settings_for(tmp_path, f"{migrated_postgresql}&application_name=to-be-cut"))

    def look() -> int:
        with store.snapshot():
            return int(Product.select().count())

    def write() -> int:
        with store.transaction():
            return int(Product.update(price=1).where(Product.id == 0).execute())

    for work in (look, write):
        assert store.writers.submit(work).result() == work() == 0
        with psycopg.connect(migrated_postgresql, autocommit=True) as other:
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to-be-cut'"
            assert len(other.execute(query).fetchall()) >= 1
        assert store.writers.submit(work).result() == work() == 0
    store.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/x", "postgresql://[x"])
def test_an_address_that_names_no_database_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="database_url is"):
        Store(settings_for(tmp_path, url))


def test_many_first_requests_at_once_find_the_store_ready(settings: Settings) -> None:
    threads, looked = 4, []
    barrier = Barrier(threads)

    def look(store: Store) -> None:
        looked.append(store)
        barrier.wait(timeout=20)

    store = Store(settings, require_ready=look)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: store.ensure_ready(), range(threads)))
    store.ensure_ready()
    assert looked == [store] * threads
    store.close()
