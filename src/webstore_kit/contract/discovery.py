"""The discovery: reads the catalogue of a store, and finds in it what the exchanges need."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from webstore_kit.contract.catalogue import PAGE_SIZE, Preview, folded, price_of, title_of_brand
from webstore_kit.contract.client import Answer
from webstore_kit.contract.judging import parsed, text_of

ALL = "/api/product/all/"
CATEGORIES = "/api/product/category/list/"
MOST_LOOKS = 60
"""How many products, or categories, are looked at for one that fits."""
WANTED_STOCK = 3
WORD = re.compile(r"[A-Za-z]{3,}")
Get = Callable[[str], Answer]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Failure:
    """An answer that could not be used, though the contract says what it has to be."""

    target: str
    expected: str
    found: str


class Unusable(Exception):
    """An answer that could not be used."""

    def __init__(self, target: str, expected: str, found: str) -> None:
        super().__init__(f"The answer to GET {target} could not be used.")
        self.failure = Failure(target, expected, found)


class Absent(Exception):
    """The store has not what is looked for; the text says what."""


@dataclass
class Findings:
    """What was found: values by name, lists by path, why something is not there, and what was answered wrongly."""

    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Preview]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def discover(get: Get, most_products: int) -> Findings:
    """Read the store. A list of more products than that is not read. Raises NoAnswer."""
    discovery = _Discovery(get, most_products)
    for names, find in {
        ("everything",): discovery.find_all,
        ("category",): discovery.find_category,
        ("list", "first", "pages"): discovery.find_list,
        ("word",): discovery.find_word,
        ("brand_word",): discovery.find_words_of_brand,
        ("price",): discovery.find_prices,
        ("brand",): discovery.find_brand,
        ("hidden",): discovery.find_inactive_category,
        ("product", "other"): discovery.find_stock,
    }.items():
        discovery.take(find, names)
    return discovery.findings


class _Discovery:
    def __init__(self, get: Get, most_products: int) -> None:
        self.findings = Findings()
        self._get = get
        self._most_products = most_products

    def take(self, find: Callable[[], None], names: tuple[str, ...]) -> None:
        """Take a step; where it finds nothing, that is why there are no values of these names."""
        try:
            find()
        except Absent as error:
            why = str(error)
        except Unusable as error:
            why = str(error)
            self.findings.failures.append(error.failure)
        else:
            return
        for name in names:
            self.findings.reasons.setdefault(name, why)

    def find_all(self) -> None:
        """The list of all products."""
        count = self._count(ALL)
        if count > self._most_products:
            raise Absent(f"It has {count} products, and no more than {self._most_products} are read.")
        self.findings.lists[ALL] = self._products(ALL, count)
        self.findings.values["everything"] = ALL

    def find_category(self) -> None:
        """The active category with most products, of those that may be read."""
        lists = {f"/api/product/category/{one['id']}/products/": one for one in self._categories()[:MOST_LOOKS]}
        counts = {path: self._count(path) for path in lists}
        fitting = [path for path, count in counts.items() if 0 < count <= self._most_products]
        if not fitting:
            raise Absent("There is no active category with products in it, and few enough of them.")
        path = max(fitting, key=lambda one: counts[one])
        self.findings.lists[path] = self._products(path, counts[path])
        self.findings.values["category"] = {**lists[path], "list": path}

    def find_list(self) -> None:
        """The list that is checked: of all products, or of the category where these are too many."""
        path, products = next(((path, found) for path, found in self.findings.lists.items() if found), ("", []))
        if not products:
            raise Absent("The store has no list of products that can be read.")
        last = -(-len(products) // PAGE_SIZE)
        pages = {"last": last, "beyond": last + 1} | ({"two": 2} if last > 1 else {})
        self.findings.values |= {"list": path, "first": products[0], "pages": pages}
        self.findings.reasons["pages"] = f"A second page takes more than {PAGE_SIZE} products."

    def find_word(self) -> None:
        """A word of titles, if possible not of all."""
        products = self._listed()
        words = Counter(word for one in products for word in set(WORD.findall(folded(one["title"]))))
        if not words:
            raise Absent("No product has a title with a word of three ASCII letters.")
        telling = [word for word in words if words[word] < len(products)] or list(words)
        word = max(telling, key=lambda one: (words[one], one))
        self.findings.values["word"] = {"lower": word, "upper": word.upper(), "part": word[1:]}

    def find_words_of_brand(self) -> None:
        """A word of a title and one of its brand's."""
        for one in self._listed():
            of_title, of_brand = WORD.findall(one["title"]), WORD.findall(title_of_brand(one))
            if of_title and of_brand:
                words = {"title": of_title[0].lower(), "brand": of_brand[0].upper(), "part": of_brand[0][1:].lower()}
                self.findings.values["brand_word"] = words
                return
        raise Absent("No product has a title and a brand with words of three ASCII letters.")

    def find_prices(self) -> None:
        """Prices that leave some products and not others."""
        prices = sorted(map(price_of, self._listed()))
        low, high = prices[len(prices) // 3], prices[len(prices) * 2 // 3]
        self.findings.values["price"] = {"low": str(low), "high": str(high)}

    def find_brand(self) -> None:
        """The brand with most products."""
        brands = [one["brand"] for one in self._listed() if one["brand"]]
        if not brands:
            raise Absent("No product has a brand.")
        [(number, _)] = Counter(brand["id"] for brand in brands).most_common(1)
        self.findings.values["brand"] = dict(next(brand for brand in brands if brand["id"] == number))
        if ALL in self.findings.lists:
            products = [one for one in self.findings.lists[ALL] if (one["brand"] or {}).get("id") == number]
            self.findings.values["brand"]["products"] = products
        else:
            self.findings.reasons["brand.products"] = self.findings.reasons["everything"]

    def find_inactive_category(self) -> None:
        """A category that is not in the list of the active ones."""
        active = {one["id"] for one in self._categories()}
        for number in [one for one in range(1, max(active, default=0) + PAGE_SIZE) if one not in active][:MOST_LOOKS]:
            with suppress(Unusable):
                path = f"/api/product/category/get/{number}/"
                title = self._made(path, lambda category: str(category["title"]))
                self.findings.values["hidden"] = {"id": number, "title": title}
                return
        raise Absent("No inactive category was found.")

    def find_stock(self) -> None:
        """A product of which there are some, and another of which there is one."""
        products, values, reasons = self._listed(), self.findings.values, self.findings.reasons
        reasons["product"] = f"No product was found of which {WANTED_STOCK} are in stock."
        reasons["other"] = "No second product was found that is in stock."
        for one in products[:MOST_LOOKS]:
            stock = self._stock(one["id"])
            if "product" not in values and stock >= WANTED_STOCK:
                values["product"] = {**one, "quantity": stock, "over": stock + 1, "left": stock - WANTED_STOCK + 1}
            elif "other" not in values and stock >= 1:
                values["other"] = one
            if {"product", "other"} <= values.keys():
                return

    def _listed(self) -> list[Preview]:
        if "list" not in self.findings.values:
            raise Absent(self.findings.reasons["list"])
        return self.findings.lists[self.findings.values["list"]]

    def _categories(self) -> list[dict[str, Any]]:
        return self._made(
            CATEGORIES, lambda found: [{"id": int(one["id"]), "title": str(one["title"])} for one in found]
        )

    def _count(self, path: str) -> int:
        return self._made(path, lambda page: int(page["count"]))

    def _stock(self, number: int) -> int:
        return self._made(f"/api/product/get/{number}/", lambda product: int(product["quantity"]))

    def _products(self, path: str, count: int) -> list[Preview]:
        """All products of a list, in the order of their ids."""
        targets = [f"{path}?page={page}" for page in range(1, -(-count // PAGE_SIZE) + 1)]
        found = {int(one["id"]): one for target in targets for one in self._made(target, _usable)}
        if len(found) != count:
            told = f"{len(found)} products in {len(targets)} pages"
            raise Unusable(path, f"{count} products, as it counts, {PAGE_SIZE} a page", told)
        return [found[number] for number in sorted(found)]

    def _made(self, target: str, make: Callable[[Any], Made]) -> Made:
        value = self._value(target)
        try:
            return make(value)
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
            raise Unusable(target, "the shape that the contract gives it", str(value)[:MOST_LOOKS]) from None

    def _value(self, target: str) -> Any:
        answer = self._get(target)
        if answer.status != 200:
            raise Unusable(target, "200", f"{answer.status} {text_of(answer)}")
        try:
            return parsed(answer)
        except ValueError:
            raise Unusable(target, "JSON", text_of(answer)) from None


def _usable(page: Any) -> list[Preview]:
    """The products of a page; raises an error where one has not what is used of it."""
    for preview in page["result"]:
        int(preview["id"])
        int((preview["brand"] or {"id": 0})["id"])
        price_of(preview)
        folded(preview["title"])
        title_of_brand(preview)
    return list(page["result"])
