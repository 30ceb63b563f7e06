"""PostgreSQL for tests: a database that is there is emptied, if it is one for tests."""

from webstore_kit import migrations
from webstore_kit.core.database import current
from webstore_kit.core.errors import WebstoreError
from webstore_kit.core.parts import Parts
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store

HISTORY = "schema_migration"
FILLED = (HISTORY, "catalogue_revision")
"""Tables that a migration of the store has filled."""


class NotForTests(WebstoreError):
    """A database that may hold what is worth something: a test would destroy it."""


def make_empty(settings: Settings, parts: Parts) -> None:
    """Leave the database as the migrations make it. Raises NotForTests, and then has changed nothing."""
    store = Store(settings, parts=parts)
    try:
        with store.transaction():
            _require_for_tests(store, tables())
            if _is_made_of(store, tables()):
                truncate()
            else:
                _make_anew(store)
    finally:
        store.close()


def tables() -> set[str]:
    """The names of the tables; inside `store.transaction()`."""
    found = current().execute_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in found.fetchall()}


def truncate() -> None:
    """Leave each table as the migrations of the store made it; inside `store.transaction()`."""
    names = ", ".join(f'"{name}"' for name in sorted(tables() - set(FILLED)))
    current().execute_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def _require_for_tests(store: Store, found: set[str]) -> None:
    ((name,),) = current().execute_sql("SELECT current_database()").fetchall()
    if found and "test" not in name:
        raise NotForTests(
            f'The PostgreSQL database "{name}" has tables, and tests would wipe it. '
            "Name one that is empty, or has `test` in its name."
        )


def _is_made_of(store: Store, found: set[str]) -> bool:
    """Whether it has the tables of the store, and no others: a migration of an extension may have filled its own."""
    histories = {name for name in found if name.startswith(HISTORY)}
    if histories != {HISTORY} or store.parts.migrations:
        return False
    status = migrations.status(store)
    return not (status.pending or status.unknown)


def _make_anew(store: Store) -> None:
    current().execute_sql("DROP SCHEMA public CASCADE")
    current().execute_sql("CREATE SCHEMA public")
    migrations.migrate(store)
