"""Imports: the same file written bare, imported into an empty store, imported again, and imported beside writes.

Each is a process of its own, so that memory and time are those of that import alone. The file has generated products
(`webstore_kit.demo.generator`) with a brand and three categories each, in our own CSV.
"""

import csv
import json
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import children, servers
from benchmarks.checkout import fill
from benchmarks.children import Failed, Passage
from benchmarks.figures import BUSY, OK, Outcome
from benchmarks.import_figures import Import, Waits, import_rows, million_row, wait_rows
from benchmarks.importing_writes import BUYERS
from benchmarks.servers import Template
from webstore_kit import Settings, Store
from webstore_kit.demo import generator
from webstore_kit.importing.entries import LIST
from webstore_kit.importing.own import listed

MOST_ROUNDS = 3
"""A round of imports takes a minute and more."""
MILLION = 1_000_000
WRITES_ALONE = 500
SEED = 1

CONTENT = """
    SELECT (SELECT count(*) FROM products), (SELECT sum(price) FROM products), (SELECT sum(old_price) FROM products),
        (SELECT count(variant_group) FROM products), (SELECT sum(length(description)) FROM products),
        (SELECT count(*) FROM products JOIN brands ON brands.id = brand_id), (SELECT count(*) FROM brands),
        (SELECT count(*) FROM categories), (SELECT count(parent_id) FROM categories),
        (SELECT count(*) FROM product_categories), (SELECT count(*) FROM stock), (SELECT sum(quantity) FROM stock),
        (SELECT count(*) FROM stock_ledger), (SELECT sum(change) FROM stock_ledger)
"""
"""What both sides have to have written."""

Tell = Callable[[str], None]
Write = tuple[float, float | None]
"""When it began, and how long it took; None where its turn did not come."""


@dataclass(frozen=True)
class Size:
    """How much is imported: how often, how many products, and whether a million of them too, once and on SQLite."""

    rounds: int
    products: int
    million: bool = False

    def steps(self, database: str) -> int:
        """How often `measure` tells where it is."""
        return 2 + 4 * self.rounds + (self.million and database == "sqlite")


@dataclass(frozen=True)
class Found:
    """The rows of the two tables."""

    imports: list[Import]
    waits: list[Waits]


def measure(database: str, size: Size, tell: Tell) -> Found:
    """Measure imports on one kind of database; answers the rows of the tables."""
    tell(f"{database}: writing a file of {size.products:,} products")
    with servers.template(database, lambda store: None) as empty:
        file = empty.directory / "products.csv"
        write_file(file, size.products)
        passages: dict[str, list[Passage]] = defaultdict(list)
        outcomes: dict[str, list[Outcome]] = defaultdict(list)
        for number in range(1, size.rounds + 1):
            round_tell = partial(_tell_of_round, tell, f"{database}: round {number} of {size.rounds}")
            _one_round(empty, file, round_tell, passages, outcomes)
        rows = import_rows(database, size.products, passages)
        if size.million and database == "sqlite":
            tell(f"{database}: {MILLION:,} products")
            rows.append(million_row(database, MILLION, _million(empty), passages))
    tell(f"{database}: done")
    return Found(rows, wait_rows(database, outcomes))


def write_file(path: Path, count: int, seed: int = SEED) -> None:
    """Write generated products as CSV in our own format."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(generator.FIELDS)
        for entry in generator.products(count, seed):
            cells = {**entry.fields, "categories": listed(entry.fields["categories"].split(LIST))}
            table.writerow([cells[name] for name in generator.FIELDS])


def content(settings: Settings) -> tuple[Any, ...]:
    """What is in a store, counted and added up."""
    store = Store(settings)
    with store.snapshot():
        (row,) = store.database.execute_sql(CONTENT).fetchall()
    store.close()
    return tuple(row)


def open_shop(settings: Settings) -> None:
    """Make the buyers whose carts are changed beside an import, and what they buy."""
    store = Store(settings)
    fill(store, BUYERS)
    store.close()


def write_alone(settings: Settings, number: int) -> Outcome:
    """Change carts that many times."""
    command = children.command("importing_writes", settings, number)
    done = subprocess.run(command, cwd=children.ROOT, capture_output=True, text=True, check=False)
    return _outcome(_writes(done.returncode, done.stdout.partition("\n")[2], done.stderr))


def write_beside(settings: Settings, work: Callable[[], Passage]) -> tuple[Passage, Outcome]:
    """Change carts for as long as the work goes on; answers what both took."""
    command = children.command("importing_writes", settings, 0)
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=children.ROOT, text=True, **pipes) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is at work
        try:
            passage = work()
        finally:
            said, errors = process.communicate()
    writes = _writes(process.returncode, said, errors)
    ended = passage.started + passage.seconds
    # Those while the child started, or was ending, were alone.
    return passage, _outcome([write for write in writes if passage.started <= write[0] < ended])


def _one_round(
    empty: Template,
    file: Path,
    tell: Tell,
    passages: dict[str, list[Passage]],
    outcomes: dict[str, list[Outcome]],
) -> None:
    with _copy(empty) as bare, _copy(empty) as ours:
        tell("bare")
        passages["bare"].append(children.run("importing_bare", bare, file))
        tell("import")
        passages["import"].append(children.run("importing_ours", ours, file))
        _require_alike(content(bare), content(ours))
        tell("again")
        passages["again"].append(children.run("importing_ours", ours, file))
        _require_alike(content(bare), content(ours))
    with _copy(empty) as settings:
        tell("beside writes")
        open_shop(settings)
        outcomes["alone"].append(write_alone(settings, WRITES_ALONE))
        passage, outcome = write_beside(settings, partial(children.run, "importing_ours", settings, file))
        passages["beside"].append(passage)
        outcomes["beside"].append(outcome)


def _million(empty: Template) -> Passage:
    with _copy(empty) as settings:
        file = settings.directory / "products.csv"
        write_file(file, MILLION)
        return children.run("importing_ours", settings, file)


@contextmanager
def _copy(template: Template) -> Iterator[Settings]:
    """A store on a copy of the template, whose folder is removed in the end; there is no room for all of them."""
    settings = template.copy()
    try:
        yield settings
    finally:
        shutil.rmtree(settings.directory)


def _require_alike(bare: tuple[Any, ...], ours: tuple[Any, ...]) -> None:
    if bare != ours:
        raise AssertionError(f"bare wrote {bare}, and the import {ours}")


def _writes(code: int | None, said: str, errors: str) -> list[Write]:
    if code:
        raise Failed(errors)
    found: list[Write] = json.loads(said)
    return found


def _outcome(writes: Sequence[Write]) -> Outcome:
    latencies = [latency for _, latency in writes if latency is not None]
    statuses = Counter({OK: len(latencies), BUSY: len(writes) - len(latencies)})
    return Outcome(writes[-1][0] - writes[0][0], latencies, statuses)


def _tell_of_round(tell: Tell, about: str, step: str) -> None:
    tell(f"{about}, {step}")
