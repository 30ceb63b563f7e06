"""The batches of an import: bounded, each seen whole or not at all, and patient with whoever else is at work."""

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from threading import Event, Thread
from typing import Any

import pytest

from tests.factories import add_brand, add_category, add_product
from tests.importing.catalogues import (
    MEANING,
    assert_adds_up,
    brands,
    categories,
    counts,
    csv_text,
    field,
    refusals,
    runs,
    saved,
    shop,
    tables,
    take,
)
from webstore_kit import Settings, Store
from webstore_kit.catalog import services as catalog
from webstore_kit.catalog.models import Product, ProductCategory, Stock
from webstore_kit.importing import pace
from webstore_kit.importing.models import ImportRun
from webstore_kit.importing.plan import Mode
from webstore_kit.importing.runs import TakenOver
from webstore_kit.importing.services import ImportOptions, import_catalogue
from webstore_kit.importing.undo import undo
from webstore_kit.inventory.services import set_stock

MANY = 5000


def catalogue(count: int, prefix: str = "S") -> str:
    return csv_text(
        {
            "sku": f"{prefix}-{number}",
            "title": f"Product {number}",
            "price": "9.90",
            "quantity": 1 + number % 9,
            "brand": f"Brand {number % 7}",
            "categories": f"All > Shelf {number % 20}",
        }
        for number in range(count)
    )


def seen(store: Store) -> tuple[int, int, int, int]:
    """Of one moment: how far the run is, and how many products, places on shelves and stocks there are."""
    with store.snapshot():
        position = ImportRun.select(ImportRun.position).scalar() or 0
        return position, Product.select().count(), ProductCategory.select().count(), Stock.select().count()


def test_a_transaction_takes_no_more_rows_than_it_may_and_is_seen_whole(store: Store) -> None:
    path, positions, moments, is_done = saved(store, catalogue(MANY)), [0], [], Event()

    def read() -> None:
        while not is_done.is_set():
            moments.append(seen(store))

    def say(_: str, done: int, __: float | None) -> None:
        positions.append(done)
        moments.append(seen(store))

    reader = Thread(target=read)
    reader.start()
    try:
        import_catalogue(store, path, say=say)
    finally:
        is_done.set()
        reader.join()
    assert positions[-1] == MANY
    assert all(0 < later - earlier <= pace.MOST for earlier, later in pairwise(positions))
    assert len(positions) > 3
    assert {len(set(moment)) for moment in moments} == {1}
    assert {moment[0] for moment in moments} == set(positions)


def test_a_batch_is_never_larger_than_what_the_last_one_has_shown_to_be_fast() -> None:
    ours = pace.Pace()
    sizes = [ours.size]
    for _ in range(6):
        with ours.measured(ours.size):
            pass
        sizes.append(ours.size)
    assert sizes == [200, 400, 800, 1600, 2000, 2000, 2000]
    with ours.measured(1):
        pass
    assert ours.size == 20


def test_the_collector_of_python_is_left_as_it_was_found() -> None:
    before = gc.get_threshold()
    first, second = pace.seldom_collecting(), pace.seldom_collecting()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == (pace.OBJECTS, *before[1:])
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


# --- others at the same time ---------------------------------------------------------------------------------------


@contextmanager
def beside(store: Store, work: Callable[[], object]) -> Iterator[None]:
    """Somebody has done the work in a transaction, and commits once we wait for that, or soon."""
    is_done = Event()

    def act() -> None:
        with store.transaction():
            work()
            is_done.set()
            wait_for_a_waiting_one(store)

    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(act)
        is_done.wait(10)
        yield
        other.result()


def wait_for_a_waiting_one(store: Store) -> None:
    """On SQLite nobody can do anything in the meantime; on PostgreSQL they wait for a lock, or may go ahead."""
    end = time.monotonic() + (1 if store.postgresql else 0)
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted"
    while time.monotonic() < end and not store.database.execute_sql(waiting).fetchone():
        time.sleep(0.005)


def test_a_product_that_somebody_makes_at_the_same_time_is_changed(store: Store) -> None:
    with beside(store, lambda: Product.insert(sku="A-1", title="Mug", price=0).execute()):
        report = take(store, "sku,title,price\nA-0,Pan,1\nA-1,Kettle,10\n")
    assert counts(report) == (1, 1, 0, 0)
    assert field(store, "title") == {"A-0": "Pan", "A-1": "Kettle"}
    assert runs(store) == [("done", 1, 1, 0, 0, 0)]


def test_a_product_that_somebody_deletes_at_the_same_time_is_made_anew(store: Store) -> None:
    take(store, "sku,title,price,quantity\nA-1,Kettle,10,5\n")
    with beside(store, lambda: Product.delete().where(Product.sku == "A-1").execute()):
        report = take(store, "sku,title,price,quantity\nA-1,Mug,10,3\n")
    assert counts(report) == (1, 0, 0, 0)
    assert (field(store, "title"), field(store, "quantity")) == ({"A-1": "Mug"}, {"A-1": 3})


