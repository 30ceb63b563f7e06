"""Opening a source: which kind it is, by its name."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from webstore_kit.adoption.source import Source
from webstore_kit.adoption.sqlite_source import SqliteSource
from webstore_kit.core.errors import CommandError

try:
    from webstore_kit.adoption.postgresql_source import PostgresqlSource
except ImportError:  # the extra `postgresql` is not installed
    PostgresqlSource = None  # type: ignore[assignment,misc]

KINDS = "SOURCE is the path of the Django store's SQLite file, or a URL that starts with postgresql://"


@contextmanager
def opened(name: str) -> Iterator[Source]:
    """The source with all its tables, to be read inside; raises CommandError where it is no such thing."""
    with closing(_source(name)) as source:
        source.require_tables()
        yield source


def _source(name: str) -> Source:
    scheme, is_url, rest = name.partition("://")
    if scheme.lower() in ("postgresql", "postgres") and is_url:
        return _postgresql(f"postgresql://{rest}")
    if is_url:
        # The rest may hold a password.
        raise CommandError(f"A source that starts with {scheme}:// is not known. {KINDS}. Nothing was adopted.")
    if not _is_file(Path(name)):
        raise CommandError(f"There is no file {_without_password(name)}. {KINDS}. Nothing was adopted.")
    return SqliteSource(Path(name))


def _postgresql(url: str) -> Source:
    if PostgresqlSource is None:
        raise CommandError(
            "SOURCE is PostgreSQL, which needs a driver: pip install 'webstore-kit[postgresql]'. Nothing was adopted."
        )
    return PostgresqlSource(url)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # its folder may not be looked into, or no file can have such a name
        return False


def _without_password(name: str) -> str:
    # A URL that lost its slashes is no file either, but has one.
    return re.sub(r":[^@]*@", ":***@", name)
