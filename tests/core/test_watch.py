"""The watch itself: who waits for a look is answered, whatever becomes of the others and of the database."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.databases import migrated, new_postgresql_database, settings_for
from webstore_kit import Store, create_app
from webstore_kit.core.watch import Stamp

on_postgresql = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)


def test_a_look_that_one_no_longer_waits_for_is_there_for_the_others(store: Store) -> None:
    async def work() -> list[Any]:
        waiting = [asyncio.create_task(store.watch.is_current(Stamp(-1))) for _ in range(4)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        await store.watch.close()
        return list(found)

    assert asyncio.run(work())[1:] == [False] * 3


@on_postgresql
def test_a_look_does_not_wait_for_a_lock_without_end(store: Store) -> None:
    # Longer than any request waits for a lock; such a lock is had by TRUNCATE, VACUUM FULL and changes of a table.
    longest = store.patience + 3

    async def work() -> bool:
        async with await psycopg.AsyncConnection.connect(store.settings.database_url) as other:
            await other.execute("LOCK TABLE stock IN ACCESS EXCLUSIVE MODE")
            try:
                return await asyncio.wait_for(store.watch.is_current(Stamp(-1)), longest)
            finally:
                await other.rollback()
                await store.watch.close()

    assert asyncio.run(work()) is False


@on_postgresql
def test_what_tells_of_no_stock_does_not_wait_for_the_stock(store: Store) -> None:
    async def work() -> bool:
        async with await psycopg.AsyncConnection.connect(store.settings.database_url) as other:
            await other.execute("LOCK TABLE stock IN ACCESS EXCLUSIVE MODE")
            try:
                revision = await (await other.execute("SELECT SUM(value)::bigint FROM catalogue_revision")).fetchone()
                assert revision is not None
                return await asyncio.wait_for(store.watch.is_current(Stamp(revision[0])), 2)
            finally:
                await other.rollback()
                await store.watch.close()

    assert asyncio.run(work()) is True


def test_a_store_in_a_schema_of_its_own_is_watched_there(server_url: str, tmp_path: Path) -> None:
    url = new_postgresql_database(server_url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA shop")
    migrated(settings_for(tmp_path, url))  # another store, in the schema public
    in_schema = migrated(settings_for(tmp_path, f"{url}&options=-csearch_path%3Dshop"))
    with TestClient(create_app(in_schema)) as client:
        for title in ("Old", "New"):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("INSERT INTO shop.brands (title) VALUES (%s)", (title,))
            brands = client.get("/api/product/brands/all/").json()
            assert [each["title"] for each in brands] == ["Old", "New"][: len(brands)]
            assert brands[-1]["title"] == title


def test_what_is_replicated_raises_the_revision_row_by_row(server_url: str, tmp_path: Path) -> None:
    url = new_postgresql_database(server_url)
    migrated(settings_for(tmp_path, url))
    with psycopg.connect(url, autocommit=True) as connection:
        # As the process that applies what comes by logical replication: that fires no triggers of statements.
        connection.execute("ALTER TABLE brands DISABLE TRIGGER brands_revised")
        connection.execute("SET session_replication_role = replica")
        seen = [connection.execute("SELECT SUM(value) FROM catalogue_revision").fetchone()]
        connection.execute("INSERT INTO brands (title) VALUES ('New')")
        seen.append(connection.execute("SELECT SUM(value) FROM catalogue_revision").fetchone())
    assert seen[0] != seen[1]
