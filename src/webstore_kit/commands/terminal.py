"""The terminal: what all commands share to find the store and to print."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup

from webstore_kit import migrations
from webstore_kit.core.clock import iso_text
from webstore_kit.core.errors import CommandError
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.extensions.assembly import store_of

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
out = Console()
err = Console(stderr=True)

Directory = Annotated[
    Path | None, typer.Option("--dir", metavar="DIR", help="The store's folder.", show_default="the present folder")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]


def with_first(name: str) -> type[TyperGroup]:
    """A group of commands of which that one need not be named."""

    class Group(TyperGroup):
        """The group."""

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            """The arguments, as click takes them."""
            return super().parse_args(ctx, args if args and args[0] in self.commands else [name, *args])

    return Group


def arguments(directory: Path | None) -> dict[str, Any]:
    """The settings that the command line itself names."""
    return {} if directory is None else {"directory": directory}


@contextmanager
def any_store(directory: Path | None) -> Iterator[Store]:
    """The store of the folder, whatever its database is like; raises CommandError where there is no folder."""
    settings = Settings.read(**arguments(directory))
    if not settings.directory.is_dir():
        raise CommandError(f"There is no folder {settings.directory}. `webstore init` makes one.")
    with opened(store_of(settings)) as store:
        yield store


@contextmanager
def ready_store(directory: Path | None) -> Iterator[Store]:
    """The same, with a database that fits this version; raises DatabaseNotReady."""
    with any_store(directory) as store:
        migrations.require_current(store)
        yield store


@contextmanager
def opened(store: Store) -> Iterator[Store]:
    """The store, closed in the end."""
    try:
        yield store
    finally:
        store.close()


def print_json(value: Any) -> None:
    """Print for a script, as the API writes its values."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_json_value))  # noqa: T201 - for a script


def print_sentence(sentence: str) -> None:
    """Print a sentence whole, whatever signs it has; a terminal breaks its lines, not we."""
    out.print(harmless(sentence), markup=False, highlight=False, soft_wrap=True)


def harmless(text: str) -> str:
    """The text without what steers a terminal: a file of somebody else's may have such signs in its cells."""
    return _STEERING.sub("\ufffd", text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table; what is in it is plain text, whatever signs it has."""
    table = Table(*columns, title=escape(title) or None, title_justify="left")
    for row in rows:
        table.add_row(*("" if value is None else escape(harmless(str(value))) for value in row))
    out.print(table, highlight=False)


def moment(value: datetime | None) -> str:
    """A time as people read it in a table."""
    return "" if value is None else f"{value:%Y-%m-%d %H:%M}"


def fail(sentence: str) -> None:
    """End with exit code 1 and a sentence that says why."""
    err.print(f"[bold red]Error:[/] {escape(harmless(sentence))}", highlight=False, soft_wrap=True)
    sys.exit(1)


def _json_value(value: Any) -> str:
    return iso_text(value) if isinstance(value, datetime) else str(value)
