"""The tables: the figures as people read them."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.comparison import BARE
from benchmarks.figures import Row
from benchmarks.import_figures import Import, Waits

WIDTH = 120


def print_requests(console: Console, size: dict[str, Any], of_client: dict[str, Any], rows: Sequence[Row]) -> None:
    """What a server does, a table for each operation and database."""
    for (database, operation), lines in groupby(rows, lambda row: (row.database, row.operation)):
        console.print(_requests(f"{operation} on {database}", lines))
    console.print(
        f"Medians of {size['rounds']} rounds of {size['requests']} requests; max, 503 and other are of all rounds."
    )
    console.print(
        f"The client asks an app that does nothing {of_client['ceiling_per_second']:,.0f} times a second,"
        f" and spends {of_client['own_us_per_request']:.0f} µs of a processor on each request."
    )


def print_imports(console: Console, size: dict[str, Any], imports: Sequence[Import], waits: Sequence[Waits]) -> None:
    """What imports take, and what writes beside them wait, a table of each for each database."""
    for database, lines in groupby(imports, lambda row: row.database):
        console.print(_imports(f"import of {size['products']:,} products on {database}", lines))
        beside = [row for row in waits if row.database == database]
        console.print(_waits(f"cart updates, one after the other, on {database}", beside))
    console.print(f"Medians of {size['rounds']} rounds; peak MB, max and busy are of all rounds.")


def print_machine(console: Console, report: dict[str, Any]) -> None:
    """What was measured, and where."""
    machine, versions = report["machine"], report["versions"]
    console.print(f"{machine['platform']}, {machine['processors']} processors, commit {report['commit']}")
    console.print(", ".join(f"{name} {number}" for name, number in versions.items()))


def _requests(title: str, rows: Iterable[Row]) -> Table:
    columns = ("workers", "buyers", "requests/s", "p50 ms", "p99 ms", "max ms", "503", "other", "of bare", "of one")
    table = new_table(title, columns)
    for row in rows:
        times = _times(row.p50_ms, row.p99_ms, row.longest_ms)
        counts = [str(row.busy), str(row.unexpected)]
        workers = "bare" if row.workers == BARE else str(row.workers)
        ratios = [_ratio(row.of_bare), _ratio(row.of_one_worker)]
        table.add_row(workers, str(row.connections), f"{row.per_second:,.0f}", *times, *counts, *ratios, _verdict(row))
    return table


def _imports(title: str, rows: Iterable[Import]) -> Table:
    table = new_table(title, ("", "products/s", "seconds", "CPU s", "peak MB", "of bare", "of first"))
    for row in rows:
        figures = [f"{row.per_second:,.0f}", f"{row.seconds:,.2f}", f"{row.own_seconds:,.2f}", f"{row.peak_mb:,.0f}"]
        table.add_row(row.what, *figures, _ratio(row.of_bare), _ratio(row.of_first), _verdict(row))
    return table


def _waits(title: str, rows: Iterable[Waits]) -> Table:
    table = new_table(title, ("", "writes", "writes/s", "p50 ms", "p99 ms", "max ms", "busy"))
    for row in rows:
        times = _times(row.p50_ms, row.p99_ms, row.longest_ms)
        table.add_row(row.what, f"{row.writes:,}", f"{row.per_second:,.0f}", *times, str(row.busy), _verdict(row))
    return table


def new_table(title: str, columns: Sequence[str]) -> Table:
    """A table with no rows yet; a column without a name is for words, and the last has the targets."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, justify="right" if name else "left", no_wrap=not name)
    table.add_column("target", no_wrap=True)
    return table


def _times(*milliseconds: float) -> list[str]:
    return [f"{number:,.2f}" for number in milliseconds]


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _verdict(row: Row | Import | Waits) -> str:
    return "" if row.reached is None else f"{row.target}: {'reached' if row.reached else 'missed'}"
