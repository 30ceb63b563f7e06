"""A catalogue of any size, made up: the same for the same number and seed, on every machine and with every Python.

    for entry in products(1_000_000, seed=7):
        ...

A smaller one is the beginning of a larger one with the same seed. It is made one product after the other, so it takes
no memory whatever its size. Products have no pictures.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from random import Random
from typing import TypeVar

from webstore_kit.demo import words
from webstore_kit.demo.words import Shelf
from webstore_kit.importing.entries import LIST, Entry
from webstore_kit.importing.wanted import path

EDITION = 1
"""Goes up whenever the same number and seed come to make something else."""
FIELDS = ("sku", "title", "price", "old_price", "quantity", "description", "brand", "categories", "group")
"""The fields that every entry has; `old_price` and `group` are blank on many."""
PLACES = 1000
"""How finely the shares of the brands are cut."""

WITH_VARIANTS, REDUCED, SOLD_OUT = 0.2, 0.2, 0.08
"""The shares of products that come in variants, that cost more before, and of which there are none."""
MOST_IN_STOCK = 250

Draw = Callable[[], float]
"""A number from 0 up to 1. Nothing else is drawn: what Random makes of them has changed between versions of Python."""
Item = TypeVar("Item")


def products(count: int, seed: int) -> Iterator[Entry]:
    """That many products, as the reader of a file would give them; each has all of FIELDS, and an SKU of its own.

    Seeds are whole numbers from 0. No two seeds share an SKU.
    """
    return islice(_endless(Random(seed).random, seed), count)  # noqa: S311 - nothing secret


def digest(count: int, seed: int) -> str:
    """What an import of them is known again by."""
    return hashlib.sha256(f"generated {EDITION} {count} {seed}".encode()).hexdigest()


def _endless(draw: Draw, seed: int) -> Iterator[Entry]:
    number = 0
    while True:
        shelf = _one(draw, words.SHELVES)
        code = f"{shelf.code}-{seed}-"
        common = _common(draw, shelf)
        title = common["title"]
        variants = _variants(draw)
        group = f"{code}{number + 1:07}" if len(variants) > 1 else ""
        for variant in variants:
            number += 1
            own = {"sku": f"{code}{number:07}", "title": title + variant, "quantity": _quantity(draw), "group": group}
            yield Entry(number, {**common, **own})


def _common(draw: Draw, shelf: Shelf) -> Mapping[str, str]:
    """What all variants of a product share."""
    thing = _one(draw, shelf.things)
    price, old_price = _prices(draw, shelf)
    name = _one(draw, words.NAME_BEGINNINGS) + _one(draw, words.NAME_ENDS)
    beginning, material = _one(draw, words.TITLE_BEGINNINGS), _one(draw, shelf.materials)
    return {
        "title": f"{beginning} {material} {thing} {name} {100 + int(draw() * 900)}",
        "price": price,
        "old_price": old_price,
        "description": _description(draw, thing),
        "brand": _one(draw, BRANDS),
        "categories": CATEGORIES[shelf.code],
    }


def _prices(draw: Draw, shelf: Shelf) -> tuple[str, str]:
    """The price, more often a low one, and what it was before, if it was more."""
    share = draw()
    whole = shelf.cheapest + int((shelf.dearest - shelf.cheapest) * share * share)
    ending = _one(draw, words.ENDINGS)
    if draw() >= REDUCED:
        return f"{whole}.{ending}", ""
    return f"{whole}.{ending}", f"{whole + 1 + int(whole * draw() * 0.4)}.{ending}"


def _description(draw: Draw, thing: str) -> str:
    opening, detail = _one(draw, words.OPENINGS), _one(draw, words.DETAILS)
    care, delivery = _one(draw, words.CARES), _one(draw, words.DELIVERIES)
    return f"This {thing.lower()} {opening} {detail} {care} {delivery}".rstrip()


def _variants(draw: Draw) -> Sequence[str]:
    """What is added to the title of each variant; where there is one product, nothing."""
    if draw() >= WITH_VARIANTS:
        return ("",)
    choice = _one(draw, VARIANTS)
    return choice[: 2 + int(draw() * (len(choice) - 1))]


def _quantity(draw: Draw) -> str:
    if draw() < SOLD_OUT:
        return "0"
    share = draw()
    return str(1 + int(MOST_IN_STOCK * share * share))


def _one(draw: Draw, choice: Sequence[Item]) -> Item:
    return choice[int(draw() * len(choice))]


def _by_popularity(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each as often as it is known: the second half as often as the first, the third a third (Zipf)."""
    whole = sum(1 / place for place in range(1, len(names) + 1))
    often = [max(1, round(PLACES / place / whole)) for place in range(1, len(names) + 1)]
    return tuple(name for name, times in zip(names, often, strict=True) for _ in range(times))


BRANDS = _by_popularity(words.BRANDS)
VARIANTS = tuple(tuple(f", {name}" for name in choice) for choice in words.VARIANTS)
CATEGORIES: Mapping[str, str] = {
    shelf.code: LIST.join(path(shelf.titles[:depth]) for depth in (1, 2, 3)) for shelf in words.SHELVES
}
"""By the code of a shelf: it and the two that it stands in, as the field `categories` has them."""
