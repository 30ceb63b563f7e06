"""Migrations of extensions: applied with the store's own, all or nothing, and what is said where they do not fit."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.cli.processes import run
from tests.databases import new_postgresql_database, settings_for
from tests.factories import add_customer, add_product
from webstore_kit import DatabaseNotReady, Settings, Store, create_app, migrations
from webstore_kit.catalog import services as catalog
from webstore_kit.core.parts import Parts
from webstore_kit.extensions.extension import Extension

OURS = [path.stem for path in sorted(migrations.HERE.glob("0*.py"))]
UP = 'def up(migrator, db):\n    db.execute_sql("""{sql}""")\n'
POINTS = "CREATE TABLE {name}_points (customer_id BIGINT REFERENCES customers (id) ON DELETE CASCADE, points INTEGER)"


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a store whose database was never migrated."""
    if request.param == "sqlite":
        return settings_for(tmp_path)
    return settings_for(tmp_path, new_postgresql_database(request.getfixturevalue("server_url")))


def folder(tmp_path: Path, name: str, **files: str) -> Path:
    """A folder of migrations: by default one, that makes a table of customers."""
    made = tmp_path / f"migrations_of_{name}"
    made.mkdir(exist_ok=True)
    for file, sql in (files or {"0001_points": POINTS.format(name=name)}).items():
        (made / f"{file}.py").write_text(UP.format(sql=sql))
    return made


def store_with(settings: Settings, **folders: Path) -> Store:
    return Store(settings, parts=Parts(migrations=folders))


def tables(store: Store) -> set[str]:
    with store.snapshot():
        return set(store.database.get_tables())


def test_they_are_applied_after_our_own_and_listed_by_the_extension(bare: Settings, tmp_path: Path) -> None:
    store = store_with(bare, loyalty=folder(tmp_path, "loyalty"), gifts=folder(tmp_path, "gifts"))
    names = [*OURS, "loyalty/0001_points", "gifts/0001_points"]
    assert migrations.status(store) == migrations.Status([], names, [])
    assert migrations.migrate(store) == names
    assert migrations.migrate(store) == []
    assert migrations.status(store) == migrations.Status(names, [], [])
    assert {"loyalty_points", "gifts_points"} <= tables(store)
    store.close()


def test_one_that_fails_leaves_nothing_of_our_own_either(bare: Settings, tmp_path: Path) -> None:
    broken = folder(tmp_path, "loyalty", **{"0001_a": "CREATE TABLE loyalty_a (id INTEGER)", "0002_b": "NO SQL"})
    store = store_with(bare, loyalty=broken)
    with pytest.raises(Exception, match=r"(?i)syntax error"):
        migrations.migrate(store)
    assert tables(store) == set()
    store.close()


