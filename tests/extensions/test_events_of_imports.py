"""Events of imports: one for each product that was written, none of a rehearsal, and the end of an import once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.factories import add_product
from webstore_kit import Change, Event, ImportFinished, ProductChanged, Settings, StockChanged, Store, Subscriber
from webstore_kit.core.parts import Parts
from webstore_kit.importing import pace
from webstore_kit.importing.services import ImportOptions, import_catalogue
from webstore_kit.importing.undo import undo


class Stopped(BaseException):
    """The process is killed."""


class Listener:
    """A store, and all that it is told of it."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.told: list[Any] = []
        self.stops_after = 0
        self.file = folder / "products.csv"
        after = Subscriber(Event, lambda _, event: self.told.append(event))
        self.store = Store(settings, parts=Parts([Subscriber(ProductChanged, self._stop)], [after]))

    def _stop(self, store: Store, event: ProductChanged) -> None:
        if event.product_id == self.stops_after:
            raise Stopped

    def take(self, *lines: str, dry_run: bool = False, **options: Any) -> list[Any]:
        """The events of an import of these lines."""
        self.file.write_text("\n".join(["sku,title,price,quantity", *lines]) + "\n")
        self.told.clear()
        import_catalogue(self.store, str(self.file), ImportOptions(**options), dry_run=dry_run)
        return self.heard()

    def heard(self) -> list[Any]:
        """All that it was told since it last imported."""
        self.store.events.settle()
        for place, event in enumerate(self.told):
            if isinstance(event, ImportFinished):
                assert event.name == str(self.file)
                self.told[place] = replace(event, name=self.file.name)
        return list(self.told)


@pytest.fixture
def listener(settings: Settings, tmp_path: Path) -> Iterator[Listener]:
    made = Listener(settings, tmp_path)
    yield made
    made.store.close()


def finished(run_id: int = 1, **counts: int) -> ImportFinished:
    none = dict.fromkeys(("created", "updated", "unchanged", "refused", "deactivated"), 0)
    return ImportFinished(run_id=run_id, name="products.csv", format="webstore", **{**none, **counts})


def test_an_import_tells_of_each_product_and_of_its_end(listener: Listener) -> None:
    assert listener.take("A,Mug,5,3", "B,Cup,6,0", "C,Jug,x,1") == [
        StockChanged(1, 3, 3, "import"),
        ProductChanged(1, Change.CREATED),
        ProductChanged(2, Change.CREATED),
        finished(created=2, refused=1),
    ]
    assert listener.take("A,Mug,5,1", "B,Cup,7,0") == [
        StockChanged(1, 1, -2, "import"),
        ProductChanged(1, Change.UPDATED, ("quantity",)),
        ProductChanged(2, Change.UPDATED, ("price",)),
        finished(run_id=2, updated=2),
    ]
    assert listener.take("A,Mug,5,1", deactivate_missing=True) == [
        ProductChanged(2, Change.UPDATED, ("is_active",)),
        finished(run_id=3, unchanged=1, deactivated=1),
    ]


def test_a_rehearsal_tells_nothing(listener: Listener) -> None:
    listener.take("A,Mug,5,3")
    assert listener.take("A,Mug,7,1", "B,Cup,6,2", dry_run=True) == []
    assert listener.take("A,Mug,7,1", "B,Cup,x,2", strict=True) == []


def test_an_undo_tells_what_it_puts_back(listener: Listener) -> None:
    listener.take("A,Mug,5,3")
    listener.take("A,Mug,7,3", "B,Cup,6,2")
    listener.told.clear()
    undo(listener.store, 2)
    assert sorted(map(repr, listener.heard())) == sorted(
        map(
            repr,
            [
                StockChanged(2, 0, -2, "import"),
                ProductChanged(2, Change.DELETED),
                ProductChanged(1, Change.UPDATED, ("price",)),
            ],
        )
    )


def test_an_import_that_was_killed_and_goes_on_tells_of_everything_once(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FIRST", 10)
    monkeypatch.setattr(pace, "MOST", 10)
    lines = [f"A{number},Mug,5,0" for number in range(25)]
    listener.stops_after = 15
    with pytest.raises(Stopped):
        listener.take(*lines)
    assert listener.heard() == [ProductChanged(number, Change.CREATED) for number in range(1, 11)]
    listener.stops_after = 0
    events = listener.take(*lines)
    assert events[-1] == finished(created=25)
    assert [event.change for event in events[:-1]] == [Change.CREATED] * 15
    with listener.store.snapshot():
        ids = {row[0] for row in listener.store.database.execute_sql("SELECT id FROM products").fetchall()}
    assert {event.product_id for event in events[:-1]} == ids - set(range(1, 11))


def test_thousands_of_products_are_an_event_each(listener: Listener) -> None:
    events = listener.take(*(f"A{number},Mug,5,1" for number in range(3000)))
    kinds = Counter(type(event).__name__ for event in events)
    assert kinds == {"ProductChanged": 3000, "StockChanged": 3000, "ImportFinished": 1}
    assert len({event.product_id for event in events if isinstance(event, ProductChanged)}) == 3000


def test_a_subscriber_that_refuses_before_the_commit_stops_the_import_there(listener: Listener) -> None:
    add_product(listener.store, quantity=0)
    listener.stops_after = 2
    with pytest.raises(Stopped):
        listener.take("A,Mug,5,3")
    assert listener.heard() == []
    with listener.store.snapshot():
        assert listener.store.database.execute_sql("SELECT COUNT(*) FROM products").fetchone()[0] == 1
