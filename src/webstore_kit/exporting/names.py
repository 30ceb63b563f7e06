"""Names for what goes to another shop, such that no two things there have the same one.

All of it runs inside `store.snapshot()`.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import tuples

MOST = 500
"""How many names are asked for at once."""


def taken(names: Iterable[str], *columns: Any) -> set[str]:
    """Those of the names that some product has in one of these columns."""
    asked = iter(sorted(set(names)))
    found: set[str] = set()
    while some := list(islice(asked, MOST)):
        for column in columns:
            found.update(name for (name,) in tuples(Product.select(column).where(column.in_(some))))
    return found


def free(wanted: Mapping[int, str], *columns: Any) -> dict[int, str]:
    """A name for each id, such that no product has it in one of these columns: the one that is wanted, or a longer one.

    What is wanted has to end with the id, as a longer one does: so no two of the names are alike.
    """
    names = dict(wanted)
    while held := taken(names.values(), *columns):
        names = {number: f"{name}-{number}" if name in held else name for number, name in names.items()}
    return names
