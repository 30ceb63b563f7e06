"""The tables of reading, as people read them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.reading.bench import CONNECTIONS, Size
from benchmarks.reading.figures import Amount, Growth, Rate, Target
from benchmarks.reading.subject import Found
from benchmarks.tables import new_table


def print_all(console: Console, size: Size, found: Found) -> None:
    """All tables, and how to read them."""
    print_rates(console, found.rates)
    print_growth(console, found.growth)
    print_amounts(console, found.amounts)
    spent = median(row.client_us for row in found.rates if row.connections == CONNECTIONS)
    console.print(
        f"Requests per second, times in ms: medians of {size.rounds} rounds of {size.seconds:g} s; max and other are of"
        f" all rounds. The client spends {spent:.0f} µs of a processor on each request."
    )


def print_rates(console: Console, rows: Sequence[Rate]) -> None:
    """Requests a second: a table for each that there is in the rows."""
    for title, lines in groupby(rows, lambda row: row.table):
        console.print(_rates(title, list(lines)))


def print_growth(console: Console, rows: Sequence[Growth]) -> None:
    """What requests take in stores of each size: a line for each kind."""
    if not rows:
        return
    sizes = dict.fromkeys(f"{row.products:,}" for row in rows)
    table = new_table("growth on sqlite: ms of one cold request, by products", ("", *sizes))
    for what, lines in groupby(rows, lambda row: row.what):
        cells = list(lines)
        table.add_row(what, *map(_cell, cells), _verdicts(target for row in cells for target in row.targets))
    console.print(table)


def print_amounts(console: Console, rows: Sequence[Amount]) -> None:
    """What a process takes."""
    if not rows:
        return
    table = new_table("one process", ("", "amount"))
    for row in rows:
        table.add_row(row.what, f"{row.amount:,.2f} {row.unit}", _verdicts(row.targets))
    console.print(table)


COLUMNS: Mapping[str, Callable[[Rate], str]] = {
    "workers": lambda row: str(row.workers),
    "connections": lambda row: str(row.connections),
    "per s": lambda row: f"{row.per_second:,.0f}",
    "p50": lambda row: f"{row.p50_ms:,.2f}",
    "p99": lambda row: f"{row.p99_ms:,.2f}",
    "max": lambda row: f"{row.longest_ms:,.1f}",
    "other": lambda row: str(row.other or ""),
    "of Starlette": lambda row: _ratio(row.of_starlette),
    "p99 of its": lambda row: _ratio(row.p99_of_starlette),
    "of ASGI": lambda row: _ratio(row.of_asgi),
    "kept": lambda row: _ratio(row.kept),
}


def _rates(title: str, rows: Sequence[Rate]) -> Table:
    cells = {name: [cell(row) for row in rows] for name, cell in COLUMNS.items()}
    # What has nothing to say is left out, and so is what is the same in all rows and said in the title.
    told = [name for name in ("workers", "connections") if len(set(cells[name])) == 1]
    title += "".join(f", {name}: {cells[name][0]}" for name in told)
    shown = [name for name in COLUMNS if any(cells[name]) and name not in told]
    table = new_table(title, ("", "", *shown))
    for number, row in enumerate(rows):
        table.add_row(row.what, row.side, *(cells[name][number] for name in shown), _verdicts(row.targets))
    return table


def _cell(row: Growth) -> str:
    if row.per_second is not None:
        return f"{row.per_second:,.0f}/s"
    return f"{row.ms:,.2f}"


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _verdicts(targets: Iterable[Target]) -> str:
    return "\n".join(f"{target.text}: {'reached' if target.reached else 'missed'}" for target in targets)
