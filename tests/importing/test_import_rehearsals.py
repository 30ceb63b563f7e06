"""Rehearsals: a dry run says exactly what the import then does, and a strict import does all of a file or nothing."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from tests.databases import empty_tables
from tests.factories import add_product
from tests.importing.catalogues import (
    CATALOGUE,
    MEANING,
    RUNS,
    assert_adds_up,
    counts,
    csv_text,
    field,
    meaning,
    put_pictures,
    refusals,
    runs,
    saved,
    shop,
    tables,
    take,
)
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Product
from webstore_kit.importing import pace, services
from webstore_kit.importing.plan import Mode
from webstore_kit.importing.services import ImportOptions, import_catalogue
from webstore_kit.importing.undo import undo

EVERYTHING = (*CATALOGUE, *RUNS)
REFUSED_LAST = "sku,title,price,brand,categories\nA-1,Kettle,10,Acme,Tea\nA-2,Mug,free,Zeta,Tea > Green\n"

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(["", "", "A", "B", "C"]),
            "key": st.sampled_from(["", "", "k", "l", "m", "product:1"]),
            "title": st.sampled_from(["", "Mug", "Mug", "Pan"]),
            "price": st.sampled_from(["", "1", "1.00", "2", "free"]),
            "quantity": st.sampled_from(["", "0", "3", "-1"]),
            "brand": st.sampled_from(["", "Acme", "Zeta"]),
            "categories": st.sampled_from(["", "Tea", "Tea > Green", "Sale|Tea"]),
            "is_active": st.sampled_from(["", "yes", "no"]),
        }
    ),
    min_size=1,
    max_size=9,
)
FIRST = {"sku": "Z", "title": "Cup", "price": "1"}
OPTIONS = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(Mode),
        "clear": st.booleans(),
        "strict": st.booleans(),
        "deactivate_missing": st.booleans(),
    }
)


@pytest.fixture
def emptied(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """The store, with nothing in it each time it is called."""
    store = Store(settings)

    def empty() -> Store:
        store.close()
        if settings.database_url.startswith("postgresql"):
            empty_tables(settings.database_url)
        else:
            for file in settings.directory.glob("store.sqlite3*"):
                file.unlink()
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), settings.directory / "store.sqlite3")
        return store

    yield empty
    store.close()


@profile(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, rows=ROWS, options=OPTIONS, batch=st.sampled_from([1, 2, 200]))
def test_a_rehearsal_says_what_the_import_does_and_an_undo_takes_it_back(
    emptied: Callable[[], Store], before: list[Any], rows: list[Any], options: dict[str, Any], batch: int
) -> None:
    store = emptied()
    nameless = add_product(store, "Pot")
    with store.transaction():
        Product.update(sku=None).where(Product.id == nameless).execute()
    take(store, csv_text([FIRST, *before]))
    text, there, products = csv_text([FIRST, *rows]), tables(store, EVERYTHING), meaning(store)
    rehearsed = take(store, text, dry_run=True, **options)
    assert tables(store, EVERYTHING) == there
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "FIRST", batch)
        patch.setattr(services, "MOST", batch)
        report = take(store, text, **options)
    assert (report.counts, refusals(report)) == (rehearsed.counts, refusals(rehearsed))
    assert report.was_written is not (options["strict"] and report.counts.refused > 0)
    if report.run:
        assert undo(store, report.run).left == ()
    assert meaning(store) == products
    assert_adds_up(store)


def test_a_rehearsal_writes_nothing_at_all(store: Store) -> None:
    put_pictures(store, "kettle.png")
    take(store, "sku,title,price,quantity\nA-1,Kettle,10,5\nA-0,Pot,1,1\n")
    before, files = tables(store, EVERYTHING), sorted(store.settings.directory.rglob("*"))
    text = "sku,title,price,quantity,brand,categories,pictures\nA-1,Kettle,9,1,Acme,Tea,kettle.png\nA-2,,1,,,,\n"
    report = take(store, text, dry_run=True, deactivate_missing=True)
    assert (counts(report), report.was_written, report.run, report.pictures) == ((0, 1, 0, 1), False, None, None)
    assert (tables(store, EVERYTHING), sorted(store.settings.directory.rglob("*"))) == (before, files)


def test_a_rehearsal_says_how_many_would_be_taken_out_of_sale(store: Store) -> None:
    take(store, "sku,title,price,is_active\nA-1,Kettle,10,yes\nA-2,Mug,1,yes\nA-3,Pan,1,no\n")
    text = "sku,title,price\nA-1,Kettle,10\n"
    assert take(store, text, dry_run=True, deactivate_missing=True).counts.deactivated == 1
    assert field(store, "is_active") == {"A-1": True, "A-2": True, "A-3": False}


@pytest.mark.parametrize("there", ["", "sku,title,price\nA-0,Pan,1\n"], ids=["empty", "full"])
def test_a_strict_import_writes_nothing_where_a_row_is_refused(store: Store, there: str) -> None:
    if there:
        take(store, there)
    before = tables(store, EVERYTHING)
    report = take(store, REFUSED_LAST, strict=True)
    assert (counts(report), report.was_written, report.run) == ((1, 0, 0, 1), False, None)
    assert refusals(report) == [(3, "price", "free", "is no amount")]
    assert tables(store, EVERYTHING) == before
    assert report.rejected is not None
    assert len(report.rejected.read_text("utf-8-sig").splitlines()) == 2


def test_a_strict_import_writes_all_where_none_is_refused(store: Store) -> None:
    report = take(store, REFUSED_LAST.replace("free", "5"), strict=True)
    assert (counts(report), report.was_written, report.rejected) == ((2, 0, 0, 0), True, None)
    assert (list(shop(store)), runs(store)) == (["A-1", "A-2"], [("done", 2, 0, 0, 0, 0)])


def test_a_strict_import_that_meets_another_store_than_the_rehearsal_is_taken_back(store: Store) -> None:
    take(store, "sku,title,price,quantity,brand\nA-0,Pan,1,4,Acme\n")
    said: list[int] = []

    def say(_: str, done: int, __: float | None) -> None:
        if not said:
            take(store, "sku,title,price\nA-2,Mug,5\n", "other.csv")
        said.append(done)

    text = "sku,title,price,quantity,brand\nA-0,Pot,1,2,Zeta\nA-1,Kettle,10,3,Zeta\nA-2,Mug,5,1,Acme\n"
    before = tables(store, MEANING)["products"], shop(store)["A-0"]
    report = import_catalogue(store, saved(store, text), ImportOptions(strict=True, mode=Mode.CREATE), say=say)
    # The row of A-0 is refused by the rehearsal already.
    assert (counts(report), report.was_written) == ((2, 0, 0, 1), False)
    said.clear()
    text = text.replace("A-0,Pot,1,2,Zeta\n", "A-3,Pot,1,2,Zeta\n").replace("A-2", "A-4")

    def say_again(_: str, done: int, __: float | None) -> None:
        if not said:
            take(store, "sku,title,price\nA-4,Mug,5\n", "other.csv")
        said.append(done)

    there = shop(store)
    report = import_catalogue(store, saved(store, text), ImportOptions(strict=True, mode=Mode.CREATE), say=say_again)
    assert (counts(report), report.was_written, report.run) == ((2, 0, 0, 1), False, None)
    assert refusals(report) == [(4, "sku", "A-4", "is in the store already")]
    assert {name: fields for name, fields in shop(store).items() if name != "A-4"} == there
    assert runs(store)[-1] == ("undone", 2, 0, 0, 1, 0)
    assert before[1] == shop(store)["A-0"]


def test_a_strict_import_that_was_stopped_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FIRST", 1)
    monkeypatch.setattr(pace, "FEWEST", 1)
    monkeypatch.setattr(pace, "MOST", 1)
    path = saved(store, REFUSED_LAST.replace("free", "5"))
    said: list[int] = []

    def say(_: str, done: int, __: float | None) -> None:
        said.append(done)
        if len(said) == 2:  # the first was of the rehearsal, which takes all rows at once
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_catalogue(store, path, ImportOptions(strict=True), say=say)
    assert runs(store) == [("running", 1, 0, 0, 0, 0)]
    report = import_catalogue(store, path, ImportOptions(strict=True))
    assert (counts(report), report.gone_on_at, runs(store)) == ((2, 0, 0, 0), 1, [("done", 2, 0, 0, 0, 0)])
