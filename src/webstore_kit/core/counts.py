"""Counts of lists that were counted before: whoever turns the pages of a list has it counted once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

MOST = 1024
"""Counts that are kept."""
LONGEST = 512
"""Characters of a key; nothing is kept by one that is longer, so that all keys together stay small."""


class Counts:
    """Counts by what was counted, each with the revision of the catalogue that it is of."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[int, int]] = OrderedDict()
        self._lock = Lock()

    def of(self, what: Hashable, revision: int, count: Callable[[], int]) -> int:
        """The count at that revision, which is the present snapshot's; counted only if it is not known."""
        kept = self._kept.get(what)
        if kept and kept[0] == revision:
            return kept[1]
        found = count()
        if len(repr(what)) <= LONGEST:
            self._keep(what, (revision, found))
        return found

    def _keep(self, what: Hashable, kept: tuple[int, int]) -> None:
        with self._lock:
            self._kept[what] = kept
            self._kept.move_to_end(what)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