def test_a_brand_and_a_category_that_somebody_deletes_at_the_same_time_are_made_anew(store: Store) -> None:
    brand, category = add_brand(store, "Acme"), add_category(store, "Tea")

    def delete() -> None:
        catalog.delete_unused_brands([brand])
        catalog.delete_unused_categories([category])

    with beside(store, delete):
        report = take(store, "sku,title,price,brand,categories\nA-1,Kettle,10,Acme,Tea > Green\n")
    assert counts(report) == (1, 0, 0, 0)
    assert (brands(store), categories(store)) == (["Acme"], ["Tea", "Tea > Green"])
    assert (field(store, "brand"), field(store, "categories")) == ({"A-1": "Acme"}, {"A-1": ("Tea > Green",)})


def test_a_brand_and_a_category_that_somebody_has_just_begun_to_use_survive_an_undo(store: Store) -> None:
    run = take(store, "sku,title,price,brand,categories\nA-1,Kettle,10,Acme,Tea\n").run
    assert run is not None
    other = add_product(store, "Mug")

    def use() -> None:
        ids, _ = catalog.brand_ids(["Acme"])
        shelves, _ = catalog.category_ids([("Tea",)])
        catalog.update_products({other: {"brand": ids["Acme"]}})
        catalog.shelve({other: list(shelves.values())})

    with beside(store, use):
        undone = undo(store, run)
    (mug,) = shop(store).values()
    assert (mug["title"], mug["brand"], mug["categories"]) == ("Mug", "Acme", ("Tea",))
    assert [(left.kind, left.name) for left in undone.left] == [("brand", "Acme"), ("category", "Tea")]


def test_names_that_two_need_at_the_same_time_are_made_once(store: Store) -> None:
    def make() -> None:
        catalog.brand_ids(["Acme"])
        catalog.category_ids([("Tea", "Green")])

    with beside(store, make):
        take(store, "sku,title,price,brand,categories\nA-1,Kettle,10,Acme,Tea > Green > Sencha\n")
    assert (brands(store), categories(store)) == (["Acme"], ["Tea", "Tea > Green", "Tea > Green > Sencha"])


def test_stock_that_somebody_counts_for_the_first_time_at_the_same_time_is_in_the_ledger_once(store: Store) -> None:
    with store.transaction():
        product = int(Product.insert(sku="A-1", title="Mug", price=0).execute())
    with beside(store, lambda: set_stock(store, product, 4)):
        take(store, "sku,quantity\nA-1,9\n")
    assert shop(store)["A-1"]["ledger"] == [(4, "count"), (5, "import")]


def test_an_import_waits_longer_for_its_turn_than_a_request_does(settings: Settings) -> None:
    hasty = Store(settings, patience=0.1)
    product = add_product(hasty, quantity=5)
    (sku,) = shop(hasty)
    others, is_locked = Store(settings), Event()

    def hold() -> None:
        with others.transaction():
            set_stock(others, product, 4)
            is_locked.set()
            time.sleep(0.5)

    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(hold)
        is_locked.wait(10)
        report = take(hasty, f"sku,quantity\n{sku},9\n")
        other.result()
    assert counts(report) == (0, 1, 0, 0)
    assert shop(hasty)[sku]["ledger"] == [(5, "count"), (-1, "count"), (5, "import")]
    hasty.close()
    others.close()


# --- a run, and who works on it ------------------------------------------------------------------------------------


class Interrupted(Exception):
    """What stops an import in the middle, as Ctrl+C does."""