def test_processes_that_start_at_once_apply_them_once(bare: Settings, tmp_path: Path) -> None:
    stores = [store_with(bare, loyalty=folder(tmp_path, "loyalty")) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        applied = list(threads.map(migrations.migrate, stores))
    assert sorted(applied) == [[], [], [], [*OURS, "loyalty/0001_points"]]
    for store in stores:
        store.close()


def test_a_server_starts_on_no_database_that_lacks_them_and_starts_without_the_extension(
    bare: Settings, tmp_path: Path
) -> None:
    plain = Store(bare)
    migrations.migrate(plain)
    token = add_customer(plain)
    loyalty = Extension(name="loyalty", migrations=folder(tmp_path, "loyalty"))
    with pytest.raises(DatabaseNotReady, match=r"loyalty/0001_points not applied.*run `webstore migrate`"):
        TestClient(create_app(bare, extensions=[loyalty])).__enter__()
    with_it = store_with(bare, loyalty=folder(tmp_path, "loyalty"))
    assert migrations.migrate(with_it) == ["loyalty/0001_points"]
    with with_it.transaction():
        with_it.database.execute_sql("INSERT INTO loyalty_points VALUES (1, 7)")
    with TestClient(create_app(bare, extensions=[loyalty])) as client:
        assert client.get(f"/api/order/cart/list/{token}/").status_code == 200
    with TestClient(create_app(bare)) as client:
        assert client.get(f"/api/order/cart/list/{token}/").status_code == 200
    assert migrations.migrate(plain) == []
    assert "loyalty_points" in tables(plain)
    for store in (plain, with_it):
        store.close()


def test_an_older_version_of_the_extension_is_refused_by_its_name(bare: Settings, tmp_path: Path) -> None:
    newer = folder(tmp_path, "loyalty", **{"0001_points": POINTS.format(name="loyalty"), "0002_more": "SELECT 1"})
    store = store_with(bare, loyalty=newer)
    migrations.migrate(store)
    (newer / "0002_more.py").unlink()
    for refused in (migrations.migrate, migrations.require_current):
        with pytest.raises(DatabaseNotReady) as caught:
            refused(store)
        assert str(caught.value) == (
            "The database is ahead of this version of the extension loyalty: it has loyalty/0002_more. Install the "
            "newer version (the package that it is in); `webstore migrate --plan` shows more."
        )
    store.close()


def test_a_row_goes_with_what_it_belongs_to(bare: Settings, tmp_path: Path) -> None:
    notes = "CREATE TABLE loyalty_notes (product_id BIGINT REFERENCES products (id) ON DELETE {}, note TEXT)"
    sql = {"0001_notes": notes.format("CASCADE")}
    store = store_with(bare, loyalty=folder(tmp_path, "loyalty", **sql))
    migrations.migrate(store)
    product, other = add_product(store, quantity=0), add_product(store, quantity=0)
    with store.transaction():
        for number in (product, other):
            store.database.execute_sql(f"INSERT INTO loyalty_notes VALUES ({number}, 'x')")
        catalog.delete_products([product])
        left = store.database.execute_sql("SELECT product_id FROM loyalty_notes").fetchall()
    assert [tuple(row) for row in left] == [(other,)]
    store.close()


def test_an_upgrade_leaves_orders_and_their_totals_as_they_were(
    bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for name in OURS[:5]:
        (before / f"{name}.py").write_bytes((migrations.HERE / f"{name}.py").read_bytes())
    store = Store(bare)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "HERE", before)
        migrations.migrate(store)
    moment = "'2025-01-02 00:00:00.000000+00:00'"
    with store.transaction():
        for statement in (
            "INSERT INTO products (id, title, price) VALUES (1, 'Mug', 500)",
            f"INSERT INTO customers (id, token, time_created) VALUES (1, 'a', {moment})",
            (
                "INSERT INTO addresses (id, customer_id, country, city, post_code, address)"
                " VALUES (1, 1, 'F', 'P', '1', 'x')"
            ),
            f"INSERT INTO orders (id, customer_id, is_ordered, time_created) VALUES (3, 1, FALSE, {moment})",
            (
                "INSERT INTO order_lines (order_id, product_id, product_number, quantity, title, price)"
                " VALUES (3, 1, 1, 2, 'Mug', 500)"
            ),
            f"UPDATE orders SET is_ordered = TRUE, number = '7', shipping_address_id = 1, time_checkout = {moment}",
        ):
            store.database.execute_sql(statement)
    assert migrations.migrate(store) == ["0006_extensions"]
    assert rows(store, "SELECT shipping, tax, tax_is_included, metadata FROM orders") in (
        [(0, 0, 0, "{}")],
        [(0, 0, False, {})],
    )
    assert rows(store, "SELECT metadata FROM products UNION ALL SELECT metadata FROM customers") in (
        [("{}",), ("{}",)],
        [({},), ({},)],
    )
    for refused in ("UPDATE orders SET number = NULL", "DELETE FROM order_lines"):
        with pytest.raises(Exception, match="a finished order"), store.transaction():
            store.database.execute_sql(refused)
    shown = run(
        "order", "show", "7", cwd=tmp_path, WEBSTORE_DATABASE_URL=bare.database_url, WEBSTORE_SECRET_KEY="x" * 40
    )
    assert ("shipping" in shown.stdout, "10.00" in shown.stdout) == (False, True)
    store.close()


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.snapshot():
        return [tuple(row) for row in store.database.execute_sql(query).fetchall()]


SHOP = """
from pathlib import Path
from webstore_kit import Extension

extension = Extension(name="loyalty", migrations=Path(__file__).parent / "migrations_of_loyalty")
"""


def test_a_new_store_and_the_command_apply_them(tmp_path: Path) -> None:
    folder(tmp_path, "loyalty")
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "webstore.toml").write_text('extensions = ["shop:extension"]\n')
    assert run("init", cwd=tmp_path).returncode == 0
    plan = "".join(f"applied  {name}\n" for name in (*OURS, "loyalty/0001_points"))
    assert run("migrate", "--plan", cwd=tmp_path).stdout == plan
    (tmp_path / "migrations_of_loyalty" / "0002_more.py").write_text(UP.format(sql="SELECT 1"))
    behind = run("migrate", "--check", cwd=tmp_path)
    assert (behind.returncode, "loyalty/0002_more not applied" in behind.stderr) == (1, True)
    assert run("migrate", cwd=tmp_path).stdout == "Applied loyalty/0002_more\n"
