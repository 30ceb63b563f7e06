"""Provisioning: makes what a store's folder lacks, and says what it made."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webstore_kit import migrations
from webstore_kit.core.errors import CommandError
from webstore_kit.core.settings import SECRET_FILE, SETTINGS_FILE, Settings
from webstore_kit.core.store import Store

Say = Callable[[str, str], None]
"""Is told the name of each thing that was made, and what it is."""


def provision(say: Say, make: Callable[[Settings], Store] = Store, **arguments: Any) -> Settings:
    """The settings of a store whose folder has a secret and a media folder, and whose database has its tables.

    `make` makes the store of the settings, with its extensions. A database that has been migrated before is left as it
    is, behind or not. Raises SettingsError, CommandError.
    """
    settings = Settings.read(**arguments)
    _make_directory(settings.directory)
    if not settings.secret_key.get_secret_value():
        if _make_secret(settings.directory / SECRET_FILE):
            say(SECRET_FILE, "a random secret that signs the tokens; keep it, and keep it to yourself")
        settings = settings.with_secret_file()
    if not settings.media_dir.is_dir():
        _make_directory(settings.media_dir)
        say(f"{settings.media_dir.name}/", "the folder of the product pictures")
    _make_tables(make(settings), say)
    return settings


def make_settings_file(directory: Path) -> bool:
    """Write a webstore.toml in which every setting is explained; answers False where there is one."""
    _make_directory(directory)
    lines = ["# The settings of this store. Remove the # before a name to change it.", ""]
    for name, field in Settings.model_fields.items():
        if name not in ("directory", "secret_key"):
            value = field.examples[0] if field.examples else field.default
            lines += [f"# {field.description}", f"# {name} = {_toml(value)}", ""]
    return _write_new(directory / SETTINGS_FILE, "\n".join(lines), mode=0o644)


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The folder {directory} cannot be made: {error.strerror}. Name another with --dir."
        ) from None


def _make_secret(path: Path) -> bool:
    return _write_new(path, secrets.token_urlsafe(48) + "\n", mode=0o600)


def _write_new(path: Path, text: str, mode: int) -> bool:
    """Write the file whole, or find it there: of two processes that start at once, both end with the same file."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "w", encoding="utf-8") as file:
            file.write(text)
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
    return True


def _make_tables(store: Store, say: Say) -> None:
    try:
        if migrations.status(store).is_new:
            migrations.migrate(store)
            say(
                "PostgreSQL" if store.postgresql else Path(store.database.database).name,
                "the database, with its tables",
            )
    finally:
        store.close()


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'
