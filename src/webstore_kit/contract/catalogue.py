"""The catalogue as the contract describes it: which page a list has to answer, of all products that are in it."""

import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, quote_plus

PAGE_SIZE = 9
Preview = dict[str, Any]
Pairs = list[tuple[str, str]]
# The contract says only that the case of ASCII letters makes no difference.
FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# It does not say how titles are sorted whose letters differ in case.
COLLATIONS: tuple[Callable[[str], str], ...] = (str, str.lower)


@dataclass(frozen=True)
class Catalogue:
    """The products of lists, by the path of the list. `base` is the address that links begin with."""

    base: str
    lists: Mapping[str, Sequence[Preview]]

    def knows(self, target: str) -> bool:
        """Whether the list there is one whose products are known."""
        return target.partition("?")[0] in self.lists

    def pages(self, target: str) -> list[Any]:
        """The answers that are right for a list; several, where the contract leaves it open."""
        path, _, query = target.partition("?")
        pairs = decoded(query)
        asked = {name: value.strip() for name, value in pairs}
        matching = [preview for preview in self.lists[path] if _matches(preview, asked)]
        pages = [
            self._page(path, asked, _sorted(matching, asked.get("ordering", ""), collation), written)
            for collation, written in product(COLLATIONS, _ways_to_write(pairs))
        ]
        return [page for number, page in enumerate(pages) if page not in pages[:number]]

    def _page(self, path: str, asked: Mapping[str, str], previews: Sequence[Preview], kept: Pairs) -> Any:
        pages = -(-len(previews) // PAGE_SIZE)
        page = max(pages, 1) if asked.get("page") == "last" else int(asked.get("page", "1"))
        following, preceding = (page + 1 if page < pages else None), (page - 1 if page > 1 else None)
        return {
            "links": {
                "next": self._link(path, kept, following),
                "previous": self._link(path, kept, preceding),
                "next_num_page": following,
                "previous_num_page": preceding,
            },
            "page": page,
            "pages": pages,
            "count": len(previews),
            "result": list(previews[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        }

    def _link(self, path: str, kept: Pairs, page: int | None) -> str | None:
        if page is None:
            return None
        pairs = [*kept, *([("page", str(page))] if page > 1 else [])]
        query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(pairs, key=_name))
        return f"{self.base}{path}" + (f"?{query}" if query else "")


def decoded(query: str) -> Pairs:
    """The parameters of a query string, decoded as leniently as the contract asks."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return [(name.replace("\0", ""), value.replace("\0", "")) for name, value in pairs]


def folded(text: str) -> str:
    """The text without the case of its ASCII letters."""
    return text.translate(FOLDED)


def title_of_brand(preview: Preview) -> str:
    """The title of the product's brand; empty where it has none."""
    return str((preview["brand"] or {}).get("title", ""))


def price_of(preview: Preview) -> Decimal:
    """The product's price; raises ValueError or ArithmeticError where it has none."""
    price = Decimal(str(preview["price"]))
    if not price.is_finite():
        raise ValueError(preview["price"])
    return price


def _ways_to_write(pairs: Pairs) -> Iterator[Pairs]:
    # Links keep every other parameter: whether white space around a value and repeated ones count is left open.
    kept = [(name, value) for name, value in pairs if name != "page"]
    trimmed = [(name, value.strip()) for name, value in kept]
    return iter((kept, trimmed, list(dict(kept).items()), list(dict(trimmed).items())))


def _matches(preview: Preview, asked: Mapping[str, str]) -> bool:
    return all(holds(preview, asked[name]) for name, holds in FILTERS.items() if asked.get(name))


def _has_each_word(preview: Preview, text: str) -> bool:
    texts = folded(preview["title"]), folded(title_of_brand(preview))
    return all(any(word in text for text in texts) for word in folded(text).replace(",", " ").split())


FILTERS: dict[str, Callable[[Preview, str], bool]] = {
    "min_price": lambda preview, value: price_of(preview) >= Decimal(value),
    "max_price": lambda preview, value: price_of(preview) <= Decimal(value),
    "brand_id": lambda preview, value: bool(preview["brand"]) and preview["brand"]["id"] == int(value),
    "brand": lambda preview, value: folded(value) in folded(title_of_brand(preview)),
    "title": lambda preview, value: folded(value) in folded(preview["title"]),
    "search": _has_each_word,
}


def _sorted(previews: Sequence[Preview], ordering: str, collation: Callable[[str], str]) -> list[Preview]:
    found = sorted(previews, key=lambda preview: int(preview["id"]))
    keys: dict[str, Callable[[Preview], Any]] = {
        "title": lambda preview: collation(preview["title"]),
        "price": price_of,
    }
    for field in reversed([part.strip() for part in ordering.split(",")]):
        if key := keys.get(field.removeprefix("-")):
            found.sort(key=key, reverse=field.startswith("-"))  # stable, so that ties stay in the order of ids
    return found


def _name(pair: tuple[str, str]) -> str:
    return pair[0]
