"""`webstore order`: shows the orders."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from webstore_kit.commands.terminal import AsJson, Directory, moment, out, print_json, print_table, ready_store
from webstore_kit.core.errors import CommandError
from webstore_kit.orders import queries

app = typer.Typer(no_args_is_help=True, help="The orders.")


@app.command("list")
def list_orders(
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """List the newest orders, with number, customer and total."""
    with ready_store(directory) as store, store.snapshot():
        rows = [dict(row) for row in queries.newest_orders(limit)]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("number", "placed", "customer", "e-mail", "pieces", "total"),
        [(r["number"], moment(r["time_checkout"]), _name(r), r["email"], r["pieces"], r["total"]) for r in rows],
    )


@app.command("show")
def show_order(
    number: Annotated[str, typer.Argument(help="The order's number.")],
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """Show an order: who bought what, and where it goes."""
    with ready_store(directory) as store, store.snapshot():
        order = queries.order_of_number(number)
        if order is None:
            raise CommandError(f"There is no order {number}. `webstore order list` shows those there are.")
        lines = [dict(line) for line in queries.order_lines(order["id"])]
    if as_json:
        print_json({**order, "lines": lines})
    else:
        _print_order(dict(order), lines)


def _print_order(order: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    where = [order[part] for part in ("address", "post_code", "city", "country")]
    for line in (
        f"Order {order['number']}, placed {moment(order['time_checkout']) or 'at an unknown time'} (UTC)",
        f"{_name(order)}, {order['email'] or 'no e-mail'}, {order['phone'] or 'no phone'}",
        ", ".join(where) if all(where) else "no address",
    ):
        out.print(line, highlight=False, markup=False, soft_wrap=True)
    rows = [(r["product_number"], r["title"], r["price"], r["quantity"], r["price"] * r["quantity"]) for r in lines]
    print_table(("product", "title", "price", "pieces", "sum"), [*rows, *_sums(order)])


def _sums(order: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    if order["shipping"]:
        yield "", "shipping", "", "", order["shipping"]
    if order["tax"]:
        yield "", "tax, included" if order["tax_is_included"] else "tax", "", "", order["tax"]
    yield "", "total", "", order["pieces"], order["total"]


def _name(row: dict[str, Any]) -> str:
    return " ".join(part for part in (row["first_name"], row["last_name"]) if part)
