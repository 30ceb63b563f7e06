"""Transactions of others: nothing of them is seen before the commit, all of it after, and nothing of a rollback."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.factories import add_brand, add_category, add_customer, add_product
from tests.freshness.running import Shell, Shop, shell_of

ALL = "/api/product/all/"
on_sqlite = pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("shop", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def no_transaction_left_open(shop: Shop) -> Iterator[None]:
    """A test that fails in the middle of a transaction takes no other with it."""
    yield
    shop.shell.tries("ROLLBACK")


@pytest.fixture
def product(shop: Shop) -> int:
    """A new product: a kettle."""
    return add_product(shop.store, "Kettle")


@pytest.fixture
def path(product: int) -> str:
    """Where it is asked for."""
    return f"{ALL.removesuffix('all/')}get/{product}/"


@pytest.fixture
def other(shop: Shop) -> Iterator[Shell]:
    """A second shell."""
    with closing(shell_of(shop.settings)) as shell:
        yield shell


def test_what_is_rolled_back_is_never_seen(shop: Shop, product: int, path: str) -> None:
    before = shop.seen(path)
    shop.shell("BEGIN")
    shop.shell(f"UPDATE products SET title = 'Wrong' WHERE id = {product}")
    shop.shell(f"UPDATE stock SET quantity = 99 WHERE product_id = {product}")
    assert shop.seen(path) == before
    shop.shell("ROLLBACK")
    assert shop.seen(path) == before
    shop.shell(f"UPDATE products SET title = 'Right' WHERE id = {product}")
    assert shop.values(path, "title") == ["Right", "Right"]


def test_a_rollback_does_not_hide_the_next_change(shop: Shop, product: int, path: str) -> None:
    for n in range(20):
        shop.shell("BEGIN")
        shop.shell(f"UPDATE products SET title = 'Wrong {n}' WHERE id = {product}")
        shop.shell("ROLLBACK")
        shop.shell(f"UPDATE products SET title = 'Right {n}' WHERE id = {product}")
        assert shop.values(path, "title") == [f"Right {n}"] * 2


def test_of_savepoints_what_is_left_at_the_commit_is_seen(shop: Shop, product: int, path: str) -> None:
    assert shop.values(path, "title") == ["Kettle", "Kettle"]
    shop.shell("BEGIN")
    shop.shell("SAVEPOINT outer_one")
    shop.shell(f"UPDATE products SET title = 'Wrong' WHERE id = {product}")
    shop.shell("ROLLBACK TO outer_one")
    shop.shell("SAVEPOINT inner_one")
    shop.shell(f"UPDATE products SET title = 'Right' WHERE id = {product}")
    shop.shell("RELEASE inner_one")
    assert shop.values(path, "title") == ["Kettle", "Kettle"]
    shop.shell("COMMIT")
    assert shop.values(path, "title") == ["Right", "Right"]


def test_a_change_after_a_savepoint_that_was_rolled_back_is_seen(shop: Shop, product: int, path: str) -> None:
    assert shop.values(path, "price") == ["10.00", "10.00"]
    shop.shell("BEGIN")
    shop.shell(f"UPDATE products SET price = 700 WHERE id = {product}")
    shop.shell("SAVEPOINT later")
    shop.shell(f"UPDATE products SET price = 800 WHERE id = {product}")
    shop.shell("ROLLBACK TO later")
    shop.shell("COMMIT")
    assert shop.values(path, "price") == ["7.00", "7.00"]


def test_a_shell_that_is_killed_leaves_nothing(shop: Shop, other: Shell, product: int, path: str) -> None:
    before = shop.seen(path)
    other("BEGIN")
    other(f"UPDATE products SET title = 'Wrong' WHERE id = {product}")
    other.close()
    assert shop.seen(path) == before


def test_many_changes_in_one_transaction_are_seen_all_at_once(shop: Shop) -> None:
    category = add_category(shop.store, "All at once")
    products = [add_product(shop.store, categories=[category]) for _ in range(5)]
    path = f"/api/product/category/{category}/products/"
    shop.shell("BEGIN")
    for product in products:
        shop.shell(f"UPDATE products SET price = 500 WHERE id = {product}")
        assert [{each["price"] for each in page} for page in shop.values(path, "result")] == [{"10.00"}] * 2
    shop.shell("COMMIT")
    assert [{each["price"] for each in page} for page in shop.values(path, "result")] == [{"5.00"}] * 2


@on_sqlite
@pytest.mark.parametrize("statement", ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "REINDEX", "ANALYZE"])
def test_upkeep_between_two_changes_hides_neither(shop: Shop, product: int, path: str, statement: str) -> None:
    for n in range(10):
        assert shop.values(path, "id") == [product] * 2
        shop.shell(f"UPDATE products SET title = 'T{n}' WHERE id = {product}")
        shop.shell(statement)
        assert shop.values(path, "title") == [f"T{n}"] * 2
        shop.shell(f"UPDATE stock SET quantity = {n} + 100 WHERE product_id = {product}")
        shop.shell(statement)
        assert shop.values(path, "quantity") == [n + 100] * 2


@on_sqlite
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_a_row_that_is_replaced_is_seen(shop: Shop, product: int, path: str, verb: str) -> None:
    assert shop.values(path, "title") == ["Kettle"] * 2
    shop.shell(f"{verb} INTO products (id, title, price, is_active) VALUES ({product}, 'New', 100, 1)")
    # Its stock goes with the row that was there.
    assert [(each.json["title"], each.json["quantity"]) for each in shop.seen(path)] == [("New", 0)] * 2


@on_sqlite
def test_a_row_that_another_replaces_by_its_sku_is_gone(shop: Shop, product: int, path: str) -> None:
    shop.shell(f"UPDATE products SET sku = 'TAKEN' WHERE id = {product}")
    assert shop.values(path, "title") == ["Kettle"] * 2
    shop.shell("INSERT OR REPLACE INTO products (sku, title, price, is_active) VALUES ('TAKEN', 'New', 100, 1)")
    assert [answer.status for answer in shop.seen(path)] == [404, 404]


@on_sqlite
def test_deletions_that_heed_no_foreign_keys_are_seen(shop: Shop) -> None:
    brand, category = add_brand(shop.store, "Gone"), add_category(shop.store, "Gone")
    product = add_product(shop.store, brand=brand, categories=[category], reviews=["Good"])
    path = f"/api/product/get/{product}/"
    assert [each["title"] for each in shop.values(path, "brand")] == ["Gone", "Gone"]
    shop.shell("PRAGMA foreign_keys = OFF")
    try:
        shop.shell(f"DELETE FROM brands WHERE id = {brand}")
        assert shop.values(path, "brand") == [None, None]
        shop.shell(f"DELETE FROM reviews WHERE product_id = {product}")
        assert shop.values(path, "reviews") == [[], []]
        shop.shell(f"DELETE FROM products WHERE id = {product}")
        assert [answer.status for answer in shop.seen(path)] == [404, 404]
        assert shop.values(f"/api/product/category/{category}/products/", "result") == [[], []]
    finally:
        shop.shell("PRAGMA foreign_keys = ON")


@on_sqlite
def test_a_category_whose_product_was_deleted_without_heed_of_foreign_keys_counts_it_no_longer(shop: Shop) -> None:
    category = add_category(shop.store, "Gone")
    product = add_product(shop.store, categories=[category])
    path = f"/api/product/category/{category}/products/"
    assert shop.values(path, "count") == [1, 1]
    shop.shell("PRAGMA foreign_keys = OFF")  # which is what the shell of SQLite starts with
    shop.shell(f"DELETE FROM products WHERE id = {product}")
    shop.shell("PRAGMA foreign_keys = ON")
    assert shop.values(path, "count") == [0, 0]


@on_sqlite
def test_a_backup_that_is_put_back_and_then_changed_is_told_as_it_is(shop: Shop, product: int, path: str) -> None:
    file = shop.settings.directory / "store.sqlite3"
    with closing(sqlite3.connect(":memory:")) as backup, closing(sqlite3.connect(file)) as live:
        live.backup(backup)
        shop.shell(f"UPDATE products SET title = 'Wrong' WHERE id = {product}")
        assert shop.values(path, "title") == ["Wrong", "Wrong"]
        backup.backup(live)
    # As many changes as there were since the backup was made, so that a mere count of them is the same.
    shop.shell(f"UPDATE products SET title = 'Right' WHERE id = {product}")
    assert shop.values(path, "title") == ["Right", "Right"]


@on_postgresql
def test_a_table_that_is_emptied_is_seen_empty(shop: Shop, product: int) -> None:
    add_category(shop.store, "Emptied")
    lists = [ALL, "/api/product/brands/all/", "/api/product/category/list/"]
    before = [shop.seen(path) for path in lists]
    shop.shell("BEGIN")
    shop.shell("TRUNCATE categories CASCADE")
    shop.shell("ROLLBACK")
    assert [shop.seen(path) for path in lists] == before
    shop.shell("TRUNCATE categories CASCADE")
    assert [answer.json for answer in shop.seen(lists[2])] == [[], []]
    shop.shell("TRUNCATE products CASCADE")
    assert shop.values(ALL, "count") == [0, 0]
    assert [answer.status for answer in shop.seen(f"/api/product/get/{product}/")] == [404, 404]


@on_postgresql
def test_rows_that_are_copied_in_are_seen(shop: Shop, path: str) -> None:
    (before, _) = shop.values(ALL, "count")
    with psycopg.connect(shop.settings.database_url) as connection:
        with connection.cursor().copy("COPY products (title, price, is_active) FROM STDIN") as copy:
            for n in range(10):
                copy.write_row((f"Copied {n}", 100, True))
        assert shop.values(ALL, "count") == [before, before]
    assert shop.values(ALL, "count") == [before + 10] * 2


@on_postgresql
def test_nobody_waits_for_a_long_transaction_and_all_is_seen(shop: Shop, other: Shell, product: int, path: str) -> None:
    quick = add_product(shop.store, "Quick")
    other("BEGIN")
    other(f"UPDATE products SET title = 'Long' WHERE id = {product}")
    shop.shell("SET lock_timeout = '50ms'")
    for n in range(40):
        shop.shell(f"UPDATE products SET title = 'Quick {n}' WHERE id = {quick}")
        assert shop.values(f"/api/product/get/{quick}/", "title") == [f"Quick {n}"] * 2
    shop.shell("RESET lock_timeout")
    assert shop.values(path, "title") == ["Kettle", "Kettle"]
    other("COMMIT")
    assert shop.values(path, "title") == ["Long", "Long"]


@on_postgresql
@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_writers_of_each_isolation_level_are_seen(shop: Shop, product: int, path: str, level: str) -> None:
    for n in range(10):
        shop.shell(f"BEGIN ISOLATION LEVEL {level}")
        shop.shell(f"UPDATE products SET title = 'T{n}' WHERE id = {product}")
        shop.shell("COMMIT")
        assert shop.values(path, "title") == [f"T{n}"] * 2


@on_postgresql
def test_writers_of_repeatable_read_do_not_disturb_each_other_over_different_products(
    shop: Shop, other: Shell, product: int, path: str
) -> None:
    another = add_product(shop.store, "Another")
    for shell in (shop.shell, other):
        shell("BEGIN ISOLATION LEVEL REPEATABLE READ")
        shell("SELECT COUNT(*) FROM brands")
    other(f"UPDATE products SET title = 'First' WHERE id = {another}")
    other("COMMIT")
    try:
        assert shop.shell.tries(f"UPDATE products SET title = 'Second' WHERE id = {product}") == "done"
        shop.shell("COMMIT")
    finally:
        shop.shell.tries("ROLLBACK")
    assert shop.values(path, "title") == ["Second", "Second"]


@on_postgresql
@pytest.mark.parametrize("which", ["AND query LIKE '%SUM(value)%'", ""], ids=["watch", "all"])
def test_answers_are_right_at_once_after_connections_were_cut(shop: Shop, product: int, path: str, which: str) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'webstore-kit'"
    for n in range(5):
        assert shop.values(path, "id") == [product, product]
        shop.shell(f"{cut} AND datname = current_database() {which}")
        shop.shell(f"UPDATE products SET title = 'T{n}' WHERE id = {product}")
        assert [(answer.status, answer.json["title"]) for answer in shop.seen(path)] == [(200, f"T{n}")] * 2
        shop.shell(f"UPDATE stock SET quantity = {n} + 100 WHERE product_id = {product}")
        assert shop.values(path, "quantity") == [n + 100] * 2


@on_postgresql
def test_a_session_whose_search_path_leads_elsewhere_is_seen(shop: Shop, other: Shell, product: int, path: str) -> None:
    assert shop.values(path, "title") == ["Kettle", "Kettle"]
    other("CREATE SCHEMA elsewhere")
    other("CREATE TABLE elsewhere.catalogue_revision AS TABLE catalogue_revision")
    other("SET search_path TO elsewhere")
    other(f"UPDATE public.products SET title = 'New' WHERE id = {product}")
    other("DROP SCHEMA elsewhere CASCADE")
    assert shop.values(path, "title") == ["New", "New"]


@on_postgresql
def test_a_session_with_no_search_path_such_as_pg_restore_can_write_and_is_seen(
    shop: Shop, other: Shell, product: int, path: str
) -> None:
    other("SELECT pg_catalog.set_config('search_path', '', false)")
    assert other.tries(f"UPDATE public.products SET title = 'New' WHERE id = {product}") == "done"
    assert shop.values(path, "title") == ["New", "New"]


@on_postgresql
def test_a_user_who_may_change_products_alone_can_do_so_and_is_seen(
    shop: Shop, other: Shell, product: int, path: str
) -> None:
    role = f"clerk_{os.getpid()}"
    other(f"CREATE ROLE {role}")
    try:
        other(f"GRANT SELECT, UPDATE ON products TO {role}")
        other(f"SET ROLE {role}")
        assert other.tries(f"UPDATE products SET title = 'New' WHERE id = {product}") == "done"
    finally:
        other("RESET ROLE")
        other(f"DROP OWNED BY {role}")
        other(f"DROP ROLE {role}")
    assert shop.values(path, "title") == ["New", "New"]


@on_postgresql
def test_a_session_that_applies_what_another_server_sent_is_seen(
    shop: Shop, other: Shell, product: int, path: str
) -> None:
    assert shop.values(path, "title") == ["Kettle", "Kettle"]
    other("SET session_replication_role = replica")  # as logical replication and restores of data do
    other(f"UPDATE products SET title = 'New' WHERE id = {product}")
    assert shop.values(path, "title") == ["New", "New"]


def test_carts_leave_the_lists_as_they_are(shop: Shop, product: int) -> None:
    before = shop.seen(ALL)
    cart = {"token": add_customer(shop.store), "product_id": product, "quantity": 1}
    assert shop.workers[0].send("POST", "/api/order/cart/update/", cart).status == 200
    assert [
        worker.get(ALL, If_None_Match=old.etag or "").status for worker, old in zip(shop.workers, before, strict=True)
    ] == [304, 304]
