"""`webstore loyalty`: who buys most."""

from typing import Annotated

import typer

from loyalty.points import top
from webstore_kit.commands.terminal import AsJson, Directory, print_json, print_table, ready_store

app = typer.Typer(no_args_is_help=True, help="The loyalty points.")


@app.callback()
def points() -> None:
    """The loyalty points."""


@app.command("top")
def show_top(
    limit: Annotated[int, typer.Option(min=1, help="How many customers.")] = 10,
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """List the customers who have most points."""
    with ready_store(directory) as store, store.snapshot():
        found = top(limit)
    if as_json:
        print_json([{"email": email, "points": points} for email, points in found])
    else:
        print_table(("customer", "points"), found)
