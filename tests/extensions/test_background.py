"""After the commit: in which order, and what becomes of a subscriber that fails or does not end."""

import gc
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from webstore_kit import Conflict, Event, Settings, Store, Subscriber
from webstore_kit.core.parts import Parts
from webstore_kit.customers.models import Customer

Make = Callable[..., Store]


@dataclass(frozen=True)
class Rang(Event):
    """Somebody rang."""

    number: int


@dataclass(frozen=True)
class RangLoudly(Rang):
    """As before, but louder."""


@pytest.fixture
def make(settings: Settings) -> Iterator[Make]:
    """Makes a store with these subscribers, as functions of the number of Rang."""
    made: list[Store] = []

    def store_with(*after: Callable[[Store, Rang], object], before: Any = (), kind: type[Event] = Rang) -> Store:
        told_before = [Subscriber(kind, each) for each in before]
        made.append(Store(settings, parts=Parts(told_before, [Subscriber(kind, each) for each in after])))
        return made[-1]

    yield store_with
    for store in made:
        store.close()


def ring(store: Store, *numbers: int) -> None:
    for number in numbers:
        store.write(partial(store.publish, Rang(number)))


def threads_in_the_background() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "webstore-background"]


def test_who_asks_for_a_kind_is_told_of_those_derived_from_it(make: Make) -> None:
    told: list[Event] = []
    store = make(lambda _, event: told.append(event))
    store.write(lambda: store.publish(RangLoudly(1)))
    store.write(lambda: store.publish(Event()))
    store.events.settle()
    assert told == [RangLoudly(1)]
    assert (store.events.heeds(RangLoudly), store.events.heeds(Rang), store.events.heeds(Event)) == (True, True, False)


def test_what_follows_from_an_event_is_told_after_it(make: Make) -> None:
    told: list[int] = []

    def go_on(store: Store, event: Rang) -> None:
        if event.number < 3:
            store.publish(Rang(event.number + 1))

    store = make(lambda _, event: told.append(event.number), before=[go_on])
    ring(store, 1)
    store.events.settle()
    assert told == [1, 2, 3]


def test_what_a_subscriber_writes_before_the_commit_is_part_of_it(make: Make) -> None:
    def write(store: Store, event: Rang) -> None:
        with store.transaction():
            Customer.insert(token=str(event.number), time_created=store.now()).execute()

    store = make(before=[write])
    ring(store, 1)

    def ring_in_vain() -> None:
        store.publish(Rang(2))
        raise Conflict("No.")

    for attempt in (store.write, lambda work: store.submit(work, store.deadline()).result()):
        with pytest.raises(Conflict):
            attempt(ring_in_vain)
    with store.snapshot():
        assert [customer.token for customer in Customer.select()] == ["1"]


def test_events_without_an_end_undo_the_transaction(make: Make) -> None:
    told: list[Event] = []
    store = make(
        lambda _, event: told.append(event), before=[lambda store, event: store.publish(Rang(event.number + 1))]
    )
    with pytest.raises(RecursionError):
        ring(store, 1)
    store.events.settle()
    assert told == []
    store.write(lambda: store.publish(Event()))


