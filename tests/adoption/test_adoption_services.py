"""The adoption as a whole: all or nothing, once, and accounted for."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest

from tests.adoption.legacy import Legacy, SqliteLegacy, add
from tests.adoption.reading import cases, dump, missing, rows
from tests.databases import migrated, new_postgresql_database, settings_for
from tests.factories import DELIVERY, SECRET, add_customer, add_product
from webstore_kit import Settings, Store
from webstore_kit.adoption.models import Adoption
from webstore_kit.adoption.services import adopt
from webstore_kit.adoption.steps import STEPS
from webstore_kit.catalog.models import Brand, Product
from webstore_kit.core.errors import CommandError
from webstore_kit.customers.models import Customer, User
from webstore_kit.inventory.models import LedgerEntry
from webstore_kit.inventory.queries import ledger
from webstore_kit.orders.models import Order, OrderLine
from webstore_kit.orders.schemas import CartUpdate, Checkout
from webstore_kit.orders.services import finalize_order, set_quantity

NOW = datetime(2030, 1, 2, 3, 4, 5, 6, UTC)
EMPTY: dict[str, list[object]] = {step.table: [] for step in STEPS}


def small_store(legacy: Legacy) -> Legacy:
    """A Django store with something in every table."""
    add(legacy, "auth_user", id=1)
    add(legacy, "brands", id=1)
    add(legacy, "categories", id=1)
    add(legacy, "products", id=1, brand_id=1, price=10.1, old_price=20.2, quantity=7)
    add(legacy, "products", id=2, title="Red TV", price=19.99, quantity=1)
    add(legacy, "products_categories", id=1, category_id=1, product_id=2)
    add(legacy, "products_reviews", id=1, product_id=1)
    add(legacy, "customers", id=1, user_id=1)
    add(legacy, "customers", id=2)
    add(legacy, "customers_addresses", id=1, customer_id=1)
    add(legacy, "orders", id=1, customer_id=1, customer_shipping_address_id=1)
    add(legacy, "orders", id=2, customer_id=1, is_ordered=False)
    add(legacy, "orders_products", id=1, order_id=1, product_id=2, quantity=3, price=19.99)
    add(legacy, "orders_products", id=2, order_id=2, product_id=1, quantity=2, price=10.1)
    return legacy


def adoptions(store: Store) -> list[object]:
    return rows(store, Adoption)


def test_the_report_counts_rows_and_sums_of_both_sides(store: Store, legacy: Legacy) -> None:
    report = adopt(store, small_store(legacy).source)
    counted = [(count.source, count.target, int(count.rows.source), int(count.rows.target)) for count in report.rows]
    assert counted == [
        ("brands", "brands", 1, 1),
        ("categories", "categories", 1, 1),
        ("products", "products", 2, 2),
        ("products", "stock", 2, 2),
        ("products_categories", "product_categories", 1, 1),
        ("products_reviews", "reviews", 1, 1),
        ("auth_user", "users", 1, 1),
        ("customers", "customers", 2, 2),
        ("customers_addresses", "addresses", 1, 1),
        ("orders", "orders", 2, 2),
        ("orders_products", "order_lines", 2, 2),
    ]
    totals = [(total.name, str(total.source), str(total.target)) for count in report.rows for total in count.totals]
    assert totals == [
        ("price", "30.09", "30.09"),
        ("old_price", "20.20", "20.20"),
        ("quantity", "8", "8"),
        ("quantity", "5", "5"),
        ("money", "80.17", "80.17"),
    ]
    assert all(count.explained for count in report.rows)
    assert (report.cases, report.already_adopted, missing(report)) == ((), None, {})


def test_differences_are_explained_by_the_cases(store: Store, legacy: Legacy) -> None:
    small_store(legacy)
    add(legacy, "orders_products", id=3, order_id=9, product_id=1, quantity=4, price=2.5)
    lines = adopt(store, legacy.source).rows[-1]
    money = lines.totals[1]
    assert [int(lines.rows.source), int(lines.rows.target), int(lines.rows.difference)] == [3, 2, -1]
    assert (money.source, money.target, money.difference) == (Decimal("90.17"), Decimal("80.17"), Decimal(-10))
    assert lines.explained


def test_the_adoption_is_recorded(settings: Settings, sqlite_legacy: SqliteLegacy) -> None:
    store = Store(settings, now=lambda: NOW)
    adopt(store, sqlite_legacy.source)
    assert adoptions(store) == [{"id": 1, "source": sqlite_legacy.source, "time_adopted": NOW}]
    store.close()


def test_progress_is_told_each_step(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    told: list[str] = []
    adopt(store, sqlite_legacy.source, progress=told.append)
    assert told == [
        "Adopting brands",
        "Adopting categories",
        "Adopting products",
        "Adopting stock",
        "Adopting product categories",
        "Adopting reviews",
        "Adopting users",
        "Adopting customers",
        "Adopting addresses",
        "Adopting orders",
        "Adopting order lines",
        "Comparing",
        "Copying pictures",
    ]


def test_ids_that_were_ever_used_are_not_handed_out_again(store: Store, legacy: Legacy) -> None:
    for number in range(5):
        add(legacy, "brands")
        add(legacy, "auth_user", username=f"user{number}")
        add(legacy, "customers", token=f"token{number}")
        add(legacy, "orders", customer_id=1)
    for table in ("brands", "auth_user", "customers", "orders"):
        legacy.run(f"DELETE FROM {table} WHERE id > 1")
    adopt(store, legacy.source)
    with store.transaction():
        assert Brand.insert(title="New").execute() == 6
        assert User.insert(username="new", password="!", time_joined=NOW).execute() == 6
        assert Customer.insert(token="new", time_created=NOW).execute() == 6
        assert Order.insert(customer=6, time_created=NOW).execute() == 6
        assert Product.insert(title="New", price=Decimal(1)).execute() == 1


def test_an_id_that_the_new_store_handed_out_before_is_not_handed_out_again(store: Store, legacy: Legacy) -> None:
    with store.transaction():
        for _ in range(9):
            last = Brand.insert(title="Gone").execute()
        Brand.delete().execute()
    add(legacy, "brands", id=1)
    adopt(store, legacy.source)
    with store.transaction():
        assert Brand.insert(title="New").execute() == last + 1


def test_a_store_whose_products_are_gone_but_not_their_ledger_is_left_alone(store: Store, legacy: Legacy) -> None:
    add_product(store)
    with store.transaction():
        Product.delete().execute()
    with pytest.raises(CommandError, match=r"data of its own already \(in stock_ledger\)"):
        adopt(store, legacy.source)


def test_adopted_stock_opens_the_ledger_and_new_orders_are_numbered_above(store: Store, legacy: Legacy) -> None:
    add(legacy, "products", id=1, quantity=7)
    add(legacy, "products", id=2, quantity=0)
    add(legacy, "customers", id=1)
    add(legacy, "orders", id=5000, customer_id=1, is_ordered=True)
    adopt(store, legacy.source)
    with store.snapshot():
        entries = [(entry.product_id, entry.change, entry.reason) for entry in LedgerEntry.select()]
        assert entries == [(1, 7, "opening")]
    token = add_customer(store)
    with store.transaction():
        set_quantity(store, CartUpdate(token=token, product_id=1, quantity=2))
        placed = finalize_order(store, Checkout(token=token, **DELIVERY))
    with store.snapshot():
        assert [order.number for order in Order.select().order_by(Order.id)] == ["5000", "5001"]
        assert (placed["id"], [entry["quantity"] for entry in ledger(1)]) == (5001, [7, 5])


def test_a_store_with_data_is_left_alone(store: Store, legacy: Legacy) -> None:
    small_store(legacy)
    add_product(store)
    before = dump(store)
    with pytest.raises(CommandError) as refusal:
        adopt(store, legacy.source)
    assert str(refusal.value) == (
        "The store has data of its own already (in products, stock, stock_ledger), and a Django store is adopted into "
        "an empty one. Nothing was adopted. Make a new store with `webstore init NEW`, and adopt with `--dir NEW`."
    )
    assert dump(store) == before
    assert adoptions(store) == []


def test_a_second_run_changes_nothing_and_compares(store: Store, legacy: Legacy) -> None:
    adopt(store, small_store(legacy).source)
    with store.transaction():
        Customer.insert(token="since", time_created=NOW).execute()
        OrderLine.delete().where(OrderLine.id == 2).execute()
    before, recorded = dump(store), adoptions(store)
    add(legacy, "orders", id=8, customer_id=2)
    add(legacy, "orders_products", id=8, order_id=8, product_id=1)
    report = adopt(store, legacy.source)
    assert dump(store) == before
    assert adoptions(store) == recorded
    assert rows(store, Adoption, Adoption.time_adopted, Adoption.source) == [
        (report.already_adopted, report.adopted_from)
    ]
    assert missing(report) == {"orders": 1, "order_lines": 2}
    assert [int(report.rows[-1].rows.source), int(report.rows[-1].rows.target)] == [3, 1]
    assert not report.rows[-1].explained


def test_a_second_run_from_another_source_says_which_was_adopted(
    store: Store, sqlite_legacy: SqliteLegacy, loose_legacy: SqliteLegacy
) -> None:
    adopt(store, sqlite_legacy.source)
    add(loose_legacy, "products", id=1)
    report = adopt(store, loose_legacy.source)
    assert (report.source, report.adopted_from) == (loose_legacy.source, sqlite_legacy.source)
    assert missing(report) == {"products": 1}


def test_a_second_run_does_not_miss_what_the_first_left_out(store: Store, legacy: Legacy) -> None:
    small_store(legacy)
    add(legacy, "orders", id=3, customer_id=1, is_ordered=False)
    add(legacy, "products_reviews", id=3, product_id=99)
    first = adopt(store, legacy.source)
    second = adopt(store, legacy.source)
    assert missing(second) == {}
    assert cases(second) == cases(first)


def test_the_source_file_is_not_touched(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    small_store(sqlite_legacy)
    before = hashlib.sha256(sqlite_legacy.path.read_bytes()).digest()
    adopt(store, sqlite_legacy.source)
    adopt(store, sqlite_legacy.source)
    assert hashlib.sha256(sqlite_legacy.path.read_bytes()).digest() == before
    assert list(sqlite_legacy.path.parent.iterdir()) == [sqlite_legacy.path]


@pytest.mark.parametrize("step", ["Adopting categories", "Adopting order lines", "Copying pictures"])
def test_what_breaks_off_in_the_middle_leaves_nothing(store: Store, legacy: Legacy, step: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        adopt(store, small_store(legacy).source, progress=interrupting(step))
    assert dump(store) == EMPTY
    assert adoptions(store) == []
    adopt(store, legacy.source)
    assert len(rows(store, OrderLine)) == 2


def interrupting(at: str) -> Callable[[str], None]:
    def progress(step: str) -> None:
        if step == at:
            raise KeyboardInterrupt

    return progress


KILLED = """
import os, sys
from pathlib import Path
from webstore_kit import Settings, Store
from webstore_kit.adoption.services import adopt

