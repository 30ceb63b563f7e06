"""The commands of extensions, beside those of the store."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer

from webstore_kit.commands.terminal import arguments
from webstore_kit.core.errors import ExtensionError, SettingsError
from webstore_kit.core.settings import Settings
from webstore_kit.extensions.finding import find


def add_commands(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the commands of the extensions of the store that a command line is for.

    Raises ExtensionError, but not for who asks for help or the version: that is how one finds out what is wrong. What
    is wrong with the settings is said by the command, if it uses any.
    """
    with suppress(SettingsError, *([ExtensionError] if _asks_for_help(words) else [])):
        settings = Settings.read(**arguments(_directory(words)))
        taken = {group.name for group in app.registered_groups} | {
            _name(command) for command in app.registered_commands
        }
        for extension in find(settings):
            if extension.commands is None:
                continue
            if extension.name in taken:
                raise ExtensionError(f'The extension "{extension.name}" is called as a command of webstore. Rename it.')
            app.add_typer(extension.commands, name=extension.name)


def _asks_for_help(words: Sequence[str]) -> bool:
    return not words or words[0] == "version" or not {"--help", "-h"}.isdisjoint(words)


def _name(command: typer.models.CommandInfo) -> str:
    return command.name or (command.callback.__name__ if command.callback else "")


def _directory(words: Sequence[str]) -> Path | None:
    """What the option --dir says, before the command line is parsed: the commands themselves depend on it."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--dir" and following:
            return Path(following)
        if word.startswith("--dir="):
            return Path(word.partition("=")[2])
    return None