def test_a_transaction_that_is_begun_anew_is_told_once(make: Make, settings: Settings) -> None:
    """PostgreSQL gives up one of two that wait for each other; on SQLite there is nothing to begin anew."""
    told: list[int] = []
    tries: list[int] = []
    store = make(lambda _, event: told.append(event.number), before=[lambda _, event: tries.append(event.number)])
    with store.transaction():
        ids = [Customer.insert(token=token, time_created=store.now()).execute() for token in ("a", "b")]
    both = threading.Barrier(2)
    waited: set[int] = set()

    def meet(number: int, first: int, second: int) -> None:
        store.publish(Rang(number))
        Customer.update(first_name=str(number)).where(Customer.id == first).execute()
        if store.postgresql and number not in waited:
            waited.add(number)
            both.wait()
        Customer.update(last_name=str(number)).where(Customer.id == second).execute()

    callers = [
        threading.Thread(target=store.write, args=[partial(meet, 1, *ids)]),
        threading.Thread(target=store.write, args=[partial(meet, 2, *reversed(ids))]),
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    store.events.settle()
    assert sorted(told) == [1, 2]
    assert len(tries) == (3 if store.postgresql else 2)


def test_a_commit_that_fails_is_told_to_nobody(make: Make) -> None:
    told: list[int] = []
    store = make(lambda _, event: told.append(event.number))
    with store.transaction():
        store.database.execute_sql("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        later = "REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED"
        store.database.execute_sql(f"CREATE TABLE children (parent INTEGER {later})")

    def break_the_commit() -> None:
        store.publish(Rang(1))
        store.database.execute_sql("INSERT INTO children (parent) VALUES (7)")

    try:
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            store.write(break_the_commit)
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            store.submit(break_the_commit, store.deadline()).result()
        ring(store, 2)
        store.events.settle()
        assert told == [2]
    finally:
        with store.transaction():
            store.database.execute_sql("DROP TABLE children")
            store.database.execute_sql("DROP TABLE parents")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # PostgreSQL shares no commits
def test_where_a_shared_commit_is_given_up_each_is_told_of_its_own_once(make: Make) -> None:
    told: list[int] = []
    store = make(lambda _, event: told.append(event.number))

    def give_up(number: int) -> None:
        store.publish(Rang(number))
        if number == 3:
            store.database.execute_sql("ROLLBACK")  # as SQLite itself does where the disk is full
            raise Conflict("No.")

    with store.transaction():  # holds up the writers, so that the others gather behind
        waiting = [store.submit(partial(give_up, number), store.deadline()) for number in range(6)]
    faults = [number for number, each in enumerate(waiting) if each.exception()]
    store.events.settle()
    assert faults == [3]
    assert sorted(told) == [0, 1, 2, 4, 5]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # PostgreSQL tells either first
def test_on_sqlite_events_come_in_the_order_of_the_commits(make: Make) -> None:
    told: list[int] = []
    committed: list[int] = []
    store = make(lambda _, event: told.append(event.number))

    def write(number: int) -> None:
        with store.transaction():
            committed.append(number)
            store.publish(Rang(number))

    callers = [threading.Thread(target=write, args=[number]) for number in range(40)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    store.events.settle()
    assert told == committed
    assert len(told) == 40


def test_a_subscriber_may_write_and_what_it_publishes_is_told(make: Make) -> None:
    told: list[int] = []

    def write(store: Store, event: Rang) -> None:
        told.append(event.number)
        if event.number < 4:
            store.write(partial(store.publish, Rang(event.number + 1)))
            store.submit(partial(store.publish, Rang(10 + event.number)), store.deadline()).result()

    store = make(write)
    ring(store, 1)
    store.close()
    assert told == [1, 2, 11, 3, 12, 4, 13]


def test_a_subscriber_that_is_about_to_exit_stops_neither_the_store_nor_the_next_one(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []

    def leave(store: Store, event: Rang) -> None:
        raise SystemExit("enough")

    store = make(leave, lambda _, event: told.append(event.number))
    ring(store, 1, 2)
    store.events.settle()
    assert told == [1, 2]
    assert caplog.text.count("leave failed on Rang: SystemExit at test_background.py:") == 2


def test_a_subscriber_that_does_not_end_does_not_hold_up_the_end(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    told: list[int] = []
    goes_on = threading.Event()

    def hang(store: Store, event: Rang) -> None:
        told.append(event.number)
        goes_on.wait(20)

    store = make(hang)
    ring(store, 1, 2, 3)
    with caplog.at_level(logging.ERROR, "webstore_kit"):
        begun = time.monotonic()
        store.events.settle(patience=0.2)
    assert time.monotonic() - begun < 5
    assert "hang on Rang has not ended in 0.2 seconds; 2 more behind it are not told any more" in caplog.text
    goes_on.set()
    store.close()
    ring(store, 4)
    store.close()
    assert told == [1, 4]


def test_many_slow_ones_are_waited_for_as_long_as_they_go_on(make: Make) -> None:
    told: list[int] = []

    def work(store: Store, event: Rang) -> None:
        time.sleep(0.05)
        told.append(event.number)

    store = make(work)
    ring(store, *range(12))
    store.events.settle(patience=0.4)
    assert told == list(range(12))


def test_a_subscriber_that_waits_for_all_does_not_wait_for_itself(make: Make) -> None:
    told: list[int] = []

    def wait(store: Store, event: Rang) -> None:
        store.events.settle()
        told.append(event.number)

    store = make(wait)
    ring(store, 1, 2)
    store.close()
    assert told == [1, 2]


def test_stores_leave_no_threads_and_no_memory_behind(settings: Settings) -> None:
    before = len(threads_in_the_background())
    told: list[int] = []
    subscriber = Subscriber(Rang, lambda _, event: told.append(event.number))
    for number in range(5):
        store = Store(settings, parts=Parts(after_commit=[subscriber]))
        ring(store, number)
        store.close()
    assert told == list(range(5))
    assert len(threads_in_the_background()) == before
    del store
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, Store) and each.settings is settings]


def test_two_stores_of_one_process_do_not_hear_each_other(make: Make) -> None:
    first: list[int] = []
    second: list[int] = []
    one, other = make(lambda _, event: first.append(event.number)), make(lambda _, event: second.append(event.number))
    with one.transaction():
        one.publish(Rang(1))
        with pytest.raises(RuntimeError):
            other.publish(Rang(2))
    ring(other, 3)
    one.events.settle()
    other.events.settle()
    assert (first, second) == ([1], [3])


ENDS_WITHOUT_CLOSING = """
import time
from dataclasses import dataclass
from webstore_kit import Event, Settings, Store, Subscriber
from webstore_kit.core.parts import Parts

def tell(store, event):
    time.sleep(0.2)
    print("told", flush=True)

store = Store(Settings.load(secret_key="x" * 40), parts=Parts(after_commit=[Subscriber(Event, tell)]))
for _ in range(2):
    with store.transaction():
        store.publish(Event())
"""


def test_a_process_that_ends_without_closing_tells_what_is_committed(tmp_path: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS_WITHOUT_CLOSING], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("told\ntold\n", "")