directory, database_url, secret, source = sys.argv[1:]
settings = Settings.load(directory=Path(directory), database_url=database_url, secret_key=secret)
adopt(Store(settings), source, progress=lambda step: os._exit(9) if step == "Copying pictures" else None)
"""


def test_a_process_killed_in_the_middle_leaves_nothing(store: Store, legacy: Legacy) -> None:
    small_store(legacy)
    settings = store.settings
    arguments = [str(settings.directory), settings.database_url, SECRET, legacy.source]
    assert subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False).returncode == 9
    assert dump(store) == EMPTY
    assert adopt(store, legacy.source).already_adopted is None


def test_a_row_that_the_new_database_refuses_stops_all(store: Store, legacy: Legacy) -> None:
    small_store(legacy)
    add(legacy, "products_reviews", id=2, product_id=1)
    with changed(store, "CREATE UNIQUE INDEX once ON reviews (review)", "DROP INDEX once"):
        with pytest.raises(CommandError, match=r"refuses a row of the source: .*Nothing was adopted"):
            adopt(store, legacy.source)
        assert dump(store) == EMPTY
        assert adoptions(store) == []


@pytest.mark.parametrize(
    ("on_sqlite", "on_postgresql", "table", "sentence"),
    [
        (
            "DELETE FROM reviews WHERE id = NEW.id",
            "INSTEAD NOTHING",
            "reviews",
            "The rows of products_reviews in the source, 1, and of reviews in the store, 0, differ",
        ),
        (
            "UPDATE order_lines SET price = price + 1 WHERE id = NEW.id",
            "ALSO UPDATE order_lines SET price = price + 1 WHERE id = NEW.id",
            "order_lines",
            "The money of orders_products in the source, 80.17, and of order_lines in the store, 80.22, differ",
        ),
    ],
)
def test_a_difference_that_no_case_explains_stops_all(
    store: Store, legacy: Legacy, on_sqlite: str, on_postgresql: str, table: str, sentence: str
) -> None:
    small_store(legacy)
    make = (
        f"CREATE RULE wrong AS ON INSERT TO {table} DO {on_postgresql}"
        if store.postgresql
        else f"CREATE TRIGGER wrong AFTER INSERT ON {table} BEGIN {on_sqlite}; END"
    )
    drop = f"DROP RULE wrong ON {table}" if store.postgresql else "DROP TRIGGER wrong"
    with changed(store, make, drop):
        with pytest.raises(CommandError) as refusal:
            adopt(store, legacy.source)
        assert str(refusal.value) == f"{sentence} and nothing explains it. Nothing was adopted. Please report this."
        assert dump(store) == EMPTY


@contextmanager
def changed(store: Store, statement: str, undo: str) -> Iterator[None]:
    """Inside, the store's tables are not as its migrations made them."""
    with store.transaction():
        store.database.execute_sql(statement)
    yield
    with store.transaction():
        store.database.execute_sql(undo)


