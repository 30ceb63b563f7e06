"""What of an export has gone out, and what of it does not come back as it is."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

Item = TypeVar("Item")

NO_ADDRESS = "no address"
"""Counts products with pictures that are files: the importers of other shops fetch addresses alone."""


@dataclass(slots=True)
class Tally:
    """How many products, or orders, have gone out, and how many products come back with another value of which field.

    `say` is told how many there are so far, with each one.
    """

    say: Callable[[int], None] = lambda _: None
    count: int = 0
    lost: Counter[str] = field(default_factory=Counter)

    def counted(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, each counted as it goes by."""
        for item in items:
            self.count += 1
            self.say(self.count)
            yield item
