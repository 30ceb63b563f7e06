"""The command line `webstore`: parses and prints, and leaves every decision to the modules it calls."""

import dataclasses
import random
import sys
from pathlib import Path
from typing import Annotated

import peewee
import typer
from rich.markup import escape
from rich.table import Table

from webstore_kit import __version__, migrations, provisioning, server
from webstore_kit.adoption.report import Report
from webstore_kit.adoption.services import adopt as adopt_store
from webstore_kit.app import create_app
from webstore_kit.commands import contract, export, extension, imports, metadata, openapi, orders, stock, users
from webstore_kit.commands import import_reports as reports
from webstore_kit.commands.extended import add_commands
from webstore_kit.commands.startproject import start
from webstore_kit.commands.terminal import (
    AsJson,
    Directory,
    any_store,
    arguments,
    err,
    fail,
    opened,
    out,
    print_json,
    ready_store,
)
from webstore_kit.core.errors import Busy, InvalidInput, WebstoreError
from webstore_kit.core.settings import SETTINGS_FILE
from webstore_kit.core.store import Store
from webstore_kit.demo.services import Seeded, seed, seed_generated
from webstore_kit.extensions.assembly import store_of
from webstore_kit.http import storefront
from webstore_kit.importing.pictures.queue import complete_thumbnails
from webstore_kit.selftest import display
from webstore_kit.selftest.report import Plan
from webstore_kit.selftest.run import selftest

FIRST_SEED = 1
"""The generated catalogue where none is named."""

