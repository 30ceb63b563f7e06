"""Catalogues with whatever texts people have, put into a store and read back from an export."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, ProductPicture, Stock
from webstore_kit.core.money import LARGEST
from webstore_kit.exporting import catalogue
from webstore_kit.exporting.formats import FORMATS
from webstore_kit.exporting.tally import Tally
from webstore_kit.importing.entries import LIST, Entry
from webstore_kit.importing.formats import entries
from webstore_kit.importing.present import Present
from webstore_kit.importing.wanted import Wanted, shelves, wanted

Fields = Mapping[str, Any]
"""A product's fields as `Present` and `Wanted` have them."""

NASTY = (
    '"', "'=1+1", "''=1", "=SUM(A1)", "@me", "+49", "-5", r"\|", "|", "a|b", "\\", "a\\", r"\,", "a, b", ",", "> x",
    r"a \> b", r"a\n", "a\nb", "a\r\nb", "a\rb", "\tx", "_x0041_", "_x005F_x0041_", "_x0041", "\x01", "\x85", "\ufffe",
    "🫖", "קומקום", "\u202eabc", "\ufeff", "#N/A", "null", "true", "1,234.50", "0012", " a ", "é", "e\u0301", "id:7",
    "product:0", "<b>", "'", "''", "&gt;", "sep=;", '{"sku": 1}', "[", "ß",
)  # fmt: skip
"""What files, spreadsheets or readers may take for something else."""
_SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters=f"\0{LIST}")


def texts(longest: int) -> st.SearchStrategy[str]:
    """Any text that a database takes, with blanks around it or not."""
    part = st.sampled_from(NASTY) | st.text(_SIGNS, max_size=8)
    return st.lists(part, min_size=1, max_size=3).map(lambda parts: "".join(parts)[:longest]).filter(str.strip)


def _stripped(longest: int) -> st.SearchStrategy[str]:
    return texts(longest).map(str.strip)


PRICES = st.integers(0, 10**6).map(lambda cents: Decimal(cents).scaleb(-2)) | st.just(LARGEST)
NAMES = st.fixed_dictionaries({"sku": st.none() | _stripped(100), "key": st.none() | _stripped(200)})
PATHS = st.lists(st.lists(texts(40), min_size=1, max_size=3).map(tuple), max_size=3)
DETAILS = st.fixed_dictionaries(
    {
        "title": texts(200),
        "price": PRICES,
        "old_price": st.none() | PRICES,
        "quantity": st.sampled_from([0, 1, 7, 2**31 - 1]),
        "description": st.none() | texts(5000),
        "brand": st.none() | texts(40),
        "paths": PATHS,
        "pictures": st.lists(_stripped(60), unique=True, max_size=3).map(tuple),
        "group": st.none() | st.sampled_from(["mug", "Mug set", "=g", "id:12"]),
        "is_active": st.booleans(),
    }
)


def _name(field: str) -> Callable[[Fields], object]:
    # What has no such name is unlike all others.
    return lambda product: product[field] or object()


CATALOGUES = st.lists(
    st.tuples(NAMES, DETAILS).map(lambda parts: {**parts[0], **parts[1]}),
    min_size=1,
    max_size=5,
    unique_by=(_name("sku"), _name("key")),
)
"""Some products; `paths` has the titles of the shelves of their categories, or `categories` has them as text."""


TITLES = ("Mug, red", "Mug, blue", "Mug, red, L", "Mug, blue, M", "Mug", "Mug, fine, red", "Mug, , red", "Mug , x")
FAMILIES = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.none() | st.sampled_from(["A", "B", "C", "mug", "id:7", "mug-1", "=A"]),
            "key": st.none()
            | st.sampled_from(["mug", "mug/red", "mug/blue", "mug/red/L", "mug-2", "A", "id:7", "id:8"]),
            "title": st.sampled_from(TITLES) | texts(20),
            "price": st.sampled_from([Decimal("5.00"), Decimal("7.50")]),
            "old_price": st.none() | st.sampled_from([Decimal("5.00"), Decimal("7.50")]),
            "description": st.none() | st.sampled_from(["Fine.", "Finer."]) | texts(20),
            "brand": st.sampled_from([None, "Acme"]),
            "paths": st.sampled_from([[], [("Tea",)], [("Tea", "Mugs"), ("Sale, new",)], [("a > b",)]]),
            "pictures": st.sampled_from([(), ("a",), ("b", "a"), ("a", "b"), ("c", "d", "a"), ("a,b\\", "c")]),
            "group": st.sampled_from([None, "mug", "Mug set", "id:7", "A"]),
            "is_active": st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=(_name("sku"), _name("key")),
).map(lambda products: [{**product, "quantity": place} for place, product in enumerate(products)])
"""Products that may be variants of one another, or nearly; each is told from the others by its quantity."""


