"""The products of the store in the orders that exports want, so many at a time that memory stays flat.

All of it runs inside one `store.snapshot()`.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, TypeVar

from peewee import fn

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import tuples
from webstore_kit.importing import present
from webstore_kit.importing.present import Present

Item = TypeVar("Item")

PAGE = 500
"""How many products are read at once."""
LONGEST_PAGE = 4_000_000
"""Characters of descriptions, beyond which no further product is read with them."""
_LENGTH = fn.COALESCE(fn.LENGTH(Product.description), 0)


class _Place(NamedTuple):
    """Where a product stands: `first` is the lowest id among those it stands together with."""

    first: int
    id: int
    length: int
    """Characters of its description."""


def products() -> Iterator[Present]:
    """All products, by id."""
    places = (_Place(number, number, length) for page in _pages() for number, _, length in page)
    return (product for _, product in _loaded(places))


def families() -> Iterator[list[Present]]:
    """All products, the members of each group together, where the first of them would stand by id.

    A product without a group is a family of its own. The members of one group are in memory at the same time.
    """
    places = (place for page in _pages() for place in _with_groups(page))
    return ([product for _, product in family] for _, family in groupby(_loaded(places), lambda found: found[0]))


def _pages() -> Iterator[list[tuple[int, str | None, int]]]:
    """Id, group and length of all products, by id."""
    query = Product.select(Product.id, Product.variant_group, _LENGTH).order_by(Product.id).limit(PAGE)
    page = tuples(query)
    while page:
        yield page
        page = tuples(query.where(Product.id > page[-1][0]))


def _with_groups(page: Iterable[tuple[int, str | None, int]]) -> Iterator[_Place]:
    """The places of the products that stand alone and, in the place of each first one of a group, of its members."""
    members = _members_by_first([(number, group) for number, group, _ in page if group is not None])
    for number, group, length in page:
        yield from [_Place(number, number, length)] if group is None else members.get(number, ())


def _members_by_first(grouped: list[tuple[int, str]]) -> dict[int, list[_Place]]:
    """The members of those groups whose first member is among these products, by the id of that one."""
    firsts = _first_members({group for _, group in grouped})
    here = {group: number for number, group in grouped if firsts[group] == number}
    columns = Product.variant_group, Product.id, _LENGTH
    query = Product.select(*columns).where(Product.variant_group.in_(list(here))).order_by(Product.id)
    members: dict[int, list[_Place]] = {number: [] for number in here.values()}
    for group, number, length in tuples(query) if here else ():
        members[here[group]].append(_Place(here[group], number, length))
    return members


def _first_members(groups: Iterable[str]) -> dict[str, int]:
    query = Product.select(Product.variant_group, fn.MIN(Product.id)).group_by(Product.variant_group)
    return dict(tuples(query.where(Product.variant_group.in_(list(groups)))) if groups else ())


def _loaded(places: Iterable[_Place]) -> Iterator[tuple[int, Present]]:
    """The products at these places, each with `first`."""
    for batch in batches(places, PAGE, lambda place: place.length):
        found = {product.id: product for product in present.products([place.id for place in batch])}
        yield from ((place.first, found[place.id]) for place in batch)


def batches(items: Iterable[Item], most: int, length: Callable[[Item], int]) -> Iterator[list[Item]]:
    """The items in batches of `most`, or of fewer where their descriptions would be longer than LONGEST_PAGE."""
    batch: list[Item] = []
    whole = 0
    for item in items:
        if len(batch) == most or (batch and whole + length(item) > LONGEST_PAGE):
            yield batch
            batch, whole = [], 0
        batch.append(item)
        whole += length(item)
    if batch:
        yield batch
