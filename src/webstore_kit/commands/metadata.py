"""`webstore metadata`: shows and changes what the shop notes about a product, a customer or an order."""

import json
from typing import Annotated, Any

import typer

from webstore_kit.commands.terminal import AsJson, Directory, print_json, print_sentence, print_table, ready_store
from webstore_kit.core.errors import NotFound
from webstore_kit.metadata import MODELS, Subject, change_metadata, read_metadata

app = typer.Typer(no_args_is_help=True, help="What the shop notes about its products, customers and orders.")

About = Annotated[Subject, typer.Argument(metavar="SUBJECT", help=f"What it is about: {', '.join(MODELS)}.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="Its id; of an order the id, and not the number.")]


@app.command("show")
def show_metadata(subject: About, number: Number, as_json: AsJson = False, directory: Directory = None) -> None:
    """Show all that is noted about a product, a customer or an order."""
    with ready_store(directory) as store, store.snapshot():
        noted = read_metadata(subject, [number])
    if number not in noted:
        raise NotFound(f"There is no {subject} {number}.")
    _print(noted[number], as_json=as_json)


@app.command("set")
def set_metadata(
    subject: About,
    number: Number,
    notes: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="The notes; KEY= removes one.")],
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """Note something: KEY=VALUE, where the value is JSON or else text, and KEY= removes the note.

    What is noted under other keys stays. No answer of the API shows a note but with the setting `exposed_metadata`.
    """
    changes = dict(_change(note) for note in notes)
    with ready_store(directory) as store:
        after = store.write(lambda: change_metadata(store, subject, number, changes))
    _print(after, as_json=as_json)


def _change(note: str) -> tuple[str, Any]:
    key, sign, text = note.partition("=")
    if not (key and sign):
        raise typer.BadParameter(f"{note!r} is no KEY=VALUE.")
    return key, _value(text) if text else None


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return text


def _refused(constant: str) -> None:
    raise ValueError(constant)  # NaN and its like are no JSON


def _print(noted: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(noted)
    elif noted:
        print_table(("key", "value"), [(key, json.dumps(noted[key], ensure_ascii=False)) for key in sorted(noted)])
    else:
        print_sentence("Nothing is noted.")
