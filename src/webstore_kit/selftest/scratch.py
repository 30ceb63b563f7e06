"""The scratch database: one of the self-test's own, beside the data of a shop and never in it, gone afterwards."""

import re
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import peewee

from webstore_kit import migrations
from webstore_kit.core.database import sqlite_path
from webstore_kit.core.errors import Busy, CommandError
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.extensions.assembly import store_of
from webstore_kit.selftest.report import Plan


@dataclass(frozen=True)
class Scratch:
    """A migrated, empty database, and a folder for what the servers need besides."""

    url: str = field(repr=False)
    folder: Path
    database: str
    """Which kind and version it is."""
    where: str
    """Where it is, for people: without user and password."""


@contextmanager
def scratch(plan: Plan) -> Iterator[Scratch]:
    """Make the database, and remove it in the end unless the plan keeps it. Raises CommandError, SettingsError."""
    with ExitStack() as leftovers:
        folder = Path(tempfile.mkdtemp(prefix="webstore-selftest-"))
        leftovers.callback(shutil.rmtree, folder, ignore_errors=True)
        place = _make(plan.database_url, folder, leftovers)
        if plan.keep:
            leftovers.pop_all()
        yield place


@contextmanager
def opened(url: str, folder: Path, advice: str = "Check --database-url.") -> Iterator[Store]:
    """A store on the database, for the self-test alone; where the database says no, CommandError has the advice."""
    # Made without the sources of settings: neither the shop's variables nor its webstore.toml count here.
    # But packages with extensions are there for the servers too, so that their tables are needed.
    store = store_of(Settings.model_construct(directory=folder, database_url=url))
    try:
        yield store
    except Busy as error:
        raise CommandError(f"The database cannot be had: {_reason(error.__cause__)}. {advice}") from None
    except peewee.DatabaseError as error:
        raise CommandError(f"The database refused: {_reason(error)}. {advice}") from None
    finally:
        store.close()


def with_search_path(url: str, schema: str) -> str:
    """The PostgreSQL URL whose connections find, and make, tables in that schema alone."""
    # Of a parameter that comes twice libpq takes the last, and of an option as well.
    before = re.findall(r"[?&]options=([^&]*)", url)[-1:]
    options = " ".join([*map(unquote, before), f"-c search_path={schema}"])
    return f"{url}{'&' if '?' in url else '?'}options={quote(options, safe='')}"


def require_schema(store: Store, name: str) -> None:
    """Raise CommandError where the store would make its tables elsewhere: then it would meet the shop's own data."""
    with store.snapshot():
        (found,) = store.database.execute_sql("SELECT current_schema()").fetchone()
    if found != name:
        raise CommandError(
            "The options of the connection do not reach the database, so the self-test could not keep away from the "
            "shop's own data. Is there a pooler in between? Name the server itself with --database-url."
        )


def _make(url: str | None, folder: Path, leftovers: ExitStack) -> Scratch:
    if url is None:
        return _make_file(folder / "store.sqlite3", folder, leftovers)
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme == "sqlite":
        return _make_file(sqlite_path(url, Path.cwd()), folder, leftovers)
    if scheme in ("postgresql", "postgres"):
        return _make_schema(url, folder, leftovers)
    raise CommandError("--database-url must start with sqlite:/// or postgresql://.")


def _make_file(named: Path, folder: Path, leftovers: ExitStack) -> Scratch:
    path = named.with_name(f"{named.stem}.selftest-{secrets.token_hex(4)}.sqlite3")
    leftovers.callback(_remove, path)
    url = f"sqlite:///{quote(str(path))}"
    with opened(url, folder, f"The folder {path.parent} has to be there, and to let you write.") as store:
        migrations.migrate(store)
    return Scratch(url, folder, database=f"SQLite {sqlite3.sqlite_version}", where=str(path))


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


def _make_schema(url: str, folder: Path, leftovers: ExitStack) -> Scratch:
    name = f"webstore_selftest_{secrets.token_hex(4)}"
    rights = "Check --database-url, and that its user may make a schema (GRANT CREATE ON DATABASE ... TO ...)."
    database, version = _execute(url, folder, f"CREATE SCHEMA {name}", rights)
    drop = f"DROP SCHEMA {name} CASCADE"
    leftovers.callback(_execute, url, folder, drop, f"Remove the self-test's tables yourself: {drop}.")
    own = with_search_path(url, name)
    with opened(own, folder) as store:
        require_schema(store, name)
        migrations.migrate(store)
    return Scratch(own, folder, f"PostgreSQL {version}", where=f"the schema {name} of the database {database}")


def _execute(url: str, folder: Path, statement: str, advice: str) -> tuple[str, str]:
    """Run it; answers which database it ran in, and the server's version."""
    with opened(url, folder, advice) as store, store.transaction():
        store.database.execute_sql(statement)
        about = store.database.execute_sql("SELECT current_database(), current_setting('server_version')")
        database, version = about.fetchone()
    return database, version.partition(" ")[0]


def _reason(error: BaseException | None) -> str:
    return str(error).partition("\n")[0]
