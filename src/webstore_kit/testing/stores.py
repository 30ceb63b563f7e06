"""Fresh stores: an SQLite database in a folder of the test, or a PostgreSQL database that is emptied."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute

from webstore_kit import migrations
from webstore_kit.app import create_app
from webstore_kit.core.database import sqlite_path
from webstore_kit.core.parts import Parts
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.extensions.assembly import put_together
from webstore_kit.extensions.extension import Extension
from webstore_kit.extensions.finding import find
from webstore_kit.testing.client import StoreClient
from webstore_kit.testing.postgresql import NotForTests, make_empty

SECRET = "a-secret-for-tests-0123456789-abcdefghijklmnop"
SQLITE = "sqlite:///store.sqlite3"
Folders = tuple[tuple[str, Path], ...]
"""The folder with the migrations of each extension, by its name."""


def fresh_settings(
    directory: Path, *, extensions: Sequence[Extension] = (), database_url: str = SQLITE, **settings: Any
) -> Settings:
    """The settings of a store whose database has its tables, those of the extensions too, and nothing in them.

    **A PostgreSQL database is wiped.** It has to be there, and to have `test` in its name, or no table at all. Raises
    NotForTests where it is another, or where the folder has a database already; SettingsError, ExtensionError.
    """
    # Named here, so that no variable of the developer's own store is heeded.
    own = {"database_url": database_url, "media_dir": Path("media"), "secret_key": SECRET}
    loaded = Settings.load(**{**own, **settings, "directory": directory, "extensions": []})
    parts = put_together(loaded, find(loaded, extensions))
    if database_url.lower().startswith("sqlite:"):
        _copy_template(sqlite_path(database_url, directory), parts.migrations)
    else:
        make_empty(loaded, parts)
    return loaded


@contextmanager
def fresh_store(
    directory: Path, *, extensions: Sequence[Extension] = (), database_url: str = SQLITE, **settings: Any
) -> Iterator[Store]:
    """A store of `fresh_settings`, with the extensions; closed in the end."""
    made = fresh_settings(directory, extensions=extensions, database_url=database_url, **settings)
    store: Store = create_app(made, extensions=extensions).state.store
    try:
        yield store
    finally:
        store.close()


@contextmanager
def fresh_client(
    directory: Path,
    *,
    extensions: Sequence[Extension] = (),
    routes: Sequence[BaseRoute] = (),
    database_url: str = SQLITE,
    **settings: Any,
) -> Iterator[StoreClient]:
    """A client of the app of such a store, which is its `store`; closed in the end."""
    made = fresh_settings(directory, extensions=extensions, database_url=database_url, **settings)
    with StoreClient(create_app(made, routes=routes, extensions=extensions)) as client:
        yield client


def _copy_template(path: Path, folders: Mapping[str, Path]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(_template(tuple(folders.items())))
    except FileExistsError:
        raise NotForTests(f"There is a database already: {path}. Give each test a folder of its own.") from None


@cache
def _template(folders: Folders) -> bytes:
    """A migrated SQLite file. Made once in a process for each set of extensions, as it takes as long as ten tests."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings.load(directory=Path(directory), database_url=SQLITE, secret_key=SECRET)
        store = Store(settings, parts=Parts(migrations=dict(folders)))
        migrations.migrate(store)
        store.close()
        return sqlite_path(SQLITE, settings.directory).read_bytes()
