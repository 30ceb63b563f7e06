"""The formats of tables that are added to our own: by extensions, and by code of a shop.

Apart from the readers, so that a server, which reads no files, need not load them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webstore_kit.importing.entries import Entry, Refusal
    from webstore_kit.importing.tables import Table

FIXED = ("ndjson", "json")
"""The names of the formats that are no tables, and cannot be replaced."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of tables: its name on the command line, a few words on it, whether a header is its, and its reader."""

    name: str
    about: str
    detects: Callable[[Sequence[str]], bool]
    read: Callable[["Table"], Iterator["Entry | Refusal"]]


ADDED: list[Format] = []
"""The latest first."""


def register(added: Format) -> None:
    """Add a format, or put it in the place of the one of its name; it is asked before all others."""
    if added.name in FIXED:
        raise ValueError(f"the format {added.name} is not to be replaced")
    ADDED[:] = [added, *(known for known in ADDED if known.name != added.name)]
