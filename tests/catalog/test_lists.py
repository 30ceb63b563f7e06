"""The list of products, whichever way it is found, has what the filter says, and no more."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from tests.factories import add_brand, add_category, add_product
from webstore_kit import Store
from webstore_kit.catalog import lists, search
from webstore_kit.catalog.filters import ProductFilter
from webstore_kit.catalog.lists import ProductList
from webstore_kit.core.database import fold
from webstore_kit.core.revision import revision
from webstore_kit.http.query import Query

WORDS = [
    "Kettle",
    "kett",
    "ket",
    "ke",
    "k",
    "STRASSE",
    "ß",
    "Σίσυφος",
    "σίσυφοΣ",
    "İzmir",
    "i",
    "100%",
    "_",
    "a_b",
    "'\"",
    "\\",
    "水",
    "水壶",
    "é",
]
TITLES = [f"{first} {second}" for first, second in zip(WORDS, [*WORDS[7:], *WORDS[:7]], strict=True)] + ["x", "ab", "-"]
BRANDS = ["Kettle & Co", "ke", "Σ", "水", "100%", "Ab"]
ALL = st.sampled_from([*WORDS, "zzz", "x", "b", "ttle", "ab", "a b", "Ä"])


@dataclass(frozen=True)
class Sold:
    """A product that is sold, as the test knows it."""

    id: int
    title: str
    price: Decimal
    brand_id: int | None
    brand: str
    category: int | None


@pytest.fixture(scope="module")
def shelf_numbers() -> Sequence[int]:
    """How many products there are of each title."""
    return [number % 4 + 1 for number, _ in enumerate(TITLES)]


@pytest.fixture
def sold(store: Store, shelf_numbers: Sequence[int]) -> list[Sold]:
    """Products of all titles, on the shelf and off it, some of them not sold."""
    brands = {add_brand(store, title): title for title in BRANDS}
    categories = [add_category(store), add_category(store)]
    ids: list[int | None] = [*brands, None]
    made = []
    for number, (title, count) in enumerate(zip(TITLES, shelf_numbers, strict=True)):
        for copy in range(count):
            brand, price = ids[(number + copy) % len(ids)], Decimal(number * 7 % 5) + Decimal("0.50")
            category = [None, *categories][copy % 3]
            is_active = (number + copy) % 7 != 3
            shelves = [category] if category else []
            number_of = add_product(store, title, str(price), brand=brand, categories=shelves, is_active=is_active)
            if is_active:
                made.append(Sold(number_of, title, price, brand, brands.get(brand or 0, ""), category))
    return made


@pytest.fixture
def is_indexed(request: pytest.FixtureRequest, store: Store, sold: list[Sold]) -> bool:
    """Whether the search index of SQLite is up to date; else it has marks, and is left alone."""
    if request.param:
        with store.transaction():
            assert not search.catch_up()
    return bool(request.param)


@pytest.fixture(params=[(0, 0), (0, math.inf), (10**6, 1)], ids=["gathered", "walked", "few"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that is taken where there is a choice."""
    few, pace = request.param
    monkeypatch.setattr(lists, "FEW", few)
    monkeypatch.setattr(lists, "PACE", pace)


def filters() -> Any:
    """Filters of every kind, as they come in a query string."""
    optional = {
        "search": st.lists(ALL, min_size=1, max_size=3).map(" ".join),
        "title": ALL,
        "brand": ALL,
        "brand_id": st.integers(1, 7).map(str),
        "min_price": st.sampled_from(["0", "1.5", "2", "9"]),
        "max_price": st.sampled_from(["0.50", "3", "4.5"]),
        "ordering": st.sampled_from(["price", "-price", "title", "-title", "price,-title", "-title,price"]),
    }
    return st.fixed_dictionaries({}, optional=optional)


def expected(sold: Sequence[Sold], wanted: ProductFilter, category: int | None) -> list[int]:
    def has(text: str, part: str) -> bool:
        return (fold(part) or "") in (fold(text) or "")

    def is_wanted(one: Sold) -> bool:
        return (
            (category is None or one.category == category)
            and (wanted.min_price is None or one.price >= wanted.min_price)
            and (wanted.max_price is None or one.price <= wanted.max_price)
            and (wanted.brand_id is None or one.brand_id == wanted.brand_id)
            and has(one.title, wanted.title)
            and has(one.brand, wanted.brand)
            and all(has(one.title, word) or has(one.brand, word) for word in wanted.words)
        )

    found = sorted((one for one in sold if is_wanted(one)), key=lambda one: one.id)
    for name in reversed(wanted.ordering):
        found.sort(key=lambda one: getattr(one, name.removeprefix("-")), reverse=name.startswith("-"))
    return [one.id for one in found]


@pytest.mark.parametrize(
    ("settings", "is_indexed"),
    [("sqlite", True), ("sqlite", False), ("postgresql", False)],
    indirect=True,
    ids=["sqlite-index", "sqlite-marks", "postgresql"],
)
@profile(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(query=filters(), on_shelf=st.booleans())
def test_the_pages_have_all_that_is_wanted_in_its_order(
    store: Store, sold: list[Sold], is_indexed: bool, way: None, query: dict[str, str], on_shelf: bool
) -> None:
    wanted = ProductFilter.from_query(Query(urlencode(query).encode()))
    with store.snapshot():
        assert store.postgresql or (search.state() is search.State.CURRENT) == is_indexed
        products = ProductList(store, revision(), wanted, 1 if on_shelf else None)
        found = [row.id for offset in range(0, products.count, 4) for row in products.page(4, offset)]
        assert (found, products.count) == ((right := expected(sold, wanted, 1 if on_shelf else None)), len(right))


def statements(store: Store, wanted: ProductFilter, category: int | None) -> list[tuple[str, Any]]:
    """What the first and the last page of a list take."""
    seen: list[tuple[str, Any]] = []
    store.database.query_hooks.append(lambda event: seen.append((event.sql, event.params)))
    with store.snapshot():
        products = ProductList(store, revision(), wanted, category)
        products.page(9, 0)
        products.page(9, max(products.count - 1, 0))
    store.database.query_hooks.pop()
    return [(sql, values) for sql, values in seen if '"products"' in sql or '"product_search"' in sql]


ORDERINGS = ["", "price", "-price", "title", "-title"]
NARROWED = [{}, {"min_price": "2"}, {"brand_id": "1"}, {"search": "kettle"}, {"search": "ke"}, {"title": "kettle"}]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("narrowed", NARROWED, ids=urlencode)
@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("on_shelf", [False, True], ids=["all", "category"])
def test_no_list_goes_through_the_table_of_products(
    store: Store,
    sold: list[Sold],
    way: None,
    narrowed: dict[str, str],
    ordering: str,
    on_shelf: bool,
) -> None:
    with store.transaction():
        search.catch_up()
    query = urlencode({**narrowed, "ordering": ordering}).encode()
    for statement, values in statements(store, ProductFilter.from_query(Query(query)), 1 if on_shelf else None):
        with store.snapshot():
            plan = [row[3] for row in store.database.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()]
        scanned = [
            line.split()[1] for line in plan if re.match(r"SCAN t\d+$|SCAN .* VIRTUAL TABLE INDEX \d+:(?!M)", line)
        ]
        tables = [table for alias in scanned for table in re.findall(rf'"(\w+)" (?:AS )?"{alias}"', statement)]
        assert not {"products", "product_search"}.intersection(tables), plan
