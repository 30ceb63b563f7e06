"""Real processes that import, killed at any time or several at once: the store is what one import would make it."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.cli.processes import COMMAND, environment
from tests.databases import migrated, settings_for
from tests.importing.catalogues import (
    Stopped,
    StoppingStore,
    assert_adds_up,
    brands,
    categories,
    counts,
    csv_text,
    put_pictures,
    runs,
    saved,
    shop,
    take,
)
from webstore_kit import Settings, Store
from webstore_kit.core.database import rows
from webstore_kit.importing import pace
from webstore_kit.importing.models import ImportRefusal, ImportRun, State
from webstore_kit.importing.services import Report, import_catalogue

ROWS = 5000
KILLS = 6
SEED = 20
REFUSED = 3
"""The exit code of an import that refused rows."""
Row = dict[str, object]


def old_products() -> str:
    """What the store has before: every fourth product, each with another price and brand, and some with a key alone."""
    return csv_text(row | {"price": "1", "brand": "Old", "categories": "Old > Shelf"} for row in catalogue()[::4])


def catalogue() -> list[Row]:
    return [
        {
            "sku": "" if number % 16 == 8 else f"S-{number}",
            "key": f"k/{number}" if number % 8 == 0 else "",
            "title": f'Product "{number}"',
            "price": f"{number % 90}.50",
            "quantity": number % 7,
            "description": "line\n" * (number % 5),
            "brand": f"Brand {number % 11}",
            "categories": f"All > Shelf {number % 30}|Sale",
            "pictures": "one.png|two.png" if number % 250 == 0 else "",
        }
        for number in range(ROWS)
    ]


def with_faults(rows: Sequence[Row]) -> str:
    """The rows, with some among them that are refused, also for what stands far above them."""
    faulty = []
    for number, row in enumerate(rows):
        faulty.append(row)
        if number % 100 == 50:
            faulty.append({**row, "sku": f"BAD-{number}", "key": "", "price": "free"})
            faulty.append(rows[number // 2])
    return csv_text(faulty)


def outcome(store: Store) -> dict[str, Any]:
    """All that an import leaves, without ids and times, and the file of refused rows."""
    names = ("place", "line", "column_name", "value", "reason", "fix")
    with store.snapshot():
        refused = [
            tuple(row[name] for name in names)
            for row in rows(ImportRefusal.select().order_by(ImportRefusal.place, ImportRefusal.id))
        ]
    return {
        "products": shop(store),
        "brands": brands(store),
        "categories": categories(store),
        "runs": runs(store)[-1],
        "refused": refused,
        "file": (store.settings.directory / "shop.csv.rejected.csv").read_bytes(),
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an import leaves that nobody disturbs; it is the same on every database."""
    store = Store(migrated(settings_for(tmp_path_factory.mktemp("undisturbed"))))
    prepare(store)
    report = take(store, with_faults(catalogue()))
    assert counts(report) == (3750, 1250, 0, 100)
    found = outcome(store)
    store.close()
    return found


def prepare(store: Store) -> None:
    put_pictures(store, "one.png", "two.png")
    take(store, old_products(), "old.csv")


@contextmanager
def importing(store: Store, name: str = "shop.csv", *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that runs `webstore import` on the file."""
    process = subprocess.Popen(
        [*COMMAND, "import", name, *options],
        cwd=store.settings.directory,
        env=environment(WEBSTORE_DATABASE_URL=store.settings.database_url, WEBSTORE_SECRET_KEY="x" * 40),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=20)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    return process.returncode, out + err


def wait_for(store: Store, process: "subprocess.Popen[str]", position: int) -> None:
    """Wait until the import is so far, or at its end."""
    while process.poll() is None:
        with store.snapshot():
            running = ImportRun.select().where(ImportRun.state == State.RUNNING, ImportRun.position >= position)
            if running.exists():
                return
        time.sleep(0.003)


def test_an_import_that_is_killed_again_and_again_ends_as_if_nobody_had(store: Store, expected: dict[str, Any]) -> None:
    prepare(store)
    saved(store, with_faults(catalogue()))
    choices = random.Random(SEED)
    killed = 0
    for position in sorted(choices.sample(range(ROWS), KILLS)):
        with importing(store) as process:
            wait_for(store, process, position)
            time.sleep(choices.uniform(0, 0.05))  # so that it dies in the middle of a transaction too
            process.send_signal(signal.SIGKILL)
            killed += process.wait(timeout=20) == -signal.SIGKILL
    assert killed >= KILLS - 1
    with importing(store) as process:
        assert ended(process)[0] == REFUSED
    assert outcome(store) == expected
    assert [row[0] for row in runs(store)] == ["done", "done"]
    assert_adds_up(store)


def test_two_processes_that_import_one_file_at_once_double_nothing(store: Store, expected: dict[str, Any]) -> None:
    prepare(store)
    saved(store, with_faults(catalogue()))
    with importing(store) as first, importing(store) as second:
        ends = [ended(first), ended(second)]
    assert REFUSED in [code for code, _ in ends]
    for code, said in ends:
        assert code == REFUSED or (code == 1 and "Another process has taken this import over." in said), said
    found = outcome(store)
    for name in ("products", "brands", "categories", "file"):
        assert found[name] == expected[name]
    assert_adds_up(store)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_import_that_is_stopped_at_every_write_ends_as_if_nobody_had(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, after: bool
) -> None:
    monkeypatch.setattr(pace, "FIRST", 20)
    monkeypatch.setattr(pace, "MOST", 20)
    some = [*catalogue()[:104:2], catalogue()[250]]
    text = with_faults(some)
    (tmp_path / "twin").mkdir()
    twin = Store(migrated(settings_for(tmp_path / "twin")))
    for each in (store, twin):
        prepare(each)
    take(twin, text)
    attempts = 0
    while len(runs(store)) < 2 or runs(store)[-1][0] != "done":
        attempt(settings, text, after)
        attempts += 1
    assert outcome(store) == outcome(twin)
    assert attempts in range(6, 12)
    twin.close()


def attempt(settings: Settings, text: str, after: bool) -> None:
    """An import that goes on with its run, and is stopped after one write of its own."""
    store = StoppingStore(settings, 2 if after else 3, after=after)
    with suppress(Stopped):
        take(store, text)
    store.close()


def test_two_files_at_once_that_name_the_same_things_make_each_once(settings: Settings, store: Store) -> None:
    prepare(store)
    texts = []
    for seed in (1, 2):
        some = [{**row, "title": f"Of {seed}", "pictures": ""} for row in catalogue()[:600]]
        random.Random(seed).shuffle(some)
        texts.append(csv_text(some))
    barrier = Barrier(2)

    def take_apart(number: int) -> Report:
        own = Store(settings)
        path = saved(own, texts[number], f"{number}.csv")
        barrier.wait(10)
        try:
            return import_catalogue(own, path)
        finally:
            own.close()

    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(take_apart, range(2)))
    made = sum(report.counts.created for report in reports)
    assert (made, [report.counts.refused for report in reports]) == (450, [0, 0])
    found = shop(store)
    assert len(found) == 1250 + 450
    assert {fields["title"] for fields in found.values()} <= {"Of 1", "Of 2"} | {row["title"] for row in catalogue()}
    assert brands(store) == sorted(["Old", *(f"Brand {number}" for number in range(11))])
    assert categories(store) == sorted(
        ["All", "Old", "Old > Shelf", "Sale", *(f"All > Shelf {number}" for number in range(30))]
    )
    assert [row[0] for row in runs(store)] == ["done", "done", "done"]
    assert_adds_up(store)
