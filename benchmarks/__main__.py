"""`python -m benchmarks`: measures, and prints the tables."""

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks import ceiling, checkout, comparison, importing, servers, tables
from benchmarks.figures import Row
from benchmarks.import_figures import Import, Waits
from benchmarks.load import client
from benchmarks.reading import subject as reading
from benchmarks.reading import tables as reading_tables
from benchmarks.reading.bench import SMALL, Size
from benchmarks.reading.peers import Peer

REQUESTS, IMPORTS, READS = "checkout", "importing", "reading"
"""The subjects."""
COMPARED = (checkout.SUBJECT,)
"""What servers are compared by."""
HISTORY = Path(__file__).with_name("history.jsonl")
LIBRARIES = ("peewee", "psycopg", "pydantic", "starlette", "uvicorn", "uvloop", "httptools")
QUICK = {"rounds": 1, "requests": 60, "products": 2000}

Tell = Callable[[str], None]


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often all is measured; the table has the medians.")] = 5,
    requests: Annotated[int, typer.Option(min=10, help="How many requests each measurement sends.")] = 400,
    products: Annotated[int, typer.Option(min=100, help="How many products each import has.")] = 100_000,
    million: Annotated[bool, typer.Option("--million", help="Import and read a million products too, once.")] = False,
    only: Annotated[Literal["sqlite", "postgresql"] | None, typer.Option(help="Measure this database alone.")] = None,
    subject: Annotated[
        Literal["checkout", "importing", "reading"] | None, typer.Option(help="Measure this alone.")
    ] = None,
    peer: Annotated[
        list[Peer] | None,
        typer.Option(parser=Peer.told, metavar="NAME=URL", help="Read this running server, too; repeatable."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="One short round, to see that all of it runs.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to a file, too.")
    ] = None,
    record: Annotated[bool, typer.Option("--record", help=f"Add the figures to {HISTORY.name}.")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw the figures of reading, in docs/benchmarks.")] = False,
) -> None:
    """Measure servers and imports against the least that can be done, and print how much of its rate they have."""
    if quick:
        rounds, requests, products, million = QUICK["rounds"], QUICK["requests"], QUICK["products"], False
    databases = (only,) if only else servers.DATABASES
    console, report = Console(width=tables.WIDTH, highlight=False), _about()
    unexpected = False
    if subject in (None, REQUESTS):
        unexpected = _compare(databases, comparison.Size(rounds, requests), console, report)
    if subject in (None, IMPORTS):
        _import(databases, importing.Size(min(rounds, importing.MOST_ROUNDS), products, million), console, report)
    if subject in (None, READS):
        size = SMALL if quick else Size(rounds=rounds)
        found = _read(databases, size, peer or [], console, report, million=million)
        unexpected = unexpected or found.unexpected
        if plot:
            _draw(found, console)
    tables.print_machine(console, report)
    _keep(report, json_file, record=record)
    if unexpected:
        raise typer.Exit(1)  # then the figures mean nothing


def _compare(databases: Sequence[str], size: comparison.Size, console: Console, report: dict[str, Any]) -> bool:
    """Compare the server with bare SQL, print that and add it to the report; answers whether anything went wrong."""
    rows: list[Row] = []
    with client() as other_process, _Progress(len(databases) * len(COMPARED) * comparison.steps(size)) as tell:
        of_client = ceiling.measure(other_process, 10 * size.requests)
        for database in databases:
            for subject in COMPARED:
                rows += comparison.measure(database, subject, size, other_process, tell)
    about = {
        "ceiling_per_second": of_client.rate,
        "own_us_per_request": 1e6 * of_client.own_seconds / len(of_client.latencies),
    }
    tables.print_requests(console, asdict(size), about, rows)
    report |= {"size": asdict(size), "client": about, "rows": [asdict(row) for row in rows]}
    return any(row.unexpected for row in rows)


def _import(databases: Sequence[str], size: importing.Size, console: Console, report: dict[str, Any]) -> None:
    """Compare the import with bare SQL, print that and add it to the report."""
    imports: list[Import] = []
    waits: list[Waits] = []
    with _Progress(sum(size.steps(database) for database in databases)) as tell:
        for database in databases:
            found = importing.measure(database, size, tell)
            imports += found.imports
            waits += found.waits
    tables.print_imports(console, asdict(size), imports, waits)
    report |= {
        "import_size": asdict(size),
        "imports": [asdict(row) for row in imports],
        "waits": [asdict(row) for row in waits],
    }


def _read(
    databases: Sequence[str],
    size: Size,
    peers: Sequence[Peer],
    console: Console,
    report: dict[str, Any],
    *,
    million: bool,
) -> reading.Found:
    """Compare reads with bare apps, print that and add it to the report."""
    with client() as other_process, _Progress(reading.steps(databases)) as tell:
        found = reading.measure(databases, size, other_process, peers, tell, million=million)
    reading_tables.print_all(console, size, found)
    report["reading"] = {"size": asdict(size), **asdict(found)}
    return found


def _draw(found: reading.Found, console: Console) -> None:
    from benchmarks.reading import plots  # only who draws has to have matplotlib

    for file in plots.draw(found.rates, found.growth, plots.FOLDER):
        console.print(f"Drawn: {file}")


class _Progress:
    """Inside, what is yielded shows the step that begins."""

    def __init__(self, steps: int) -> None:
        # Drawn between the measurements only: a thread that draws would take its share of what is measured.
        self._progress = Progress(console=Console(stderr=True), auto_refresh=False, transient=True)
        self._task = self._progress.add_task("", total=steps)

    def __enter__(self) -> Tell:
        self._progress.start()
        return lambda step: self._progress.update(self._task, description=step, advance=1, refresh=True)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _about() -> dict[str, Any]:
    versions = {name: version(name) for name in LIBRARIES}
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {"platform": platform.platform(), "processors": os.cpu_count()},
        "versions": {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, **versions},
    }


def _commit() -> str | None:
    """The commit of the clone, with a mark where it has been changed since; None without git."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        found = subprocess.run(command, cwd=HISTORY.parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def _keep(report: dict[str, Any], json_file: Path | None, *, record: bool) -> None:
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if record:
        with HISTORY.open("a", encoding="utf-8") as file:
            file.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app(prog_name="python -m benchmarks")