def test_of_two_adoptions_at_once_one_is_done(store: Store, legacy: Legacy) -> None:
    small_store(legacy)
    barrier = Barrier(2)

    def run(_: int) -> str:
        barrier.wait()
        return "adopted" if adopt(store, legacy.source).already_adopted is None else "already"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(run, range(2))) == ["adopted", "already"]
    assert len(adoptions(store)) == 1
    assert len(rows(store, OrderLine)) == 2


def test_both_databases_end_the_same(tmp_path: Path, server_url: str, loose_legacy: SqliteLegacy) -> None:
    small_store(loose_legacy)
    worst_store(loose_legacy)
    ends = []
    for name, url in (("a", "sqlite:///store.sqlite3"), ("b", new_postgresql_database(server_url))):
        (tmp_path / name).mkdir()
        store = Store(migrated(settings_for(tmp_path / name, url)), now=lambda: NOW)
        report = adopt(store, loose_legacy.source)
        held = dump(store)
        for row in held["customers"]:
            row["token"] = row["token"] if row["token"].startswith("token-") else "a new one"
        ends.append((held, report.cases, [(count.rows, count.totals) for count in report.rows]))
        store.close()
    assert ends[0] == ends[1]


def worst_store(legacy: SqliteLegacy) -> None:
    """Add much of what a database without checks can hold."""
    odd = [None, "", "text", "a\0b", b"\xff\x00", -1, 2.5, 1e300, float("inf"), 2**63 - 1, "\N{SNOWMAN}" * 300]
    for number, value in enumerate(odd, 100):
        add(legacy, "brands", title=value)
        add(legacy, "products", id=number, title=value, price=value, old_price=value, quantity=value, photo=value)
        add(legacy, "auth_user", username=value, password=value, email=value, is_active=value, last_login=value)
        add(legacy, "customers", id=number, token=value, user_id=value, phone=value, time_created=value)
        add(legacy, "customers_addresses", customer_id=value, post_code=value, city=value)
        for is_ordered in (True, False, value):
            order = add(legacy, "orders", customer_id=value, is_ordered=is_ordered, time_checkout=value)
            for product_id in (value, number, 1, 1):
                add(legacy, "orders_products", order_id=order, product_id=product_id, quantity=value, price=value)
        add(legacy, "orders_products", order_id=value, product_id=value)


def test_many_orders_are_adopted_in_batches(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    add(sqlite_legacy, "customers", id=1)
    add(sqlite_legacy, "products", id=1)
    sqlite_legacy.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201) INSERT INTO orders "
        "(id, time_created, customer_id, is_ordered) SELECT i, '2021-08-04 12:30:45', 1, 1 FROM n"
    )
    sqlite_legacy.run(
        "INSERT INTO orders_products (quantity, price, order_id, product_id) SELECT 2, 0.1, id, 1 FROM orders"
    )
    report = adopt(store, sqlite_legacy.source)
    assert [int(count.rows.target) for count in report.rows[-2:]] == [1201, 1201]
    assert str(report.rows[-1].totals[1].target) == "240.20"
    assert report.rows[-1].explained
