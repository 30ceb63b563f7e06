"""The migrations: numbered files that make and change the tables, and the check that a database has just these."""

from dataclasses import dataclass
from pathlib import Path

from playhouse.migrations import Runner

from webstore_kit.core.database import sqlite_path
from webstore_kit.core.errors import DatabaseNotReady
from webstore_kit.core.store import Store

HERE = Path(__file__).parent
# Any number, the same in every version: whoever holds this PostgreSQL advisory lock migrates.
LOCK = 0x77656273746F7265


@dataclass(frozen=True)
class Status:
    """Which migrations a database has: applied, still to come, and unknown to this version."""

    applied: list[str]
    pending: list[str]
    unknown: list[str]

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever applied."""
        return not self.applied and not self.unknown


def status(store: Store) -> Status:
    """What the store's database has; a missing SQLite file is not made by asking.

    Migrations of an extension are called by its name too, such as `loyalty/0001_points`. Those of an extension that is
    not there are not asked for.
    """
    if is_missing(store):
        return Status([], [name for runner in _runners(store) for name in runner.names()], [])
    with store.snapshot():
        found = [(runner.names(), runner.applied()) for runner in _runners(store)]
    return Status(
        applied=[name for names, applied in found for name in names if name in applied],
        pending=[name for names, applied in found for name in names if name not in applied],
        unknown=sorted(name for names, applied in found for name in applied - set(names)),
    )


def migrate(store: Store) -> list[str]:
    """Apply what is pending, all of it or nothing, and answer the names.

    Two processes that start at once take turns, and the second finds nothing to do. Raises DatabaseNotReady where the
    database is ahead of this version.
    """
    with store.transaction():
        if store.postgresql:
            store.database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        refuse_unknown(status(store))
        return [name for runner in _runners(store) for name in runner.up()]


def require_current(store: Store) -> None:
    """Raise DatabaseNotReady where the database is behind or ahead of this version, naming the command that helps."""
    found = status(store)
    refuse_unknown(found)
    if found.is_new:
        raise DatabaseNotReady("The database has no tables yet. Run `webstore migrate` to make them.")
    if found.pending:
        raise DatabaseNotReady(
            f"The database is behind this version of webstore-kit: {', '.join(found.pending)} not applied. "
            "Back it up, then run `webstore migrate`."
        )


def refuse_unknown(found: Status) -> None:
    """Raise DatabaseNotReady where a newer version, of ours or of an extension, has migrated the database."""
    if found.unknown:
        extensions = sorted({name.partition("/")[0] for name in found.unknown if "/" in name})
        whose = f"the extension {extensions[0]}" if extensions else "webstore-kit"
        package = "the package that it is in" if extensions else "`pip install --upgrade webstore-kit`"
        raise DatabaseNotReady(
            f"The database is ahead of this version of {whose}: it has {', '.join(found.unknown)}. "
            f"Install the newer version ({package}); `webstore migrate --plan` shows more."
        )


def is_missing(store: Store) -> bool:
    """Whether the database is an SQLite file that is not there."""
    settings = store.settings
    return not store.postgresql and not sqlite_path(settings.database_url, settings.directory).exists()


class _Runner:
    """Applies the migrations of the store itself, or of an extension, which has a history of its own."""

    def __init__(self, store: Store, folder: Path, extension: str = "") -> None:
        self._prefix = f"{extension}/" if extension else ""
        history = f"schema_migration_{extension}" if extension else "schema_migration"
        self._runner = Runner(store.database, str(folder), table_name=history)

    def names(self) -> list[str]:
        return [self._prefix + migration.name for migration in self._runner.migrations()]

    def applied(self) -> set[str]:
        return {self._prefix + name for name in self._runner.applied()}

    def up(self) -> list[str]:
        return [self._prefix + name for name in self._runner.up()]


def _runners(store: Store) -> list[_Runner]:
    parts = store.parts.migrations
    return [_Runner(store, HERE), *(_Runner(store, folder, name) for name, folder in parts.items())]
