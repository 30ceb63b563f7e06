"""The search index knows of every change, whoever makes it, and is put right by who comes upon one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.factories import add_brand, add_product
from webstore_kit import Settings, Store, create_app
from webstore_kit.catalog import search, services
from webstore_kit.catalog.filters import ProductFilter
from webstore_kit.catalog.lists import ProductList
from webstore_kit.core.revision import revision

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
Shell = Callable[[str], None]


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with three products that the index knows."""
    brand = add_brand(store, "Acme")
    for title in ("Kettle", "Mug", "Lamp"):
        add_product(store, title, brand=brand)
    catch_up(store)
    return store


@pytest.fixture
def shell(filled: Store) -> Iterator[Shell]:
    """The connection of somebody who knows nothing of the store, and heeds no foreign keys."""
    path = Path(filled.settings.directory / "store.sqlite3")
    with closing(sqlite3.connect(path, isolation_level=None)) as bare:
        yield lambda sql: bare.executescript(sql).close()


def catch_up(store: Store) -> None:
    with store.transaction():
        while search.catch_up():
            pass


def found(store: Store, word: str) -> tuple[list[str], int, bool]:
    """The titles of what is found, how many there are, and whether the index was asked."""
    with store.snapshot():
        products = ProductList(store, revision(), ProductFilter(words=(word,)), None)
        return [row.title for row in products.page(9, 0)], products.count, search.state() is search.State.CURRENT


@pytest.mark.parametrize(
    ("change", "word", "titles"),
    [
        ("INSERT INTO products (title, price) VALUES ('New Kettle', 1)", "kettle", ["Kettle", "New Kettle"]),
        ("UPDATE products SET title = 'Teapot' WHERE id = 1", "teapot", ["Teapot"]),
        ("UPDATE products SET title = 'Teapot' WHERE id = 1", "kettle", []),
        ("UPDATE products SET is_active = FALSE WHERE id = 1", "kettle", []),
        ("UPDATE products SET brand_id = NULL WHERE id < 3", "acme", ["Lamp"]),
        ("UPDATE products SET id = 9 WHERE id = 1", "kettle", ["Kettle"]),
        ("DELETE FROM products WHERE id = 1", "kettle", []),
        ("UPDATE brands SET title = 'Zenith'", "zenith", ["Kettle", "Mug", "Lamp"]),
        ("UPDATE brands SET title = 'Zenith'", "acme", []),
        ("UPDATE brands SET id = 7", "acme", []),
        ("DELETE FROM brands", "acme", []),
        ("DELETE FROM brands; INSERT INTO brands (id, title) VALUES (1, 'Other')", "other", ["Kettle", "Mug", "Lamp"]),
        ("INSERT OR REPLACE INTO brands (id, title) VALUES (1, 'Other')", "other", ["Kettle", "Mug", "Lamp"]),
        ("INSERT OR REPLACE INTO products (id, title, price) VALUES (1, 'Pan', 1)", "kettle", []),
        (
            "INSERT OR REPLACE INTO products (title, price, sku) SELECT 'Pan', 1, sku FROM products WHERE id = 1",
            "kettle",
            [],
        ),
        ("UPDATE OR REPLACE products SET sku = (SELECT sku FROM products WHERE id = 1) WHERE id = 2", "kettle", []),
        ("BEGIN; DELETE FROM products; ROLLBACK", "kettle", ["Kettle"]),
    ],
)
def test_a_change_in_a_bare_shell_is_found_at_once_and_after_the_index_has_caught_up(
    filled: Store, shell: Shell, change: str, word: str, titles: list[str]
) -> None:
    shell(change)
    assert found(filled, word)[:2] == (titles, len(titles))
    catch_up(filled)
    assert found(filled, word) == (titles, len(titles), True)


@pytest.mark.parametrize("change", ["UPDATE products SET price = 7, title = title", "UPDATE stock SET quantity = 1"])
def test_what_no_search_looks_at_leaves_the_index_as_it_is(filled: Store, shell: Shell, change: str) -> None:
    shell(change)
    assert found(filled, "kettle") == (["Kettle"], 1, True)


def test_the_services_leave_no_mark(filled: Store) -> None:
    with filled.transaction():
        services.update_products({1: {"title": "Teapot"}, 2: {"is_active": False}})
        services.delete_products([3])
    assert found(filled, "acme") == (["Teapot"], 1, True)


def test_a_search_that_finds_marks_has_them_seen_to(settings: Settings, filled: Store, shell: Shell) -> None:
    shell("UPDATE products SET title = 'Teapot'")
    with TestClient(create_app(settings)) as client:
        assert client.get("/api/product/all/?search=teapot").json()["count"] == 3
    # The app has closed, and finished what it had to do.
    assert found(filled, "teapot") == (["Teapot"] * 3, 3, True)


def test_many_marks_are_seen_to_in_portions(filled: Store, shell: Shell) -> None:
    shell("UPDATE products SET title = 'Teapot'")
    with filled.transaction():
        assert [search.catch_up(limit=4), search.catch_up(limit=4), search.catch_up(limit=4)] == [True, False, False]
    assert found(filled, "teapot") == (["Teapot"] * 3, 3, True)


def test_without_fts5_a_search_looks_at_every_title(filled: Store, shell: Shell) -> None:
    shell("DELETE FROM product_search; INSERT INTO search_marks VALUES (0)")
    with filled.transaction():
        assert not search.catch_up()
    assert found(filled, "kettle") == (["Kettle"], 1, False)


@pytest.mark.parametrize(
    "word", ["x" * 900, '"', "AND", "a AND b", "*", "{title}:", "^k", "\x00", "\x01", "NEAR(", "-"]
)
def test_no_word_is_taken_for_a_command(filled: Store, word: str) -> None:
    add_product(filled, f"A {word} Z"[:200])
    catch_up(filled)
    titles = [f"A {word} Z"] if len(word) < 200 else []
    assert found(filled, word)[:2] == (titles, len(titles))


def test_five_hundred_words_are_looked_for(filled: Store) -> None:
    words = tuple(f"w{number}" for number in range(500))
    with filled.snapshot():
        assert ProductList(filled, revision(), ProductFilter(words=words), None).count == 0
        assert (
            ProductList(
                filled, revision(), ProductFilter(words=("kettle", "ket", "ett", "ttl", "tle") * 100), None
            ).count
            == 1
        )
