"""Work that waits at the same time shares a commit on SQLite, and yet each piece stands or falls alone."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import peewee
import pytest

from tests.databases import settings_for
from tests.factories import add_brand
from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Review
from webstore_kit.core.errors import Busy, Conflict
from webstore_kit.core.writer import MOST_TOGETHER


def add(title: str) -> Callable[[], int]:
    return lambda: int(Brand.insert(title=title).execute())


def add_and_raise(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        Brand.insert(title="half").execute()
        raise error

    return work


def titles(store: Store) -> list[str]:
    with store.snapshot():
        return [brand.title for brand in Brand.select().order_by(Brand.id)]


class Commits:
    """Counts the commits of a store's database."""

    def __init__(self, store: Store) -> None:
        self.number = 0
        database: Any = store.database
        commit = database.commit

        def count() -> None:
            self.number += 1
            commit()

        database.commit = count


def together(store: Store, *works: Callable[[], Any], deadline: float | None = None) -> list[Future[Any]]:
    """Submit the works while a first one keeps the writers busy, so that they wait at the same time."""
    blocking = [store.writers.submit(time.sleep, 0.2) for _ in range(4)]
    futures = [store.submit(work, deadline or store.deadline()) for work in works]
    for block in blocking:
        block.result()
    for future in futures:
        future.exception(timeout=20)
    return futures


@pytest.fixture
def sqlite_store(tmp_path: Any, migrated_sqlite: Any) -> Iterator[Store]:
    (tmp_path / "store.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    store = Store(settings_for(tmp_path))
    yield store
    store.close()


def test_each_gets_its_own_result(store: Store) -> None:
    futures = together(store, *(add(f"B{number}") for number in range(10)))
    assert sorted(future.result() for future in futures) == list(range(1, 11))
    assert sorted(titles(store)) == sorted(f"B{number}" for number in range(10))


def test_a_refusal_and_a_fault_leave_nothing_and_spare_the_others(store: Store) -> None:
    refusal, fault, end = Conflict("No."), ZeroDivisionError(), SystemExit()
    works = add("A"), add_and_raise(refusal), add("B"), add_and_raise(fault), add("C"), add_and_raise(end)
    futures = together(store, *works)
    assert [future.exception() for future in futures] == [None, refusal, None, fault, None, end]
    assert sorted(titles(store)) == ["A", "B", "C"]


def test_a_constraint_that_is_broken_spares_the_others(store: Store) -> None:
    futures = together(store, add("A"), lambda: Review.insert(product=99, review="x").execute(), add("B"))
    assert [type(future.exception()) for future in futures] == [type(None), peewee.IntegrityError, type(None)]
    assert sorted(titles(store)) == ["A", "B"]


def test_those_that_wait_together_share_a_commit(sqlite_store: Store) -> None:
    add_brand(sqlite_store)
    commits = Commits(sqlite_store)
    together(sqlite_store, *(add(f"B{number}") for number in range(2 * MOST_TOGETHER + 1)))
    assert commits.number == 3
    assert len(titles(sqlite_store)) == 2 * MOST_TOGETHER + 2


def test_where_the_commit_fails_each_is_done_alone(sqlite_store: Store) -> None:
    def break_a_key_at_the_commit() -> None:
        sqlite_store.database.execute_sql("PRAGMA defer_foreign_keys = ON")
        Review.insert(product=99, review="x").execute()

    futures = together(sqlite_store, add("A"), break_a_key_at_the_commit, add("B"))
    assert [type(future.exception()) for future in futures] == [type(None), peewee.IntegrityError, type(None)]
    assert titles(sqlite_store) == ["A", "B"]
    with sqlite_store.snapshot():
        assert Review.select().count() == 0


def test_where_sqlite_gives_up_the_whole_transaction_each_is_done_alone(sqlite_store: Store) -> None:
    def roll_everything_back() -> None:
        sqlite_store.database.execute_sql("INSERT OR ROLLBACK INTO brands (id, title) VALUES (1, 'a'), (1, 'b')")

    futures = together(sqlite_store, add("A"), roll_everything_back, add("B"))
    assert [future.exception() is None for future in futures] == [True, False, True]
    assert titles(sqlite_store) == ["A", "B"]


def test_work_that_has_waited_too_long_is_busy(store: Store) -> None:
    futures = together(store, add("A"), deadline=time.monotonic() + 0.05)
    assert isinstance(futures[0].exception(), Busy)
    assert titles(store) == []


def test_one_that_waited_too_long_spares_the_others(store: Store) -> None:
    blocking = [store.writers.submit(time.sleep, 0.3) for _ in range(4)]
    late = store.submit(add("late"), time.monotonic() + 0.05)
    good = store.submit(add("good"), store.deadline())
    for block in blocking:
        block.result()
    assert isinstance(late.exception(20), Busy)
    assert good.result(20) > 0
    assert titles(store) == ["good"]


def test_nobody_is_told_before_the_commit(sqlite_store: Store) -> None:
    seen = []

    def look(_: Future[Any]) -> None:
        with sqlite3.connect(sqlite_store.settings.directory / "store.sqlite3") as other:
            seen.append(other.execute("SELECT count(*) FROM brands").fetchone()[0])
        other.close()

    blocking = sqlite_store.writers.submit(time.sleep, 0.2)
    futures = [sqlite_store.submit(add(f"B{number}"), sqlite_store.deadline()) for number in range(5)]
    for future in futures:
        future.add_done_callback(look)
    blocking.result()
    for future in futures:
        future.result(20)
    sqlite_store.writers.submit(int).result()
    assert seen == [5] * 5


def test_work_that_nobody_waits_for_any_more_is_left_out(store: Store) -> None:
    blocking = [store.writers.submit(time.sleep, 0.2) for _ in range(4)]
    futures = [store.submit(add(f"B{number}"), store.deadline()) for number in range(3)]
    assert futures[1].cancel()
    for block in blocking:
        block.result()
    futures[0].result(20)
    futures[2].result(20)
    assert sorted(titles(store)) == ["B0", "B2"]
