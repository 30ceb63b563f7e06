"""Sources that can be read in spite of all, and those that are refused with a clear sentence."""

import os
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.adoption.legacy import TABLES, Legacy, PostgresqlLegacy, SqliteLegacy, add
from tests.adoption.reading import dump, rows
from tests.databases import new_postgresql_database
from webstore_kit import Store
from webstore_kit.adoption.models import Adoption
from webstore_kit.adoption.opening import opened
from webstore_kit.adoption.services import adopt
from webstore_kit.adoption.steps import STEPS
from webstore_kit.catalog.models import Brand
from webstore_kit.core.errors import CommandError

KINDS = "SOURCE is the path of the Django store's SQLite file, or a URL that starts with postgresql://"


def refusal(store: Store, source: str) -> str:
    """The sentences of the refusal, after which the store is as empty as before."""
    with pytest.raises(CommandError) as refused:
        adopt(store, source)
    assert dump(store) == {step.table: [] for step in STEPS}
    assert rows(store, Adoption) == []
    return str(refused.value)


def test_a_missing_file_is_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "nothing.sqlite3"
    assert refusal(store, str(path)) == f"There is no file {path}. {KINDS}. Nothing was adopted."
    assert not path.exists()


def test_a_folder_is_refused(store: Store, tmp_path: Path) -> None:
    assert refusal(store, str(tmp_path)) == f"There is no file {tmp_path}. {KINDS}. Nothing was adopted."


def test_a_name_that_no_file_can_have_is_refused(store: Store) -> None:
    assert refusal(store, "x" * 5000).startswith("There is no file xxx")


def test_a_file_that_is_no_database_is_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear shop, " * 100)
    assert refusal(store, str(path)) == (
        f"{path} cannot be read: file is not a database. Nothing was adopted. Check that it is an SQLite database, "
        "that you may read it, and that no other program keeps it locked; where it is on a disk that you cannot "
        "write, adopt a copy of it."
    )
    assert path.read_text() == "Dear shop, " * 100


