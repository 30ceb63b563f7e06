"""`webstore startproject`: makes a folder for a shop's own code."""

from pathlib import Path
from typing import Annotated

import typer

from webstore_kit.commands.terminal import print_sentence
from webstore_kit.startproject import start_project


def start(
    name: Annotated[str, typer.Argument(help="The name of the folder and of the project.")],
) -> None:
    """Make a folder for a shop with code of its own: an extension, its tests, settings, and a Dockerfile."""
    start_project(Path(), name)
    print_sentence(f"Made {name}/. It has an extension in shop.py, and its tests. Go on with:")
    for command in (f"cd {name}", "webstore serve", "pytest"):
        print_sentence(f"    {command}")
