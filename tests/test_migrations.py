"""Migrations: they make what the models say, on both databases, whole or not at all, and a server checks them."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playhouse.schema_diff import diff_models
from starlette.testclient import TestClient

from tests.databases import new_postgresql_database, settings_for
from webstore_kit import DatabaseNotReady, Settings, Store, create_app, migrations
from webstore_kit.adoption.models import MODELS as ADOPTION
from webstore_kit.catalog.models import MODELS as CATALOG
from webstore_kit.catalog.models import Product
from webstore_kit.core.revision import MODELS as REVISION
from webstore_kit.customers.models import MODELS as CUSTOMERS
from webstore_kit.http.idempotency import MODELS as IDEMPOTENCY
from webstore_kit.importing.models import MODELS as IMPORTING
from webstore_kit.inventory.models import MODELS as INVENTORY
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.orders.models import MODELS as ORDERS
from webstore_kit.orders.models import Counter, Order

NAMES = ["0001_initial", "0002_exactly_once", "0003_imports", "0004_revision", "0005_search", "0006_extensions"]
MODELS = [*CATALOG, *CUSTOMERS, *INVENTORY, *ORDERS, *ADOPTION, *IDEMPOTENCY, *IMPORTING, *REVISION]


FIRST_ROWS = """
    INSERT INTO products (id, title, price) VALUES (1, 'Mug', 500), (2, 'Cup', 700);
    INSERT INTO stock (product_id, quantity) VALUES (1, 4), (2, 0);
    INSERT INTO customers (id, token, time_created) VALUES (1, 'a', '2025-01-01 00:00:00.000000+00:00');
    INSERT INTO addresses (id, customer_id, country, city, post_code, address) VALUES (1, 1, 'F', 'P', '1', 'x');
    INSERT INTO orders (id, customer_id, shipping_address_id, is_ordered, time_created, time_checkout) VALUES
        (3, 1, 1, TRUE, '2025-01-01 00:00:00.000000+00:00', '2025-01-02 00:00:00.000000+00:00'),
        (4, 1, NULL, TRUE, '2025-01-01 00:00:00.000000+00:00', NULL),
        (7, 1, NULL, FALSE, '2025-01-01 00:00:00.000000+00:00', NULL);
    INSERT INTO order_lines (order_id, product_id, product_number, quantity, title, price)
        VALUES (3, 1, 1, 2, 'Mug', 500)
"""
"""What a store of the first version may hold: an order, an adopted order that lacks things, and a cart."""


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a store whose database was never migrated."""
    if request.param == "sqlite":
        return settings_for(tmp_path)
    return settings_for(tmp_path, new_postgresql_database(request.getfixturevalue("server_url")))


def schema(store: Store) -> list[tuple[Any, ...]]:
    """Every column, constraint and index of our tables, as the database itself describes them."""
    # Without the search index of SQLite, which is no model's.
    if not store.postgresql:
        query = """
            SELECT type, name, sql FROM sqlite_master
            WHERE name NOT LIKE 'schema_migration%' AND type <> 'trigger'
            AND name NOT LIKE 'product\\_search%' ESCAPE '\\' AND name <> 'search_marks' ORDER BY type, name"""
    else:
        query = """
            SELECT 'column', table_name, column_name, data_type, is_nullable, collation_name, ordinal_position::text
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migration'
            UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            AND conrelid::regclass::text <> 'schema_migration'
            UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '', ''
            FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migration'
            ORDER BY 1, 2, 3"""
    return [tuple(row) for row in store.database.execute_sql(query).fetchall()]


