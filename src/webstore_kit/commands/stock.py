"""`webstore stock`: shows how many there are of each product and why, and says how many there are."""

from typing import Annotated

import typer

from webstore_kit.commands.terminal import AsJson, Directory, moment, out, print_json, print_table, ready_store
from webstore_kit.core.database import Row
from webstore_kit.core.errors import CommandError
from webstore_kit.inventory import queries
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders.queries import numbers_of_orders_with

app = typer.Typer(no_args_is_help=True, help="How many there are of each product.")

Product = Annotated[str, typer.Argument(metavar="PRODUCT", help="The product's SKU, or id: and its id, as in id:7.")]


@app.command("list")
def list_stock(
    below: Annotated[int | None, typer.Option(min=1, help="Only products with fewer than that.")] = None,
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """List all products with how many there are, the fewest first."""
    with ready_store(directory) as store, store.snapshot():
        rows = [dict(row) for row in queries.levels(below)]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("id", "SKU", "title", "stock"), [(row["id"], row["sku"], row["title"], row["quantity"]) for row in rows]
    )


@app.command("set")
def set_product_stock(
    product: Product,
    quantity: Annotated[int, typer.Argument(min=0, max=2**31 - 1, help="How many there are now.")],
    directory: Directory = None,
) -> None:
    """Say how many of a product there are, as after counting them. The ledger keeps the difference."""
    with ready_store(directory) as store, store.transaction():
        found = _product(product)
        before = set_stock(store, found["id"], quantity)
    out.print(f"{found['title']}: {quantity}, was {before}.", highlight=False, markup=False)


@app.command("history")
def show_history(product: Product, as_json: AsJson = False, directory: Directory = None) -> None:
    """Show every change of a product's stock, and what it left."""
    with ready_store(directory) as store, store.snapshot():
        found = _product(product)
        entries = [dict(entry) for entry in queries.ledger(found["id"])]
        numbers = numbers_of_orders_with(found["id"])
    for entry in entries:
        entry["order_number"] = numbers.get(entry["order_id"])
    if as_json:
        print_json(entries)
        return
    print_table(
        ("when", "change", "why", "order", "stock"),
        [(moment(e["time"]), f"{e['change']:+}", e["reason"], e["order_number"], e["quantity"]) for e in entries],
        title=found["title"],
    )


def _product(name: str) -> Row:
    product = queries.product_of_name(name)
    if product is None:
        raise CommandError(f"There is no product {name}. `webstore stock list` shows those there are.")
    return product
