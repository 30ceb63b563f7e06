"""`python -m benchmarks`: measures, and prints the table."""

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import ceiling, checkout, comparison, servers
from benchmarks.comparison import BARE, Size
from benchmarks.figures import Outcome, Row
from benchmarks.load import Client, client

SUBJECTS = (checkout.SUBJECT,)
HISTORY = Path(__file__).with_name("history.jsonl")
LIBRARIES = ("peewee", "psycopg", "pydantic", "starlette", "uvicorn", "uvloop", "httptools")
WIDTH = 120


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often all is measured; the table has the medians.")] = 5,
    requests: Annotated[int, typer.Option(min=10, help="How many requests each measurement sends.")] = 400,
    only: Annotated[Literal["sqlite", "postgresql"] | None, typer.Option(help="Measure this database alone.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="1 round of 60 requests, to see that all of it runs.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to a file, too.")
    ] = None,
    record: Annotated[bool, typer.Option("--record", help=f"Add the figures to {HISTORY.name}.")] = False,
) -> None:
    """Measure the server against the same SQL without a server, and print how much of that rate it has."""
    size = Size(1, 60) if quick else Size(rounds, requests)
    databases = (only,) if only else servers.DATABASES
    with client() as other_process:
        found = ceiling.measure(other_process, 10 * size.requests)
        rows = _measured(databases, size, other_process)
    report = _report(size, found, rows)
    _print(report, rows)
    if json_file:
        json_file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if record:
        with HISTORY.open("a", encoding="utf-8") as file:
            file.write(json.dumps(report) + "\n")
    if any(row.unexpected for row in rows):
        raise typer.Exit(1)  # then the figures mean nothing


def _measured(databases: tuple[str, ...], size: Size, other_process: Client) -> list[Row]:
    # Drawn between the measurements only: a thread that draws would take its share of what is measured.
    with Progress(console=Console(stderr=True), auto_refresh=False, transient=True) as progress:
        task = progress.add_task("", total=len(databases) * len(SUBJECTS) * comparison.steps(size))

        def tell(step: str) -> None:
            progress.update(task, description=step, advance=1, refresh=True)

        return [
            row
            for database in databases
            for subject in SUBJECTS
            for row in comparison.measure(database, subject, size, other_process, tell)
        ]


def _report(size: Size, of_client: Outcome, rows: list[Row]) -> dict[str, Any]:
    versions = {name: version(name) for name in LIBRARIES}
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {"platform": platform.platform(), "processors": os.cpu_count()},
        "versions": {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, **versions},
        "size": asdict(size),
        "client": {
            "ceiling_per_second": of_client.rate,
            "own_us_per_request": 1e6 * of_client.own_seconds / len(of_client.latencies),
        },
        "rows": [asdict(row) for row in rows],
    }


def _commit() -> str | None:
    """The commit of the clone, with a mark where it has been changed since; None without git."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        found = subprocess.run(command, cwd=HISTORY.parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def _print(report: dict[str, Any], rows: list[Row]) -> None:
    console = Console(width=WIDTH, highlight=False)
    for (database, operation), lines in groupby(rows, lambda row: (row.database, row.operation)):
        console.print(_table(f"{operation} on {database}", lines))
    machine, versions, size, of_client = (report[name] for name in ("machine", "versions", "size", "client"))
    console.print(
        f"Medians of {size['rounds']} rounds of {size['requests']} requests; max, 503 and other are of all rounds."
    )
    console.print(f"{machine['platform']}, {machine['processors']} processors, commit {report['commit']}")
    console.print(", ".join(f"{name} {number}" for name, number in versions.items()))
    console.print(
        f"The client asks an app that does nothing {of_client['ceiling_per_second']:,.0f} times a second,"
        f" and spends {of_client['own_us_per_request']:.0f} µs of a processor on each request."
    )


def _table(title: str, rows: Iterable[Row]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in ("workers", "buyers", "requests/s", "p50 ms", "p99 ms", "max ms", "503", "other"):
        table.add_column(name, justify="right")
    for name in ("of bare", "of one"):
        table.add_column(name, justify="right")
    table.add_column("target", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> list[str]:
    times = [f"{number:,.2f}" for number in (row.p50_ms, row.p99_ms, row.longest_ms)]
    counts = [str(row.busy), str(row.unexpected)]
    ratios = ["" if ratio is None else f"{ratio:.2f}" for ratio in (row.of_bare, row.of_one_worker)]
    verdict = "" if row.reached is None else f"{row.target}: {'reached' if row.reached else 'missed'}"
    workers = "bare" if row.workers == BARE else str(row.workers)
    return [workers, str(row.connections), f"{row.per_second:,.0f}", *times, *counts, *ratios, verdict]


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app(prog_name="python -m benchmarks")
