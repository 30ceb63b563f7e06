"""What an entry wants of a product, each field checked; or every reason why it cannot be taken."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from webstore_kit.importing import values
from webstore_kit.importing.entries import LIST, Entry, Refusal
from webstore_kit.importing.tables import shown
from webstore_kit.importing.values import DecimalSign, Unreadable

LONGEST_SKU = 100
LONGEST_KEY = 200
LONGEST_TITLE = 200
LONGEST_TEXT = 1_000_000
DEEPEST = 100
"""Shelves in one another at most: each is looked for with all that it stands in, so a cell full of `>` would fill the
memory."""
LONGEST_SOURCE = 2000
"""As long as an address may be that every browser takes."""
REMEMBERED = 4096
"""Paths that are parsed once, as products share them."""
IDENTITY = ("sku", "key")
PATH_SIGN = " > "
r"""Stands between the shelves of a category's path, the widest first; in a title it is `\>`, a backslash is `\\`."""
_SHELF = re.compile(r"(?:\\[\\>]|[^>])+")
_ESCAPED = re.compile(r"\\([\\>])")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product as a file wants it. A field that is not in `fields` stays as it is; None clears it.

    It is known again by its SKU, or by its key where it has none. Categories are paths as `path` writes them, sorted.
    """

    line: int
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sku(self) -> str | None:
        """The SKU, if it has one."""
        return self.fields.get("sku")

    @property
    def key(self) -> str | None:
        """The key, if it has one."""
        return self.fields.get("key")

    @property
    def name(self) -> str:
        """What it is known by, for people."""
        return self.sku or self.key or ""


def wanted(entry: Entry, decimal_sign: DecimalSign = ".", *, clear: bool = False) -> Wanted | list[Refusal]:
    """What the entry wants; all of its refusals where there are any.

    A blank cell leaves a field as it is; with `clear` it empties the field, where it can be empty.
    """
    found: dict[str, Any] = {}
    refusals = []
    for name, said in entry.fields.items():
        try:
            if text := said.strip():
                found[name] = READERS[name](text, decimal_sign)
            elif clear and name in CLEARED:
                found[name] = CLEARED[name]
        except Unreadable as error:
            refusals.append(_refusal(entry, name, error.reason, error.fix))
    if not (found.keys() & set(IDENTITY) or {_field_of(entry, refusal) for refusal in refusals} & set(IDENTITY)):
        refusals.append(_refusal(entry, "sku", "names no product", "give it a SKU, or a key"))
    return refusals or Wanted(entry.line, found)


def path(titles: Iterable[str]) -> str:
    """The path of a category by the titles of its shelves, the widest first."""
    return PATH_SIGN.join(title.replace("\\", r"\\").replace(">", r"\>") for title in titles)


@lru_cache(REMEMBERED)
def shelves(text: str) -> tuple[str, ...]:
    """The titles of the shelves on a path, the widest first."""
    return tuple(title for shelf in _SHELF.findall(text) if (title := _ESCAPED.sub(r"\1", shelf.strip())))


def _field_of(entry: Entry, refusal: Refusal) -> str:
    return next((name for name in entry.fields if entry.columns.get(name, name) == refusal.column), "")


def _refusal(entry: Entry, name: str, reason: str, fix: str) -> Refusal:
    column = entry.columns.get(name, name)
    return Refusal(entry.line, column, shown(entry.fields.get(name, "")), reason, fix, entry.rows)


def _text(text: str, _: DecimalSign, longest: int) -> str:
    return values.short(text, longest)


def _list(text: str, _: DecimalSign) -> tuple[str, ...]:
    items = (values.short(item.strip(), LONGEST_TEXT) for item in text.split(LIST))
    return tuple(dict.fromkeys(item for item in items if item))  # each once, in their order


def _pictures(text: str, decimal_sign: DecimalSign) -> tuple[str, ...]:
    return tuple(values.short(source, LONGEST_SOURCE) for source in _list(text, decimal_sign))


def _categories(text: str, decimal_sign: DecimalSign) -> tuple[str, ...]:
    return tuple(sorted({_path(item) for item in _list(text, decimal_sign)} - {""}))


@lru_cache(REMEMBERED)
def _path(text: str) -> str:
    titles = shelves(text)
    if len(titles) > DEEPEST:
        raise Unreadable(f"has {len(titles)} categories in one another", f"the most is {DEEPEST}")
    return path(values.short(title, LONGEST_TITLE) for title in titles)


READERS: Mapping[str, Callable[[str, DecimalSign], Any]] = {
    "sku": partial(_text, longest=LONGEST_SKU),
    "key": partial(_text, longest=LONGEST_KEY),
    "title": partial(_text, longest=LONGEST_TITLE),
    "price": values.money,
    "old_price": values.money,
    "quantity": lambda text, _: values.whole(text),
    "description": partial(_text, longest=LONGEST_TEXT),
    "brand": partial(_text, longest=LONGEST_TITLE),
    "categories": _categories,
    "pictures": _pictures,
    "group": partial(_text, longest=LONGEST_KEY),
    "is_active": lambda text, _: values.flag(text),
}
"""How the text of each field is read."""
CLEARED: Mapping[str, Any] = {
    "old_price": None,
    "quantity": 0,
    "description": None,
    "brand": None,
    "categories": (),
    "pictures": (),
    "group": None,
}
"""What a blank cell leaves where it clears; title, price and whether a product is sold cannot be empty."""
