"""The command line `webstore`: parses and prints, and leaves every decision to the modules it calls."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import peewee
import typer
from rich.console import Console
from rich.table import Table

from webstore_kit import __version__, migrations, provisioning, server
from webstore_kit.adoption.report import Report
from webstore_kit.adoption.services import adopt as adopt_store
from webstore_kit.core.clock import iso_text
from webstore_kit.core.errors import Busy, CommandError, InvalidInput, WebstoreError
from webstore_kit.core.settings import SETTINGS_FILE, Settings
from webstore_kit.core.store import Store
from webstore_kit.customers import queries as customer_queries
from webstore_kit.customers import services as customers
from webstore_kit.demo.services import Seeded, seed

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

    Exit codes: 0 done, 1 not done, 2 wrong usage.
    """,
)
users = typer.Typer(no_args_is_help=True, help="The people who can log in.")
app.add_typer(users, name="user")

out = Console()
err = Console(stderr=True)

Directory = Annotated[
    Path | None, typer.Option("--dir", metavar="DIR", help="The store's folder.", show_default="the present folder")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]


def main() -> None:
    """The entry point: every error that webstore-kit raises on purpose is a sentence on stderr and exit code 1."""
    try:
        app()
    except Busy as error:
        reason = str(error.__cause__).partition("\n")[0]
        _fail(f"The database cannot be had: {reason}. Check database_url and what else uses it, then try again.")
    except InvalidInput as error:
        _fail(error.detail)
    except WebstoreError as error:
        _fail(str(error))
    except peewee.DatabaseError as error:
        _fail(f"The database refused: {str(error).partition(chr(10))[0]}. Check database_url and the file's rights.")


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
    provisioning.provision(_say, directory=directory)
    out.print(f"The store in [bold]{directory.resolve()}[/] is ready. Start it with `webstore serve`.")


@app.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say whether all are applied; exit 1 if not.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only list what is applied and what would be.")] = False,
    directory: Directory = None,
) -> None:
    """Bring the database up to this version: apply the migrations that it lacks, all of them or none."""
    with _store(directory) as store:
        if plan:
            _print_plan(migrations.status(store))
        elif check:
            migrations.require_current(store)
            out.print("The database fits this version.")
        else:
            applied = migrations.migrate(store)
            out.print("\n".join(f"Applied {name}" for name in applied) or "Nothing to apply.")


@app.command(name="seed")
def seed_demo(directory: Directory = None) -> None:
    """Add the demo catalogue: products with pictures, prices, stock and reviews. A second run adds nothing."""
    with _ready_store(directory) as store:
        _print_seeded(seed(store))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 finds a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes serve.")] = 1,
    reload: Annotated[bool, typer.Option("--reload", help="Start anew when code changes, for development.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Add the demo catalogue first.")] = False,
    directory: Directory = None,
) -> None:
    """Serve the store, and first make what its folder lacks: secret, media folder, database.

    A database that is behind or ahead of this version is left alone, and the command says which one helps.
    """
    settings = provisioning.provision(_say, **_arguments(directory))
    with _opened(Store(settings)) as store:
        migrations.require_current(store)
        if demo:
            _print_seeded(seed(store))
    sock = server.reserve(host, port)
    shown = f"[{host}]" if ":" in host else host
    out.print(f"Serving on [bold]http://{shown}:{sock.getsockname()[1]}/[/] (Ctrl+C stops)", soft_wrap=True)
    server.serve(settings, sock, workers, reload)


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
    with _ready_store(directory) as store:
        report = adopt_store(store, source, media, progress=lambda step: err.print(step, style="dim", soft_wrap=True))
    if as_json:
        _print_json(dataclasses.asdict(report))
    else:
        _print_adoption(report)


@users.command("create")
def create_user(
    username: Annotated[str, typer.Argument(help="The name to log in with.")],
    email: Annotated[str, typer.Option(help="The e-mail address.")] = "",
    staff: Annotated[bool, typer.Option("--staff", help="One of the shop's own people.")] = False,
    directory: Directory = None,
) -> None:
    """Make a user. The password is asked for, or read from standard input; it is never an argument."""
    with _ready_store(directory) as store:
        password = _password()
        form = customers.check_registration(store, {"username": username, "password": password, "email": email})
        user_id = customers.register(store, form, is_staff=staff)
    out.print(f"Made user {user_id}, {form.username}.", markup=False)


@users.command("list")
def list_users(as_json: AsJson = False, directory: Directory = None) -> None:
    """List the users."""
    with _ready_store(directory) as store, store.snapshot():
        rows = [dict(row) for row in customer_queries.users()]
    if as_json:
        _print_json(rows)
        return
    table = Table("id", "username", "e-mail", "staff", "active", "joined")
    for row in rows:
        flags = ("yes" if row[flag] else "no" for flag in ("is_staff", "is_active"))
        table.add_row(str(row["id"]), row["username"], row["email"], *flags, f"{row['time_joined']:%Y-%m-%d %H:%M}")
    out.print(table)


@users.command("password")
def change_password(
    username: Annotated[str, typer.Argument(help="Whose password.")], directory: Directory = None
) -> None:
    """Give a user a new password; it is asked for, or read from standard input."""
    with _ready_store(directory) as store:
        if not customers.set_password(store, username, _password()):
            raise CommandError(f"There is no user {username}. `webstore user list` shows those there are.")
    out.print(f"Changed the password of {username}.", markup=False)


@app.command()
def version(as_json: AsJson = False) -> None:
    """Say which version this is."""
    versions = {"webstore-kit": __version__, "python": sys.version.partition(" ")[0]}
    if as_json:
        _print_json(versions)
    else:
        out.print(", ".join(f"{name} {number}" for name, number in versions.items()), highlight=False)


def _arguments(directory: Path | None) -> dict[str, Any]:
    return {} if directory is None else {"directory": directory}


@contextmanager
def _store(directory: Path | None) -> Iterator[Store]:
    settings = Settings.read(**_arguments(directory))
    if not settings.directory.is_dir():
        raise CommandError(f"There is no folder {settings.directory}. `webstore init` makes one.")
    with _opened(Store(settings)) as store:
        yield store


@contextmanager
def _ready_store(directory: Path | None) -> Iterator[Store]:
    with _store(directory) as store:
        migrations.require_current(store)
        yield store


@contextmanager
def _opened(store: Store) -> Iterator[Store]:
    try:
        yield store
    finally:
        store.close()


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True)).strip()
    return sys.stdin.readline().strip()


def _say(name: str, what: str) -> None:
    out.print(f"Made [bold]{name}[/]: {what}.", soft_wrap=True)


def _print_seeded(seeded: Seeded) -> None:
    if seeded.products:
        out.print(f"Added the demo catalogue: {seeded.products} products with {seeded.reviews} reviews.")
    else:
        out.print("The demo catalogue is there already.")


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


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_json_value))  # noqa: T201 - for a script


def _json_value(value: Any) -> str:
    return iso_text(value) if isinstance(value, datetime) else str(value)


def _fail(sentence: str) -> None:
    err.print(f"[bold red]Error:[/] {sentence}", highlight=False, soft_wrap=True)
    raise SystemExit(1)
