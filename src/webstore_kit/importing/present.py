"""The products that are there, with every field that a file may speak of, as a file would say it.

All of it runs inside `store.snapshot()` or `.transaction()`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from peewee import JOIN, fn

from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, ProductPicture, Stock
from webstore_kit.core.database import among, locking, tuples
from webstore_kit.importing.entries import LIST
from webstore_kit.importing.wanted import path

OWN_KEY = "product:"
"""With its id behind it, what a product is called that has neither SKU nor key."""
_UNSPEAKABLE = str.maketrans("", "", f"\0{LIST}")


@dataclass(frozen=True, slots=True)
class Present:
    """A product as it is in the store.

    `fields` has every one of `entries.FIELDS`: texts without blanks around them and None where there is nothing,
    prices as `Decimal`, categories as sorted paths, pictures as they are named in files. `paths` has, of the pictures
    that were had, the path in the media folder; `photo` is the one that is shown.
    """

    id: int
    fields: Mapping[str, Any]
    paths: Mapping[str, str] = field(default_factory=dict)
    photo: str | None = None

    @property
    def name(self) -> str:
        """What a file calls it: its SKU or its key."""
        return str(self.fields["sku"] or self.fields["key"])

    def differs(self, name: str, value: Any) -> bool:
        """Whether the field is to be changed to have that value. What it is called by its id is no key to be kept."""
        return bool(value != self.fields[name]) and (name, value) != ("key", f"{OWN_KEY}{self.id}")

    @property
    def lacks_pictures(self) -> bool:
        """Whether some of its pictures were not had yet."""
        return len(self.paths) < len(self.fields["pictures"])


def ids_of(skus: Collection[str], keys: Collection[str]) -> list[int]:
    """The ids of the products that are called so, in their order."""
    ids: set[int] = set()
    for condition in _called(skus, keys):
        ids.update(product_id for (product_id,) in tuples(Product.select(Product.id).where(condition)))
    return sorted(ids)


def _called(skus: Collection[str], keys: Collection[str]) -> Iterable[Any]:
    if skus:
        yield among(Product.sku, skus)
    if keys:
        yield among(Product.key, keys)
    numbers = [int(digits) for key in keys if (digits := _own_number(key))]
    if numbers:
        yield among(Product.id, numbers) & Product.sku.is_null() & Product.key.is_null()


def _own_number(key: str) -> str:
    digits = key.removeprefix(OWN_KEY)
    return digits if digits != key and digits.isascii() and digits.isdigit() and len(digits) <= 18 else ""


def lock(ids: Collection[int]) -> None:
    """Keep the products and their stock as they are until the transaction ends, for all others than the caller.

    In the order of the ids, and products before stock, as a checkout does it.
    """
    for model, number in ((Product, Product.id), (Stock, Stock.product)):
        locking(model.select(number).where(among(number, ids)).order_by(number)).execute()


def products(ids: Collection[int]) -> list[Present]:
    """The products with these ids, by id."""
    if not ids:
        return []
    shelves, pictures = _paths_of(ids), _pictures_of(ids)
    return [_present(row, shelves.get(row[0], ()), pictures.get(row[0])) for row in _rows(ids)]


def _rows(ids: Collection[int]) -> Iterable[tuple[Any, ...]]:
    columns = (
        Product.id,
        Product.sku,
        Product.key,
        Product.title,
        Product.price,
        Product.old_price,
        fn.COALESCE(Stock.quantity, 0),
        Product.description,
        Brand.title,
        Product.variant_group,
        Product.is_active,
        Product.photo,
    )
    query = Product.select(*columns).join(Brand, JOIN.LEFT_OUTER).switch(Product).join(Stock, JOIN.LEFT_OUTER)
    return tuples(query.where(among(Product.id, ids)).order_by(Product.id))


def _present(row: tuple[Any, ...], paths: Iterable[str], pictures: Mapping[str, str | None] | None) -> Present:
    number, sku, key, title, price, old_price, quantity, description, brand, group, is_active, photo = row
    if pictures is None:
        # Its picture came from elsewhere, so it is called as it lies in the media folder.
        pictures = {photo: photo} if photo else {}
    sku, key = _text(sku), _text(key)
    fields = {
        "sku": sku,
        "key": key if sku or key else f"{OWN_KEY}{number}",
        "title": _text(title),
        "price": price,
        "old_price": old_price,
        "quantity": quantity,
        "description": _text(description),
        "brand": _text(brand),
        "categories": tuple(sorted(paths)),
        "pictures": tuple(pictures),
        "group": _text(group),
        "is_active": bool(is_active),
    }
    return Present(number, fields, {source: path for source, path in pictures.items() if path is not None}, photo)


def _text(value: str | None) -> str | None:
    """The text as a file can hold it: a cell that is blank says nothing, and blanks around a text are no part of it."""
    return (value.translate(_UNSPEAKABLE).strip() or None) if value else None


def _pictures_of(ids: Collection[int]) -> dict[int, dict[str, str | None]]:
    columns = ProductPicture.product, ProductPicture.source, ProductPicture.path
    query = ProductPicture.select(*columns).where(among(ProductPicture.product, ids))
    pictures: dict[int, dict[str, str | None]] = defaultdict(dict)
    for product_id, source, place in tuples(query.order_by(ProductPicture.product, ProductPicture.position)):
        pictures[product_id][source] = place
    return pictures


def _paths_of(ids: Collection[int]) -> dict[int, set[str]]:
    """The paths of the categories that each product is in."""
    columns = ProductCategory.product, ProductCategory.category
    links = tuples(ProductCategory.select(*columns).where(among(ProductCategory.product, ids)))
    paths = category_paths({category_id for _, category_id in links})
    found: dict[int, set[str]] = defaultdict(set)
    for product_id, category_id in links:
        if paths[category_id]:
            found[product_id].add(paths[category_id])
    return found


def category_paths(ids: Collection[int]) -> dict[int, str]:
    """The path of each of these categories, by its id."""
    known: dict[int, tuple[str, int | None]] = {}
    missing = set(ids)
    while missing:
        columns = Category.id, Category.title, Category.parent_id
        for category_id, title, parent_id in tuples(Category.select(*columns).where(among(Category.id, missing))):
            known[category_id] = _text(title) or "", parent_id
        missing = {parent for _, parent in known.values() if parent is not None} - known.keys()
    return {category_id: path(_shelves(category_id, known)) for category_id in ids}


def _shelves(category_id: int, known: Mapping[int, tuple[str, int | None]]) -> list[str]:
    """The titles from the widest shelf to this one; a circle, which only a bare hand can make, is cut."""
    titles: list[str] = []
    seen: set[int] = set()
    place: int | None = category_id
    while place is not None and place in known and place not in seen:
        seen.add(place)
        title, place = known[place]
        titles.insert(0, title)
    return [title for title in titles if title]
