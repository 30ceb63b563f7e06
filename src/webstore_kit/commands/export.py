"""`webstore export`: writes the catalogue, or the orders, into a file or to standard output."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from webstore_kit.commands.terminal import Directory, err, ready_store, with_first
from webstore_kit.core.errors import CommandError
from webstore_kit.exporting import formats, lines, orders, target
from webstore_kit.exporting.tally import NO_ADDRESS, Tally
from webstore_kit.importing.entries import FIELDS

PRODUCTS, ORDERS = "products", "orders"
STDOUT = "-"
BY_ENDING = ("csv", "json", "ndjson", "xlsx")
"""The formats that a file's name can tell."""
STEP = 1000
"""After how many products or orders the progress is shown anew."""


app = typer.Typer(
    cls=with_first(PRODUCTS),
    help="""The catalogue, or the orders, as a file.

    `webstore export FILE` is `webstore export products FILE`. Without FILE, or with `-`, it goes to standard output.
    """,
)

File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="The file; with .gz at its end it is packed. What is there is replaced when the new one is whole.",
        show_default="standard output",
    ),
]


def _known(allowed: Iterable[str]) -> Callable[[str | None], str | None]:
    def known(name: str | None) -> str | None:
        if name is not None and name not in allowed:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(allowed)}.")
        return name

    return known


def _format(allowed: Iterable[str]) -> Any:
    return typer.Option(
        "--format",
        metavar="FORMAT",
        callback=_known(allowed),
        help=f"{', '.join(allowed)}.",
        show_default="what the file's name ends in, or csv",
    )


def _day(name: str, about: str) -> Any:
    return typer.Option(name, formats=["%Y-%m-%d"], metavar="DATE", help=f"{about}, in UTC, such as 2026-01-31.")


@app.command(PRODUCTS, epilog="Beside it: `webstore export orders`.")
def export_products(
    file: File = STDOUT,
    format_name: Annotated[str | None, _format(formats.FORMATS)] = None,
    directory: Directory = None,
) -> None:
    """Write all products with their stock: what goes out comes back in unchanged by `webstore import`.

    The formats of other shops do not hold everything; what they do not hold is counted in the end.
    """
    if file in (PRODUCTS, ORDERS):
        raise CommandError(
            f"Write `webstore export {file}` with all options behind it, or ./{file} for a file of that name."
        )
    chosen = formats.FORMATS[format_name or _by_ending(file, BY_ENDING)]
    _require_taken(file, chosen.name)
    with _reading(directory), _opened(file, target.EVERYBODY) as binary, _tally("products", file) as tally:
        chosen.write(binary, tally)
    _print_end(tally.count, "product", chosen.name, file)
    _print_lost(tally, chosen.name)


@app.command(ORDERS)
def export_orders(
    file: File = STDOUT,
    format_name: Annotated[str | None, _format(orders.FORMATS)] = None,
    first: Annotated[datetime | None, _day("--from", "The first day")] = None,
    last: Annotated[datetime | None, _day("--to", "The last day")] = None,
    directory: Directory = None,
) -> None:
    """Write the finished orders by their time: as CSV a row for each product in them, as JSON an object for each order.

    A new file can be read by its owner alone, as it has names and addresses in it.
    """
    days = orders.Days(first and first.date(), last and last.date())
    if days.first and days.last and days.last < days.first:
        raise CommandError(f"No day is from {days.first} to {days.last}. Give the earlier day with --from.")
    name = format_name or _by_ending(file, [*orders.FORMATS, "ndjson", "xlsx"])
    if name not in orders.FORMATS:
        raise CommandError(f"Orders go out as {' or '.join(orders.FORMATS)}, not as {name}. Name another file.")
    with _reading(directory), _opened(file, target.OWNER_ALONE) as binary, _tally("orders", file) as tally:
        lines.write(orders.FORMATS[name](tally.counted(orders.placed(days))), binary)
    _print_end(tally.count, "order", name, file)


def _by_ending(file: str, endings: Iterable[str]) -> str:
    found = target.ending(file)
    if found and found not in endings:
        raise CommandError(f"No format is told by .{found}. Name the format with --format, or another file.")
    return found or "csv"


def _require_taken(file: str, name: str) -> None:
    if name == "xlsx" and file.lower().endswith(target.PACKED):
        raise CommandError(f"A workbook is packed as it is. Leave out {target.PACKED}.")
    if name == "xlsx" and file == STDOUT and sys.stdout.isatty():
        raise CommandError("A workbook is no text that a terminal shows. Name a file.")


@contextmanager
def _reading(directory: Path | None) -> Iterator[None]:
    """All reads in here see the store at one moment."""
    with ready_store(directory) as store, store.snapshot():
        yield


@contextmanager
def _opened(file: str, mode: int) -> Iterator[IO[bytes]]:
    """What the export is written to; where standard output is a pipe that nobody reads any more, the command ends."""
    opened: AbstractContextManager[IO[bytes]] = (
        target.standard_output(sys.stdout.buffer) if file == STDOUT else target.written(file, mode)
    )
    try:
        with opened as binary:
            yield binary
    except BrokenPipeError:
        # As in `webstore export | head`. Python would complain at its end that it cannot flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None


@contextmanager
def _tally(what: str, file: str) -> Iterator[Tally]:
    """A tally that shows how many have gone out, and how many a second, where a person looks on."""
    if not err.is_terminal or (file == STDOUT and sys.stdout.isatty()):
        yield Tally()
        return
    began = time.monotonic()
    with err.status(f"0 {what}") as status:

        def say(count: int) -> None:
            if count % STEP == 0:
                rate = count / (time.monotonic() - began)
                status.update(f"{count:,} {what}, {rate:,.0f} a second")

        yield Tally(say)


def _print_end(count: int, what: str, name: str, file: str) -> None:
    place = "" if file == STDOUT else f" to {file}"
    _print(f"Exported {_counted(count, what)} as {name}{place}.")


def _print_lost(tally: Tally, name: str) -> None:
    fields = [f"{field} of {_counted(count, 'product')}" for field in FIELDS if (count := tally.lost[field])]
    if fields:
        _print(f"Not the same in {name}: {', '.join(fields)}.")
    if files := tally.lost[NO_ADDRESS]:
        _print(f"{_counted(files, 'product')} with pictures that are files: the importer of {name} fetches addresses.")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _print(sentence: str) -> None:
    err.print(sentence, markup=False, highlight=False, soft_wrap=True)
