"""`webstore openapi`: prints the document of the API."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic_core import to_json

from webstore_kit.app import create_app
from webstore_kit.commands.terminal import Directory, any_store, out
from webstore_kit.core.errors import CommandError
from webstore_kit.http.openapi.document import document

LOCAL = "http://127.0.0.1:8000"
"""Where `webstore serve` serves, if it is not told otherwise."""


def openapi(
    as_yaml: Annotated[bool, typer.Option("--yaml", help="YAML in place of JSON.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it here.", show_default="standard output"),
    ] = None,
    directory: Directory = None,
) -> None:
    """Print the document of the API, in OpenAPI 3.1, for tools that generate clients or check the API.

    It takes neither a database nor a secret. The address in it is the setting `base_url`.
    """
    with any_store(directory) as store:
        settings = store.settings
    app = create_app(settings)
    told = document(app.routes, settings.base_url or LOCAL, app.state.store.parts.fields)
    text = _yaml(told) if as_yaml else to_json(told, indent=2).decode() + "\n"
    if output is None:
        print(text, end="")  # noqa: T201 - for a script
    else:
        _write(output, text)


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}. Choose another file.") from None
    out.print(f"Wrote {output}.", markup=False, highlight=False, soft_wrap=True)


def _yaml(told: dict[str, Any]) -> str:
    return yaml.dump(told, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and each part where it stands, without references of YAML's own."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(str, _Dumper.represent_str)