def stop_at(number: int) -> Callable[[str, int, float | None], None]:
    def say(_: str, done: int, __: float | None) -> None:
        if done >= number:
            raise Interrupted

    return say


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of ten rows."""
    monkeypatch.setattr(pace, "FIRST", 10)
    monkeypatch.setattr(pace, "MOST", 10)


def interrupted(store: Store, text: str, name: str = "shop.csv", **options: Any) -> None:
    """An import that is stopped after half of a hundred rows."""
    with pytest.raises(Interrupted):
        import_catalogue(store, saved(store, text, name), ImportOptions(**options), say=stop_at(50))


@pytest.mark.usefixtures("small_batches")
def test_an_import_that_was_stopped_goes_on_where_it_was(store: Store) -> None:
    text = catalogue(100)
    interrupted(store, text)
    assert runs(store) == [("running", 50, 0, 0, 0, 0)]
    report = take(store, text)
    assert (counts(report), report.gone_on_at, runs(store)) == ((100, 0, 0, 0), 50, [("done", 100, 0, 0, 0, 0)])


@pytest.mark.usefixtures("small_batches")
def test_another_file_or_other_options_begin_a_run_of_their_own(store: Store) -> None:
    text = catalogue(100)
    interrupted(store, text)
    report = take(store, text + "X,Pan,1,1,,\n", clear=True)
    assert (counts(report), report.gone_on_at) == ((51, 0, 50, 0), 0)
    assert counts(take(store, text, clear=True)) == (0, 0, 100, 0)


@pytest.mark.usefixtures("small_batches")
def test_a_file_goes_on_where_it_was_though_another_one_was_looked_at_in_between(store: Store) -> None:
    take(store, "sku,title,price\nX,Pan,1\n", "other.csv")
    interrupted(store, catalogue(100))
    assert counts(take(store, "sku,title,price\nX,Pan,1\n", "other.csv")) == (0, 0, 1, 0)
    assert take(store, catalogue(100)).gone_on_at == 50


@pytest.mark.usefixtures("small_batches")
def test_a_file_that_was_stopped_is_imported_from_its_beginning_where_another_one_came_in_between(store: Store) -> None:
    monday = catalogue(100)
    tuesday = monday.replace("9.90", "8.80")
    interrupted(store, monday)
    take(store, tuesday)
    report = take(store, monday)
    assert (counts(report), report.gone_on_at) == ((0, 100, 0, 0), 0)
    assert set(field(store, "price").values()) == {Decimal("9.90")}
    assert [row[0] for row in runs(store)] == ["failed", "done", "done"]


@pytest.mark.usefixtures("small_batches")
def test_an_import_of_new_products_alone_goes_on_whatever_came_in_between(store: Store) -> None:
    text = catalogue(100)
    interrupted(store, text, mode=Mode.CREATE)
    take(store, "sku,title,price\nX,Pan,1\n", "other.csv")
    report = take(store, text, mode=Mode.CREATE)
    assert (counts(report), report.gone_on_at) == ((100, 0, 0, 0), 50)


@pytest.mark.usefixtures("small_batches")
def test_of_two_imports_of_one_file_the_later_one_finishes_it(store: Store) -> None:
    text, reports = catalogue(100), []

    def say(_: str, done: int, __: float | None) -> None:
        if done == 50:
            reports.append(take(store, text))

    with pytest.raises(TakenOver, match=r"^Another process has taken this import over\. `webstore import list` shows "):
        import_catalogue(store, saved(store, text), say=say)
    assert [(counts(report), report.gone_on_at) for report in reports] == [((100, 0, 0, 0), 50)]
    assert (runs(store), len(shop(store))) == ([("done", 100, 0, 0, 0, 0)], 100)
    assert_adds_up(store)


@pytest.mark.usefixtures("small_batches")
def test_an_import_that_is_put_back_meanwhile_ends_and_leaves_nothing(store: Store) -> None:
    before = tables(store, MEANING)

    def say(_: str, done: int, __: float | None) -> None:
        if done == 50:
            assert undo(store, 1).left == ()

    with pytest.raises(TakenOver):
        import_catalogue(store, saved(store, catalogue(100)), say=say)
    assert tables(store, MEANING) == before
    assert runs(store) == [("undone", 50, 0, 0, 0, 0)]


@pytest.mark.usefixtures("small_batches")
def test_what_was_named_and_refused_before_a_stop_is_still_known_after_it(store: Store) -> None:
    rows = catalogue(40).splitlines()
    rows.insert(5, "BAD,Pan,free,1,,")
    lines = [*rows, *rows[1:3], "BAD,Pan,1,1,,"]
    text = "\n".join(lines + [f"T-{number},Pan,1,1,," for number in range(20)])
    with pytest.raises(Interrupted):
        import_catalogue(store, saved(store, text), say=stop_at(30))
    report = take(store, text)
    assert (counts(report), report.gone_on_at) == ((60, 0, 0, 4), 30)
    reason = "names the product of line"
    assert refusals(report) == [
        (6, "price", "free", "is no amount"),
        (43, "sku", "S-0", f"{reason} 2 again"),
        (44, "sku", "S-1", f"{reason} 3 again"),
        (45, "sku", "BAD", f"{reason} 6 again"),
    ]
    assert report.rejected is not None
    rejected = report.rejected.read_text("utf-8-sig")
    take(store, text)
    assert report.rejected.read_text("utf-8-sig") == rejected
    assert len(rejected.splitlines()) == 5


@pytest.mark.usefixtures("small_batches")
def test_a_key_that_the_file_has_set_free_before_a_stop_is_not_taken_after_it(store: Store) -> None:
    take(store, "sku,key,title,price\nA-1,old,Kettle,10\n", "old.csv")
    others = "".join(f"B-{number},,Pan,1\n" for number in range(50))
    text = f"sku,key,title,price\nA-1,new,Kettle,10\n{others}C-1,old,Mug,5\n"
    interrupted(store, text)
    report = take(store, text)
    assert (counts(report), report.gone_on_at) == ((50, 1, 0, 1), 50)
    assert refusals(report) == [(53, "key", "old", "names the product of line 2 again")]
