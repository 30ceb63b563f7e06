"""`webstore import`: takes in catalogues, and shows and takes back what was taken in."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from webstore_kit.commands import import_reports as reports
from webstore_kit.commands.terminal import (
    AsJson,
    Directory,
    err,
    print_json,
    ready_store,
    with_first,
)
from webstore_kit.core.errors import CommandError
from webstore_kit.core.store import Store
from webstore_kit.importing import runs
from webstore_kit.importing.formats import Options, names
from webstore_kit.importing.plan import Mode
from webstore_kit.importing.services import ImportOptions, Report, import_catalogue
from webstore_kit.importing.undo import undo

FILES = "files"
REFUSED = 3
"""The exit code of a command that did its work but for some rows."""
INTERRUPTED = 130


class Blank(StrEnum):
    """What a blank cell does."""

    KEEP = "keep"
    CLEAR = "clear"


class Sign(StrEnum):
    """What stands before the decimals of an amount."""

    POINT = "."
    COMMA = ","


app = typer.Typer(cls=with_first(FILES), help="Catalogues as files: own ones, and those of Shopify and WooCommerce.")
Number = Annotated[int, typer.Argument(metavar="RUN", min=1, max=2**63 - 1, help="The number of the import.")]


@app.command(FILES, epilog="Beside it: `webstore import list`, `webstore import show RUN`, `webstore import undo RUN`.")
def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="The files; - is standard input.")],
    mode: Annotated[Mode, typer.Option(help="Make new products, change those that are there, or both.")] = Mode.UPSERT,
    blank: Annotated[Blank, typer.Option(help="A blank cell keeps what is there, or clears it.")] = Blank.KEEP,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if any row is refused.")] = False,
    deactivate_missing: Annotated[
        bool,
        typer.Option(
            "--deactivate-missing", help="Take products out of sale that the file does not name, if no row is refused."
        ),
    ] = False,
    decimal: Annotated[Sign, typer.Option(help="What stands before the decimals of an amount.")] = Sign.POINT,
    images: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", file_okay=False, exists=True, help="The pictures' folder.", show_default="the file's folder"
        ),
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help=f"{', '.join(names())}.", show_default="found by the header"),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Such as cp1252.", show_default="found by the bytes")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(metavar="SIGN", help="One of , ; | or tab.", show_default="found by the header")
    ] = None,
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """Import catalogues: products are known again by SKU or key, new ones are made, others changed where they differ.

    A row that cannot be taken is refused, told, and written with the reason to FILE.rejected.csv, to be mended and
    imported again; the command then ends with 3. If it is stopped or killed, the same command goes on where it was.
    Pictures are fetched after the rows. The shop stays open.
    """
    _require_sensible(files, mode, deactivate_missing=deactivate_missing)
    options = ImportOptions(
        mode=mode,
        clear=blank is Blank.CLEAR,
        strict=strict,
        decimal_sign=decimal.value,
        deactivate_missing=deactivate_missing,
        images=images,
        reading=Options(format_name, encoding, delimiter),
    )
    found: list[Report] = []
    try:
        with ready_store(directory) as store:
            for file in files:
                found.append(_imported(store, file, options, dry_run=dry_run))
                if not as_json:
                    reports.print_report(file, found[-1])
    finally:
        # What was done before a file that cannot be read is told, too.
        if as_json and found:
            print_json(reports.as_json(found))
    if any(report.counts.refused for report in found):
        raise typer.Exit(REFUSED)


@app.command("list")
def list_imports(as_json: AsJson = False, directory: Directory = None) -> None:
    """List all imports, the newest first."""
    with ready_store(directory) as store, store.snapshot():
        found = [dict(row) for row in runs.all_runs()]
    if as_json:
        print_json([reports.run_json(row) for row in found])
    else:
        reports.print_runs(found)


@app.command("show")
def show_import(run: Number, as_json: AsJson = False, directory: Directory = None) -> None:
    """Show what an import changed, and what it refused."""
    with ready_store(directory) as store, store.snapshot():
        row, refusals = runs.run(run), [refusal for _, refusal in runs.refusals_of(run)]
        changed = runs.changed_products(run, None if as_json else reports.SHOWN)
    if as_json:
        print_json(reports.details_json(row, refusals, changed))
    else:
        reports.print_details(row, refusals, changed)


@app.command("undo")
def undo_import(run: Number, as_json: AsJson = False, directory: Directory = None) -> None:
    """Put back what an import changed, where nobody has changed it since.

    The rest is told, and the command ends with 3.

    Products that it made are deleted. An import that was stopped can be put back too, and then does not go on.
    """
    with ready_store(directory) as store, reports.following(err) as say:
        result = undo(store, run, say=lambda done: say("changes put back", done, None))
    if as_json:
        print_json(reports.undone_json(result))
    else:
        reports.print_undone(result)
    if result.left:
        raise typer.Exit(REFUSED)


def _imported(store: Store, file: str, options: ImportOptions, *, dry_run: bool) -> Report:
    try:
        with reports.following(err) as say:
            return import_catalogue(store, file, options, dry_run=dry_run, say=say)
    except KeyboardInterrupt:
        err.print("Stopped. The same command goes on where it was.", style="bold")
        raise typer.Exit(INTERRUPTED) from None


def _require_sensible(files: list[str], mode: Mode, *, deactivate_missing: bool) -> None:
    if deactivate_missing and len(files) > 1:
        raise CommandError("--deactivate-missing needs one file that names everything. Give the files together as one.")
    if deactivate_missing and mode is Mode.CREATE:
        raise CommandError("--deactivate-missing and --mode create do not go together: what is there would be refused.")
    if files.count("-") > 1:
        raise CommandError("Standard input can be read once only.")