def empty(store: Store) -> None:
    """Leave no catalogue in the store."""
    with store.transaction():
        for model in (ProductPicture, ProductCategory, Stock, Product, Category, Brand):
            model.delete().execute()


def fill(store: Store, products: Sequence[Fields]) -> list[int]:
    """Put the products into the store, as an import makes them; answers their ids."""
    with store.transaction():
        return [_add(product) for product in products]


def _add(product: Fields) -> int:
    brand = product.get("brand")
    names = ("sku", "key", "title", "price", "old_price", "description", "is_active")
    number = int(
        Product.insert(
            brand=None if brand is None else Brand.insert(title=brand).execute(),
            variant_group=product.get("group"),
            **{name: product[name] for name in names if name in product},
        ).execute()
    )
    Stock.insert(product=number, quantity=product.get("quantity", 0)).execute()
    paths = product["paths"] if "paths" in product else [shelves(path) for path in product.get("categories", ())]
    for category in {_category(path) for path in paths}:
        ProductCategory.insert(product=number, category=category).execute()
    for position, source in enumerate(product.get("pictures", ()), 1):
        ProductPicture.insert(product=number, position=position, source=source).execute()
    return number


def _category(path: Sequence[str]) -> int:
    parent = None
    for title in path:
        under = Category.parent_id.is_null() if parent is None else Category.parent_id == parent
        found = Category.select(Category.id).where(Category.title == title, under).scalar()
        parent = found or int(Category.insert(title=title, parent_id=parent).execute())
    assert parent is not None
    return int(parent)


def presents(store: Store) -> list[Present]:
    """All products as they are."""
    with store.snapshot():
        return list(catalogue.products())


def exported(store: Store, name: str, tally: Tally | None = None) -> bytes:
    """The catalogue in that format."""
    binary = io.BytesIO()
    with store.snapshot():
        FORMATS[name].write(binary, tally or Tally())
    return binary.getvalue()


def read_entries(content: bytes, name: str | None = None) -> list[Entry]:
    """The entries of a file, in which nothing may be refused, in the format by which it has to be known."""
    with entries("-", stdin=io.BytesIO(content)) as reading:
        found = list(reading.entries)
        assert name is None or reading.format == name
    assert all(isinstance(entry, Entry) for entry in found), found
    return [entry for entry in found if isinstance(entry, Entry)]


def read_back(content: bytes, name: str | None = None) -> list[Fields]:
    """What a file wants of each product."""
    found = [wanted(entry) for entry in read_entries(content, name)]
    assert all(isinstance(each, Wanted) for each in found), found
    return [each.fields for each in found if isinstance(each, Wanted)]


def kettle(**fields: Any) -> Fields:
    """A product that has all it needs."""
    return {
        "sku": "K-1", "title": "Kettle", "price": Decimal("12.10"), "quantity": 5, "is_active": True, **fields
    }  # fmt: skip


def mug(sku: str | None, title: str, /, **fields: Any) -> Fields:
    """A product of the group `mug`."""
    return kettle(
        **{"group": "mug", "brand": "Potter", "paths": [("Kitchen", "Mugs")], **fields, "sku": sku, "title": title}
    )


def rows_of(store: Store, name: str, tally: Tally | None = None) -> list[dict[str, str]]:
    """The rows of the file in that format, each without its blank cells."""
    text = io.StringIO(exported(store, name, tally).decode(), newline="")
    return [{column: cell for column, cell in row.items() if cell} for row in csv.DictReader(text)]


def held(product: Present) -> Fields:
    """The fields of the product that are not blank."""
    return {name: value for name, value in product.fields.items() if value not in (None, ())}
