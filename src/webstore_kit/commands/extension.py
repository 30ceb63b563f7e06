"""`webstore extension`: shows the extensions of the store."""

from collections.abc import Iterator

import typer

from webstore_kit.commands.terminal import AsJson, Directory, arguments, print_json, print_sentence, print_table
from webstore_kit.core.settings import Settings
from webstore_kit.extensions.assembly import put_together
from webstore_kit.extensions.extension import Extension
from webstore_kit.extensions.finding import find_with_sources

app = typer.Typer(no_args_is_help=True, help="What a shop, or a package that it installs, adds to the store.")


@app.command("list")
def list_extensions(as_json: AsJson = False, directory: Directory = None) -> None:
    """List the extensions: name, where each comes from, and what it adds. One that is wrong is named instead."""
    settings = Settings.read(**arguments(directory))
    found = find_with_sources(settings)
    put_together(settings, [extension for extension, _ in found])
    if as_json:
        print_json([{"name": each.name, "source": source, "adds": list(_adds(each))} for each, source in found])
    elif found:
        rows = [(each.name, source, ", ".join(_adds(each))) for each, source in found]
        print_table(("name", "from", "adds"), rows)
    else:
        print_sentence("There are none. The setting extensions names those of the shop; packages bring theirs along.")


def _adds(extension: Extension) -> Iterator[str]:
    yield from ("settings",) if extension.settings else ()
    for count, what in (
        (len(extension.models), "table"),
        (len(extension.routes), "route"),
        (len(extension.before_commit) + len(extension.after_commit), "subscriber"),
        (len(extension.fields), "field"),
        (len(extension.formats), "format"),
    ):
        if count:
            yield f"{count} {what}{'' if count == 1 else 's'}"
    yield from (f"provider {name}" for name in extension.providers)
    yield from ("commands",) if extension.commands else ()
