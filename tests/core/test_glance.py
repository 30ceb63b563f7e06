"""The glance: a read in the event loop that is given up as soon as it takes long, and then leaves nothing behind."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from tests.factories import add_brand
from webstore_kit import Settings, Store, create_app
from webstore_kit.catalog import queries
from webstore_kit.core import glance
from webstore_kit.core.glance import Glance, TooLongError

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"


@pytest.fixture
def looking(store: Store) -> Iterator[Glance]:
    """The store's glance."""
    add_brand(store)
    assert store.glance
    yield store.glance
    store.glance.close()


def test_it_reads_what_is_committed(store: Store, looking: Glance) -> None:
    with looking.snapshot():
        assert [brand["title"] for brand in queries.brands()] == ["Acme"]
    add_brand(store, "Zenith")
    with looking.snapshot():
        assert [brand["title"] for brand in queries.brands()] == ["Acme", "Zenith"]


def test_it_sees_one_state_from_its_first_read_on(store: Store, looking: Glance) -> None:
    with looking.snapshot():
        before = queries.brands()
        add_brand(store, "Zenith")
        assert queries.brands() == before


def test_what_takes_long_is_given_up_and_the_next_one_works(looking: Glance) -> None:
    with pytest.raises(TooLongError), looking.snapshot():
        looking.database.execute_sql(ENDLESS).fetchall()
    with looking.snapshot():
        assert len(queries.brands()) == 1


def test_it_cannot_write(looking: Glance) -> None:
    with pytest.raises(TooLongError), looking.snapshot():
        looking.database.execute_sql("DELETE FROM brands")
    with looking.snapshot():
        assert len(queries.brands()) == 1


def test_two_at_once_do_not_mix(looking: Glance) -> None:
    with looking.snapshot(), pytest.raises(TooLongError):
        looking.snapshot().__enter__()
    with looking.snapshot():
        assert len(queries.brands()) == 1


def test_it_makes_no_file(settings: Settings) -> None:
    nowhere = settings.directory / "nothing.sqlite3"
    with pytest.raises(TooLongError):
        Glance(nowhere).snapshot().__enter__()
    assert not nowhere.exists()


def test_a_glance_that_is_given_up_is_answered_all_the_same(
    settings: Settings, store: Store, looking: Glance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glance, "LONGEST", -1.0)
    monkeypatch.setattr(glance, "STEPS", 1)
    with TestClient(create_app(settings)) as client:
        assert client.get("/api/product/brands/all/").json() == [{"id": 1, "title": "Acme"}]


def test_a_database_that_is_locked_whole_is_not_waited_for_in_the_event_loop(store: Store, looking: Glance) -> None:
    store.close()
    with closing(sqlite3.connect(store.settings.directory / "store.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TooLongError), looking.snapshot():
            queries.brands()