def test_a_damaged_database_is_refused(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    for number in range(300):
        add(sqlite_legacy, "products_reviews", product_id=number, review="long " * 100)
    with sqlite_legacy.path.open("r+b") as file:
        file.seek(40 * 4096)
        file.write(os.urandom(20000))
    assert "cannot be read" in refusal(store, sqlite_legacy.source)


def test_missing_tables_and_columns_are_named(store: Store, legacy: Legacy) -> None:
    legacy.run("ALTER TABLE brands RENAME TO makers")
    legacy.run("ALTER TABLE categories RENAME COLUMN is_active TO active")
    try:
        sentences = refusal(store, legacy.source)
    finally:
        legacy.run("ALTER TABLE makers RENAME TO brands")
        legacy.run("ALTER TABLE categories RENAME COLUMN active TO is_active")
    assert "is not the database of a store that can be adopted: it lacks the tables brands" in sentences
    assert " and the columns categories.is_active. Nothing was adopted. " in sentences


def test_an_empty_file_lacks_every_table(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    sentences = refusal(store, str(tmp_path / "empty"))
    assert all(table in sentences for table in TABLES)


def test_an_empty_postgresql_database_lacks_every_table(store: Store, server_url: str) -> None:
    sentences = refusal(store, new_postgresql_database(server_url))
    assert all(table in sentences for table in TABLES)


@pytest.mark.parametrize("name", ["a b.sqlite3", "50%.sqlite3", "what?.sqlite3", "#1.sqlite3", "größe.sqlite3", "%41"])
def test_a_file_may_have_any_name(store: Store, tmp_path: Path, name: str) -> None:
    with closing(SqliteLegacy(tmp_path / "django" / name)) as legacy:
        add(legacy, "brands", id=1)
    adopt(store, legacy.source)
    assert rows(store, Brand, Brand.id) == [(1,)]
    assert rows(store, Adoption, Adoption.source) == [(legacy.source,)]
    assert [path.name for path in legacy.path.parent.iterdir()] == [name]


def test_a_file_in_use_in_wal_mode_is_read_with_its_newest_rows(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    sqlite_legacy.run("PRAGMA journal_mode = WAL")
    add(sqlite_legacy, "brands", id=1)
    adopt(store, sqlite_legacy.source)
    assert rows(store, Brand, Brand.id) == [(1,)]


def test_a_file_need_not_remember_its_highest_ids(store: Store, loose_legacy: SqliteLegacy) -> None:
    assert loose_legacy.run("SELECT * FROM sqlite_master WHERE name = 'sqlite_sequence'") == []
    add(loose_legacy, "brands", id=6)
    adopt(store, loose_legacy.source)
    with store.transaction():
        assert Brand.insert(title="New").execute() == 7


@pytest.mark.parametrize("url", ["mysql://me:hush@db/shop", "http://me:hush@db/", "sqlite:///hush.sqlite3"])
def test_a_url_of_another_kind_is_refused_without_repeating_it(store: Store, url: str) -> None:
    scheme = url.partition(":")[0]
    expected = f"A source that starts with {scheme}:// is not known. {KINDS}. Nothing was adopted."
    assert refusal(store, url) == expected


def test_a_url_that_lost_a_slash_is_refused_without_its_password(store: Store) -> None:
    assert "hush" not in refusal(store, "postgresql:/me:hush@db/shop")


def test_a_broken_postgresql_url_is_refused_without_its_password(store: Store) -> None:
    assert refusal(store, "postgresql://me:hush@[db/shop") == (
        "SOURCE is no PostgreSQL URL: postgresql://USER:PASSWORD@HOST:PORT/DATABASE. Nothing was adopted."
    )


def test_an_unreachable_server_is_refused_without_the_password(store: Store) -> None:
    sentences = refusal(store, "postgres://me:hush@127.0.0.1:1/shop")
    assert sentences.startswith("postgresql://me@127.0.0.1:1/shop cannot be read: ")
    assert "Nothing was adopted. Check the URL, that the server is up" in sentences
    assert "hush" not in sentences


def test_a_user_who_may_not_read_is_told_so(store: Store, postgresql_legacy: PostgresqlLegacy) -> None:
    postgresql_legacy.run("CREATE ROLE poor LOGIN PASSWORD 'hush'")
    url = postgresql_legacy.source.replace("postgres:@", "poor:hush@")
    try:
        sentences = refusal(store, url)
    finally:
        postgresql_legacy.run("DROP ROLE poor")
    assert "permission denied for table" in sentences
    assert "hush" not in sentences


def test_no_password_is_recorded(store: Store, postgresql_legacy: PostgresqlLegacy) -> None:
    report = adopt(store, postgresql_legacy.source.replace("postgres:@", "postgres:hush@"))
    [(source,)] = rows(store, Adoption, Adoption.source)
    assert source == report.source
    assert source.startswith("postgresql://postgres@")
    assert "hush" not in source


def test_an_adoption_waits_for_nobody_and_stops_nobody_on_postgresql(
    store: Store, postgresql_legacy: PostgresqlLegacy
) -> None:
    add(postgresql_legacy, "brands", id=1)
    with psycopg.connect(postgresql_legacy.source) as shop:
        shop.execute("INSERT INTO brands (id, title) VALUES (2, 'Uncommitted')")
        adopt(store, postgresql_legacy.source)
        shop.execute("INSERT INTO brands (id, title) VALUES (3, 'Still at work')")
    assert rows(store, Brand, Brand.id) == [(1,)]


def test_a_postgresql_database_without_an_encoding_may_hold_any_bytes(store: Store, server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute("CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    url = server_url.replace("/postgres?", "/bytes?")
    legacy = PostgresqlLegacy(url)
    legacy.close()
    with psycopg.connect(url) as shop:
        shop.execute(b"INSERT INTO brands (id, title) VALUES (1, 'Gr\xf6\xdfe'), (2, 'Gr\xc3\xb6\xc3\x9fe')")
    report = adopt(store, url)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute("DROP DATABASE bytes")
    assert rows(store, Brand, Brand.title) == [("Gr\ufffd\ufffde",), ("Größe",)]
    assert [(case.table, case.id) for case in report.cases] == [("brands", 1)]


def test_nothing_can_be_written_to_a_source(legacy: Legacy) -> None:
    add(legacy, "brands", id=1)
    on_sqlite = isinstance(legacy, SqliteLegacy)
    write = "DELETE FROM brands RETURNING id" if on_sqlite else "SELECT setval('brands_id_seq', 99)"
    with opened(legacy.source) as source, pytest.raises(CommandError, match=r"cannot be read: .*read-?only"):
        source.value(write)
    assert legacy.run("SELECT id FROM brands") == [(1,)]


def test_rows_that_come_meanwhile_are_not_seen(store: Store, legacy: Legacy) -> None:
    if isinstance(legacy, SqliteLegacy):
        legacy.run("PRAGMA journal_mode = WAL")  # else the shop waits until the adoption is done
    ids = count(1)
    add(legacy, "brands", id=next(ids))

    def sell(step: str) -> None:
        if step in ("Adopting brands", "Adopting orders", "Comparing"):
            add(legacy, "brands", id=next(ids))

    report = adopt(store, legacy.source, progress=sell)
    assert rows(store, Brand, Brand.id) == [(1,)]
    assert report.rows[0].rows.source == 1


WITHOUT_DRIVER = """
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
sys.modules["psycopg"] = None
from webstore_kit import Settings, Store
from webstore_kit.adoption.services import adopt
from webstore_kit.core.errors import CommandError

try:
    adopt(Store(Settings.load(directory=Path(sys.argv[1]), secret_key="x" * 50)), "postgresql://me:hush@db/shop")
except CommandError as error:
    print(error)
"""


def test_a_postgresql_source_without_the_driver_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DRIVER, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "SOURCE is PostgreSQL, which needs a driver: pip install 'webstore-kit[postgresql]'. Nothing was adopted.\n"
    )