app = typer.Typer(
    name="webstore",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""A web store with a REST API.

    A store lives in a folder: `webstore init shop`, `cd shop`, `webstore serve`. Every command works on the store in
    the present folder, or in the one that `--dir` names. Settings come from `WEBSTORE_*` variables and from
    webstore.toml in the folder.

    Exit codes: 0 done, 1 not done, 2 wrong usage, 3 done but for what was refused.
    """,
)
app.add_typer(contract.app, name="contract")
app.add_typer(export.app, name="export")
app.add_typer(extension.app, name="extension")
app.add_typer(imports.app, name="import")
app.add_typer(metadata.app, name="metadata")
app.add_typer(orders.app, name="order")
app.add_typer(stock.app, name="stock")
app.add_typer(users.app, name="user")
app.command()(openapi.openapi)
app.command("startproject")(start)


def main() -> None:
    """The entry point: every error that webstore-kit raises on purpose is a sentence on stderr and exit code 1."""
    try:
        add_commands(app, sys.argv[1:])
        app()
    except Busy as error:
        reason = str(error.__cause__ or "another process writes to it").partition("\n")[0]
        fail(f"The database cannot be had: {reason}. Check database_url and what else uses it, then try again.")
    except InvalidInput as error:
        fail(error.detail)
    except WebstoreError as error:
        fail(str(error))
    except peewee.DatabaseError as error:
        fail(f"The database refused: {str(error).partition(chr(10))[0]}. Check database_url and the file's rights.")


@app.command()
def init(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder; it is made where it is not there.")
    ] = Path(),
) -> None:
    """Make a store in a folder: settings, secret, media folder and database.

    What is there already stays as it is, so the command can be given again.
    """
    if provisioning.make_settings_file(directory):
        _say(SETTINGS_FILE, "the settings, each explained")
    provisioning.provision(_say, store_of, directory=directory)
    out.print(f"The store in [bold]{escape(str(directory.resolve()))}[/] is ready. Start it with `webstore serve`.")


@app.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say whether all are applied; exit 1 if not.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only list what is applied and what would be.")] = False,
    directory: Directory = None,
) -> None:
    """Bring the database up to this version: apply the migrations that it lacks, all of them or none."""
    with any_store(directory) as store:
        if plan:
            _print_plan(migrations.status(store))
        elif check:
            migrations.require_current(store)
            out.print("The database fits this version.")
        else:
            applied = migrations.migrate(store)
            out.print("\n".join(f"Applied {name}" for name in applied) or "Nothing to apply.")


@app.command(name="seed")
def seed_catalogue(
    products: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Add that many products of a generated catalogue instead."),
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--seed", metavar="S", min=0, help="Which generated catalogue.", show_default=str(FIRST_SEED)),
    ] = None,
    directory: Directory = None,
) -> None:
    """Add the demo catalogue: products with pictures, prices, stock and reviews. A second run adds nothing.

    With `--products`, import a generated catalogue of any size, to try the store with. The same N and S make the same
    products, and a smaller N the first of them. If it is stopped or killed, the same command goes on where it was.
    """
    if number is not None and products is None:
        raise typer.BadParameter("--seed goes with --products.")
    with ready_store(directory) as store:
        if products is None:
            _print_seeded(seed(store))
        else:
            _seed_generated(store, products, FIRST_SEED if number is None else number)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 finds a free one.")] = 8000,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many processes serve.", show_default="one for each core")
    ] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start anew when code changes, for development.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Add the demo catalogue first, and serve a shop.")] = False,
    directory: Directory = None,
) -> None:
    """Serve the store, and first make what its folder lacks: secret, media folder, database.

    A database that is behind or ahead of this version is left alone, and the command says which one helps.
    """
    settings = provisioning.provision(_say, store_of, **arguments(directory))
    if demo:
        settings = settings.model_copy(update={"storefront": settings.storefront or storefront.DEMO})
    if settings.storefront:
        storefront.require_index(settings.storefront)
    # The whole app, as what stops it is said here once, and not by each process that serves.
    with opened(create_app(settings).state.store) as store:
        migrations.require_current(store)
        if demo:
            _print_seeded(seed(store))
    count = workers or (1 if reload else server.default_workers())
    sock = server.reserve(host, port)
    shown = f"[{host}]" if ":" in host else host
    out.print(f"Serving on [bold]http://{shown}:{sock.getsockname()[1]}/[/] (Ctrl+C stops)", soft_wrap=True)
    out.print(server.description(settings, count), style="dim", highlight=False, soft_wrap=True)
    server.serve(settings, sock, count, reload)


@app.command()
def thumbnails(directory: Directory = None) -> None:
    """Make the thumbnails that pictures of products lack, as after a change of the setting `thumbnail_widths`."""
    with ready_store(directory) as store:
        count = complete_thumbnails(store)
    out.print(f"{count} pictures have all their thumbnails.", highlight=False)


@app.command()
def adopt(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Its SQLite file, or its PostgreSQL URL.")],
    media: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Its MEDIA_ROOT.", show_default="the folder media beside the SQLite file"),
    ] = None,
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """Take over an existing Django store: catalogue, users, customers, carts, orders and pictures.

    The source is only read. The store takes all of it or nothing, and has to be empty; a second run changes nothing
    and compares the two again. Ids, tokens, password hashes, times and money are kept. What the source has against
    the rules of the new database is listed with what became of it.

    To keep everybody logged in, set WEBSTORE_SECRET_KEY to the SECRET_KEY of the Django store.
    """
    with ready_store(directory) as store:
        report = adopt_store(store, source, media, progress=lambda step: err.print(step, style="dim", soft_wrap=True))
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        _print_adoption(report)


@app.command("selftest")
def self_test(
    workers: Annotated[int, typer.Option(min=1, max=16, help="How many servers run.")] = Plan.workers,
    buyers: Annotated[int, typer.Option(min=1, max=256, help="How many buy at the same time.")] = Plan.buyers,
    visits: Annotated[int, typer.Option(min=1, help="How often somebody comes and buys.")] = Plan.visits,
    products: Annotated[int, typer.Option(min=1, max=1000, help="How many products there are.")] = Plan.products,
    units: Annotated[int, typer.Option(min=1, help="How many units there are of each product.")] = Plan.units,
    kills: Annotated[int, typer.Option(min=0, help="How often a server is killed.")] = Plan.kills,
    seed: Annotated[int | None, typer.Option(help="Who buys what.", show_default="a new one each time")] = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Make the database beside this one; the data in it stays as it is.",
            show_default="a file in a temporary folder",
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep database and logs, and say where they are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Prove on this machine that checkout never oversells, never doubles and never loses an order.

    Real servers sell scarce products to many buyers at once, and get killed in the middle of it. What the buyers were
    told is then compared with the database, which is a new one each time: a shop's own data is never touched. The
    command ends with 1 where anything differs.
    """
    number = random.randrange(1_000_000) if seed is None else seed  # noqa: S311 - nothing secret
    plan = Plan(workers, buyers, visits, products, units, kills, number, database_url, keep)
    with display.following(err, plan) as show:
        report = selftest(plan, say=lambda step: err.print(step, style="dim", soft_wrap=True), show=show)
    if as_json:
        print_json(display.as_json(report))
    else:
        display.print_report(out, report)
    raise typer.Exit(bool(report.failed))


@app.command()
def version(as_json: AsJson = False) -> None:
    """Say which version this is."""
    versions = {"webstore-kit": __version__, "python": sys.version.partition(" ")[0]}
    if as_json:
        print_json(versions)
    else:
        out.print(", ".join(f"{name} {number}" for name, number in versions.items()), highlight=False)


def _say(name: str, what: str) -> None:
    out.print(f"Made [bold]{escape(name)}[/]: {what}.", soft_wrap=True)


def _seed_generated(store: Store, count: int, number: int) -> None:
    try:
        with reports.following(err) as say:
            report = seed_generated(store, count, number, say)
    except KeyboardInterrupt:
        err.print("Stopped. The same command goes on where it was.", style="bold")
        raise typer.Exit(imports.INTERRUPTED) from None
    reports.print_report(report.name, report)
    if report.counts.refused:
        raise typer.Exit(imports.REFUSED)


def _print_seeded(seeded: Seeded) -> None:
    if seeded.products or seeded.reviews:
        out.print(f"Added the demo catalogue: {seeded.products} products with {seeded.reviews} reviews.")
    else:
        out.print("The demo catalogue is there already.")
    if seeded.failed_pictures:
        out.print(f"{seeded.failed_pictures} of its pictures are over the limits of the settings, and were left out.")


def _print_adoption(report: Report) -> None:
    if report.already_adopted:
        out.print(
            f"This store adopted {report.adopted_from} on {report.already_adopted:%Y-%m-%d %H:%M}. Nothing was changed."
        )
    table = Table("table", "into", "what", "source", "store", "", title="Source beside store", title_justify="left")
    for count in report.rows:
        for total in (count.rows, *count.totals):
            mark = "as it was" if total.source == total.target else "see below" if total.explained else "differs"
            table.add_row(count.source, count.target, total.name, f"{total.source:,}", f"{total.target:,}", mark)
    out.print(table)
    for case in report.cases:
        out.print(f"{case.table} {case.id}: {case.what}", markup=False, highlight=False, soft_wrap=True)
    for picture in report.pictures.missing:
        out.print(
            f"No picture for product {picture.product_id}: {picture.path}: {picture.why}", markup=False, soft_wrap=True
        )
    for count in report.rows:
        if count.missing:
            out.print(f"{count.source}: {count.missing} rows are in the source now and not in this store.")
    pictures = report.pictures
    out.print(f"{pictures.copied} pictures copied, {pictures.unchanged} there already. {pictures.note}", soft_wrap=True)


def _print_plan(status: migrations.Status) -> None:
    for mark, names in (("applied", status.applied), ("pending", status.pending), ("unknown", status.unknown)):
        for name in names:
            out.print(f"{mark:8} {name}", highlight=False)
