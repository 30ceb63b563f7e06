"""`webstore contract`: checks a server at any address against the contract of the API."""

from typing import Annotated

import typer

from webstore_kit.commands.terminal import AsJson, err, harmless, out, print_json
from webstore_kit.contract import display
from webstore_kit.contract.client import BadAddress, Client, checked_address
from webstore_kit.contract.report import MOST_ORDERS, Plan, State, as_json
from webstore_kit.contract.run import check
from webstore_kit.contract.selection import Selection

DIFFERS, UNCHECKED = 1, 3
PLACED = ("It places no order.", "It places one order.", "It places two orders.")

app = typer.Typer(no_args_is_help=True, help="The contract of the API, as a test.")


@app.callback()
def _group() -> None:
    """The contract of the API, as a test."""


@app.command("check")
def check_contract(
    address: Annotated[str, typer.Argument(metavar="URL", help="The address that stands before /api/.")],
    read_only: Annotated[bool, typer.Option("--read-only", help="Send only what changes nothing.")] = False,
    orders: Annotated[int, typer.Option(min=0, max=MOST_ORDERS, help="How many orders to place.")] = Plan.orders,
    only: Annotated[
        str, typer.Option(metavar="TEXT", help="Only chapters and exchanges with that text in their name.")
    ] = Plan.only,
    origin: Annotated[
        str, typer.Option("--origin", metavar="ORIGIN", help="An origin that the store allows.")
    ] = Plan.origin,
    public: Annotated[
        str | None,
        typer.Option("--public-url", metavar="URL", help="The address in the store's links.", show_default="URL"),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds that an answer may take.")] = 10.0,
    as_json_: AsJson = False,
) -> None:
    """Check a server, ours or any other, against the contract of the API.

    Each exchange of the contract is sent to it over HTTP, and its answer is compared. That makes customers, users and
    carts in the store, and places an order; with `--read-only` it changes nothing.

    Exit codes: 0 all is right, 1 something differs, 3 nothing differs but something could not be checked.
    """
    public = None if public is None else _checked(public, "--public-url")
    plan = Plan(read_only, orders, only, _checked(origin, "--origin"), public)
    with Client(_checked(address, "URL"), timeout) as client, display.following(err) as show:
        report = check(client, plan, _announce, show)
    if as_json_:
        print_json(as_json(report))
    else:
        display.print_report(out, report, harmless)
    if report.of(State.DIFFERS):
        raise typer.Exit(DIFFERS)
    raise typer.Exit(UNCHECKED if report.of(State.UNCHECKED) else 0)


def _announce(selection: Selection) -> None:
    if selection.writes:
        said = f"This makes customers, users and carts in the store. {PLACED[selection.orders]}"
        err.print(said, style="dim", soft_wrap=True)


def _checked(address: str, name: str) -> str:
    try:
        return checked_address(address)
    except BadAddress as error:
        raise typer.BadParameter(f"{address} does not do. {error}", param_hint=name) from None