def test_models_and_migrations_agree(bare: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    by_migrations, by_models = Store(bare), Store(bare)
    migrations.migrate(by_migrations)
    with by_migrations.snapshot():
        assert not diff_models(by_migrations.database, MODELS)
        migrated = schema(by_migrations)
        assert len(migrated) > 30
    if by_models.postgresql:
        url = new_postgresql_database(request.getfixturevalue("server_url"))
        by_models = Store(settings_for(tmp_path, url))
    else:
        by_models = Store(settings_for(tmp_path, "sqlite:///models.sqlite3"))
    with by_models.transaction():
        by_models.database.create_tables(MODELS, safe=False)
        assert schema(by_models) == migrated
    by_models.close()
    by_migrations.close()


def test_a_second_run_has_nothing_to_do(bare: Settings) -> None:
    store = Store(bare)
    assert migrations.status(store).is_new
    assert migrations.migrate(store) == NAMES
    assert migrations.migrate(store) == []
    assert migrations.status(store) == migrations.Status(NAMES, [], [])
    store.close()


def test_processes_that_start_at_once_take_turns(bare: Settings) -> None:
    stores = [Store(bare) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        applied = list(threads.map(migrations.migrate, stores))
    assert sorted(applied) == [[], [], [], NAMES]
    for store in stores:
        store.close()


def test_a_migration_that_fails_leaves_nothing(bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = tmp_path / "migrations"
    shutil.copytree(migrations.HERE, files)
    (files / "0099_broken.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE half (id INTEGER)')\n    raise ValueError('broken')\n"
    )
    monkeypatch.setattr(migrations, "HERE", files)
    store = Store(bare)
    with pytest.raises(ValueError, match="broken"):
        migrations.migrate(store)
    with store.snapshot():
        assert store.database.get_tables() == []
    store.close()


def test_a_store_of_the_first_migration_gets_numbers_and_a_ledger(
    bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "migrations"
    files.mkdir()
    shutil.copy(migrations.HERE / "0001_initial.py", files)
    store = Store(bare)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "HERE", files)
        migrations.migrate(store)
    with store.transaction():
        for statement in FIRST_ROWS.split(";"):
            store.database.execute_sql(statement)
    assert migrations.migrate(store) == NAMES[1:]
    with store.snapshot():
        orders = [(order.id, order.number, order.is_adopted) for order in Order.select().order_by(Order.id)]
        assert orders == [(3, "3", False), (4, "4", True), (7, None, False)]
        assert [(entry.product_id, entry.change, entry.reason) for entry in LedgerEntry.select()] == [(1, 4, "opening")]
        assert [(counter.name, counter.value) for counter in Counter.select()] == [("orders", 7)]
        products = Product.select(Product.title, Product.is_active, Product.key).order_by(Product.id).tuples()
        assert list(products) == [("Mug", True, None), ("Cup", True, None)]
    store.close()


def test_a_server_does_not_start_on_a_database_without_tables(bare: Settings) -> None:
    with pytest.raises(DatabaseNotReady, match="Run `webstore migrate`"), TestClient(create_app(bare)):
        pass
    assert not list(bare.directory.glob("*.sqlite3"))


def test_a_server_does_not_start_on_a_database_that_is_behind(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "migrations"
    shutil.copytree(migrations.HERE, files)
    (files / "0099_next.py").write_text("def up(migrator, db):\n    pass\n")
    monkeypatch.setattr(migrations, "HERE", files)
    with (
        pytest.raises(DatabaseNotReady, match=r"behind .* 0099_next not applied\. .* run `webstore migrate`"),
        TestClient(create_app(settings)),
    ):
        pass


def test_a_server_does_not_start_on_a_database_that_is_ahead(settings: Settings) -> None:
    store = Store(settings)
    with store.transaction():
        store.database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('0999_future', '2030-01-01')")
    try:
        with (
            pytest.raises(DatabaseNotReady, match=r"ahead .* 0999_future\. .*pip install --upgrade"),
            TestClient(create_app(settings)),
        ):
            pass
        with pytest.raises(DatabaseNotReady, match="ahead"):
            migrations.migrate(store)
    finally:
        with store.transaction():
            store.database.execute_sql("DELETE FROM schema_migration WHERE name = '0999_future'")
        store.close()
