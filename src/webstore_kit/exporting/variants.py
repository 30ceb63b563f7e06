"""What the shops that know variants have in common: one title, options and a gallery for several products of ours.

Nothing is written on trust: a product goes out as the reader of its format understands it, and what does not come back
from there is counted as lost.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webstore_kit.importing.entries import FIELDS, Entry, Refusal
from webstore_kit.importing.present import Present
from webstore_kit.importing.wanted import CLEARED, Wanted, wanted

SIGN = ", "
"""Stands between the title of a product and the values of its variant in a title of ours, as the readers join them."""
MOST_OPTIONS = 3
Lost = frozenset[str]
"""The fields of a product that do not come back as they are."""
ALL: Lost = frozenset(FIELDS)


@dataclass(frozen=True, slots=True)
class Variants:
    """How several products are one product with variants: its title, and the values of each."""

    title: str
    values: Sequence[tuple[str, ...]]


def title_of(product: Present) -> str:
    """The title; what the product is called by where it has none, as no other shop takes it without."""
    return str(product.fields["title"] or product.name)


def joined(titles: Sequence[str]) -> Iterator[Variants]:
    """The ways to make variants of products with these titles, the longest common title first.

    There is one option for each part after that where all titles have equally many, and one in all otherwise. Where two
    titles are the same there is no way: nobody could choose between the two.
    """
    if len(set(titles)) < len(titles):
        return
    parts = [title.split(SIGN) for title in titles]
    shortest = min(len(each) for each in parts)
    for length in range(shortest - 1, 0, -1):
        if len({tuple(each[:length]) for each in parts}) == 1:
            yield Variants(SIGN.join(parts[0][:length]), _values([SIGN.join(each[length:]) for each in parts]))


def _values(rests: Sequence[str]) -> Sequence[tuple[str, ...]]:
    values = [tuple(rest.split(SIGN, MOST_OPTIONS - 1)) for rest in rests]
    return values if len({len(each) for each in values}) == 1 else [(rest,) for rest in rests]


def alike(family: Iterable[Present], shared: Callable[[Present], Hashable], most: int) -> list[list[Present]]:
    """The family in parts, in each of which all have the same `shared`, and `most` products at most."""
    parts: dict[Hashable, list[Present]] = {}
    for product in family:
        # Without a group it shares nothing with anybody.
        key = shared(product) if product.fields["group"] else product.id
        parts.setdefault(key, []).append(product)
    return [part[start : start + most] for part in parts.values() for start in range(0, len(part), most)]


Pictures = tuple[str, ...]


def gallery(pictures: Sequence[Pictures]) -> tuple[Pictures, list[Pictures]]:
    """The pictures that products share, and those of each alone, which come before the shared ones.

    A product's own picture may be among the shared ones too: each picture is shown once.
    """
    for shared in _galleries(pictures[0]):
        own = [_own(each, shared) for each in pictures]
        if None not in own:
            return shared, [each for each in own if each is not None]
    shared = _common_end(pictures)
    return shared, [each[: len(each) - len(shared)] for each in pictures]


def _galleries(first: Pictures) -> Iterator[Pictures]:
    """All galleries that the first product may have its pictures from, with one of its own at most."""
    yield first
    if first:
        own, *rest = first
        yield tuple(rest)
        yield from ((*rest[:place], own, *rest[place:]) for place in range(1, len(first)))


def _own(pictures: Pictures, shared: Pictures) -> Pictures | None:
    if pictures == shared:
        return ()
    is_first_own = bool(pictures) and pictures == tuple(dict.fromkeys((pictures[0], *shared)))
    return pictures[:1] if is_first_own else None


def _common_end(pictures: Sequence[Pictures]) -> Pictures:
    length = 0
    while all(len(each) > length for each in pictures) and len({each[-1 - length] for each in pictures}) == 1:
        length += 1
    return pictures[0][len(pictures[0]) - length :]


def lost(products: Sequence[Present], outcomes: Iterable[Entry | Refusal]) -> list[Lost]:
    """What does not come back of each product, where the reader makes these outcomes of them, in the same order."""
    found = list(outcomes)
    if len(found) != len(products):
        return [ALL] * len(products)
    return [_lost(product.fields, outcome) for product, outcome in zip(products, found, strict=True)]


def _lost(fields: Mapping[str, Any], outcome: Entry | Refusal) -> Lost:
    found = wanted(outcome) if isinstance(outcome, Entry) else [outcome]
    if not isinstance(found, Wanted):
        return ALL
    # A field that is not there is one that is empty. `quantity` always is there, so 0 is not taken for it.
    back = {**CLEARED, "quantity": None, **found.fields}
    return frozenset(name for name in FIELDS if back.get(name) != fields[name])


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of a file for some products, and what of each of them does not come back."""

    rows: Sequence[Mapping[str, str]]
    lost: Sequence[Lost]


def best(apart: Written, together: Iterable[Written]) -> Written:
    """The way to write products: as variants of one, unless that loses what stays where they are apart.

    A single product is made a variant only where more comes back so.
    """
    harmless = [each for each in together if not any(map(_more, each.lost, apart.lost))]
    ways = [apart, *harmless] if len(apart.lost) == 1 else [*harmless, apart]
    return min(ways, key=lambda way: sum(map(len, way.lost)))  # of equals the first


def _more(lost: Lost, other: Lost) -> bool:
    return bool(lost - other)
