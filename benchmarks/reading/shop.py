"""The shop that is read: generated products, what there is to ask of them, and requests that nobody repeats."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode

from webstore_kit import Settings, Store
from webstore_kit.demo import generator
from webstore_kit.demo.services import seed_generated
from webstore_kit.http.pagination import PAGE_SIZE

SEED = 1
ORDERINGS = ("", "price", "-price", "title", "-title")
READ = 10_000
"""Products whose titles are counted for the words; those of a larger shop begin with the same ones."""
SOME = 50
"""How many words a kind of search has."""
MANY_TRIES = 1000
LIST = "/api/product/all/"
BRANDS = "SELECT brand_id, COUNT(*) FROM products WHERE is_active GROUP BY brand_id ORDER BY 2 DESC, 1"
CATEGORIES = """
    SELECT category_id, COUNT(*) FROM product_categories JOIN products ON products.id = product_id
    WHERE is_active GROUP BY category_id ORDER BY 2 DESC, 1
"""


class Address(NamedTuple):
    """What is read, and where it is."""

    name: str
    path: str

    @property
    def route(self) -> str:
        """The path without the query."""
        return self.path.partition("?")[0]


def fill(store: Store, products: int) -> None:
    """Import that many generated products."""
    seed_generated(store, products, SEED)


@dataclass(frozen=True)
class Shop:
    """What a store has."""

    products: int
    brands: Sequence[tuple[int, int]]
    """Each with the number of its products, the largest first."""
    categories: Sequence[tuple[int, int]]
    words: Sequence[str]
    """Those of the titles, the most frequent first."""

    @classmethod
    def of(cls, settings: Settings) -> "Shop":
        """The shop of a store that `fill` has filled."""
        store = Store(settings)
        with store.snapshot():
            brands, categories = (_pairs(store, query) for query in (BRANDS, CATEGORIES))
        store.close()
        products = sum(number for _, number in brands)
        return cls(products, brands, categories, _words(min(products, READ)))

    @property
    def addresses(self) -> list[Address]:
        """What is read again and again. The brand is one of middle size, as it is answered with all its products."""
        largest, middle = self.brands[0][0], self.brands[len(self.brands) // 2][0]
        return [
            Address("list", LIST),
            Address("filtered", f"{LIST}?brand_id={largest}&ordering=-price"),
            Address("product", "/api/product/get/1/"),
            Address("categories", "/api/product/category/list/"),
            Address("brand", f"/api/product/brands/get/{middle}/"),
        ]


class Paths:
    """Requests to a shop, no two of them alike, and the same ones each time that the benchmark is run.

    Where there is little to choose, a parameter that means nothing to the server (`visit`) tells them apart.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._random = Random(SEED)  # noqa: S311 - nothing secret
        self._given: set[str] = set()
        self._numbers = count(1)

    def some(self, number: int, *kinds: Callable[["Paths"], str]) -> list[str]:
        """That many, of these kinds in turn."""
        return [self._new(kinds[place % len(kinds)]) for place in range(number)]

    def page(self) -> str:
        """Any page of the list, in any order."""
        return _path(LIST, page=self._page(self._shop.products), ordering=self._any(ORDERINGS))

    def prices(self) -> str:
        """Products between two prices, in any order."""
        lowest = self._random.randrange(100, 10_000)
        highest = lowest + self._random.randrange(1000, 20_000)
        prices = {"min_price": f"{lowest / 100:.2f}", "max_price": f"{highest / 100:.2f}"}
        return _path(LIST, **prices, ordering=self._any(ORDERINGS))

    def brand(self) -> str:
        """Any page of the products of a brand, in any order."""
        number, products = self._any(self._shop.brands)
        return _path(LIST, brand_id=number, page=self._page(products), ordering=self._any(ORDERINGS))

    def category(self) -> str:
        """Any page of the products of a category, in any order."""
        number, products = self._any(self._shop.categories)
        path = f"/api/product/category/{number}/products/"
        return _path(path, page=self._page(products), ordering=self._any(ORDERINGS))

    def search(self) -> str:
        """A search for two words."""
        return _path(LIST, search=f"{self._any(self._shop.words)} {self._any(self._shop.words)}")

    def title(self) -> str:
        """Products with a part of a word in the title, from a price on."""
        word, price = self._any(self._shop.words), self._random.randrange(100, 10_000)
        return _path(LIST, title=word[: max(len(word) - 1, 2)], min_price=f"{price / 100:.2f}")

    def first_page(self) -> str:
        """The first page."""
        return self._visit(LIST)

    def last_page(self) -> str:
        """One of the last pages."""
        return self._visit(LIST, page=self._deep_page(self._shop.products))

    def last_page_by_price(self) -> str:
        """One of the last pages by price."""
        return self._visit(LIST, page=self._deep_page(self._shop.products), ordering="price")

    def of_brand(self) -> str:
        """The first page of a large brand."""
        return self._visit(LIST, brand_id=self._any(self._shop.brands[:10])[0])

    def of_brand_and_price(self) -> str:
        """The first page of a large brand, from a price on, the dearest first."""
        brand, price = self._any(self._shop.brands[:10])[0], self._random.randrange(100, 10_000)
        return self._visit(LIST, brand_id=brand, min_price=f"{price / 100:.2f}", ordering="-price")

    def of_category(self) -> str:
        """The first page of a large category."""
        number, _ = self._any(self._shop.categories[:5])
        return self._visit(f"/api/product/category/{number}/products/")

    def last_of_category(self) -> str:
        """One of the last pages of a large category, by price."""
        number, products = self._any(self._shop.categories[:5])
        path = f"/api/product/category/{number}/products/"
        return self._visit(path, page=self._deep_page(products), ordering="price")

    def rare_word(self) -> str:
        """A search for a word that few products have."""
        return self._visit(LIST, search=self._any(self._shop.words[-SOME:]))

    def no_word(self) -> str:
        """A search for a word that no product has."""
        return self._visit(LIST, search=f"{self._any(self._shop.words)}q{next(self._numbers)}")

    def frequent_word(self) -> str:
        """A search for a word that many products have."""
        return self._visit(LIST, search=self._any([word for word in self._shop.words if len(word) > 2][: SOME // 2]))

    def two_letters(self) -> str:
        """A search for the two letters that a word begins with."""
        return self._visit(LIST, search=self._any(self._shop.words[:SOME])[:2])

    def _visit(self, path: str, **parameters: object) -> str:
        return _path(path, **parameters, visit=next(self._numbers))

    def _new(self, kind: Callable[["Paths"], str]) -> str:
        for _ in range(MANY_TRIES):
            path = kind(self)
            if path not in self._given:
                self._given.add(path)
                return path
        raise ValueError(f"the shop is too small: there are no more requests of the kind {kind.__name__}")

    def _page(self, products: int) -> int:
        return self._random.randrange(_pages(products)) + 1

    def _deep_page(self, products: int) -> int:
        pages = _pages(products)
        return pages - self._random.randrange(max(pages // 10, 1))

    def _any(self, choice: Sequence[Any]) -> Any:
        return choice[self._random.randrange(len(choice))]


def _path(path: str, **parameters: object) -> str:
    given = {name: value for name, value in parameters.items() if value != "" and (name, value) != ("page", 1)}
    return f"{path}?{urlencode(given)}" if given else path


def _pages(products: int) -> int:
    return -(-products // PAGE_SIZE)


def _pairs(store: Store, query: str) -> list[tuple[int, int]]:
    return [(int(number), int(products)) for number, products in store.database.execute_sql(query).fetchall()]


def _words(products: int) -> list[str]:
    found = Counter(word for entry in generator.products(products, SEED) for word in _in_title(entry.fields["title"]))
    return sorted(found, key=lambda word: (-found[word], word))


def _in_title(title: str) -> Iterator[str]:
    return (word for word in title.replace(",", " ").split() if len(word) > 1)
