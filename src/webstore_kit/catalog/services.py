"""Writes of the catalogue, many products at a time. All of them run inside `store.transaction()`."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from webstore_kit.catalog import search
from webstore_kit.catalog.events import Change, ProductChanged
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, ProductPicture
from webstore_kit.core import bulk
from webstore_kit.core.database import among, current, is_postgresql, tuples
from webstore_kit.core.money import to_minor
from webstore_kit.core.revision import bulk_change
from webstore_kit.core.store import Store

Shelves = tuple[str, ...]
"""The titles from the widest category to the one that is meant."""
NAMING = 0x77656273746E616D
"""Any number: whoever holds this PostgreSQL advisory lock makes brands and categories."""
PRODUCT = ("sku", "key", "title", "price", "old_price", "description", "brand", "variant_group", "is_active")
"""The fields of a product that `create_products` and `update_products` write."""
_MONEY = frozenset({"price", "old_price"})


def products_changed(store: Store, change: Change, ids: Iterable[int], fields: Iterable[str] = ()) -> None:
    """Publish what became of products; for whoever has written them, once all that belongs together is written."""
    if store.events.heeds(ProductChanged):
        named = tuple(fields)
        for number in ids:
            store.publish(ProductChanged(number, change, named))


def brand_ids(titles: Collection[str]) -> tuple[dict[str, int], list[int]]:
    """The brands of these titles, by title, and which of them had to be made."""
    return _ids_of_names(titles, _known_brands, _make_brands)


def category_ids(wanted: Collection[Shelves]) -> tuple[dict[Shelves, int], list[int]]:
    """The categories of these shelves, and which had to be made, those on the way to them too, the widest first."""
    everything = {shelves[:depth] for shelves in wanted for depth in range(1, len(shelves) + 1)}
    return _ids_of_names(everything, _known_categories, _make_categories)


@bulk_change()
def create_products(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Make products, each with all fields of PRODUCT and `brand` an id; answers their ids, in the order of the rows."""
    ids = bulk.reserve_ids(Product, len(rows))
    columns = ["id", *(_column(name) for name in PRODUCT)]
    values = [(number, *_values(row, PRODUCT)) for number, row in zip(ids, rows, strict=True)]
    bulk.insert(Product, columns, values)
    search.catch_up(search.PORTION + len(ids))
    return ids


@bulk_change()
def update_products(changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Change the products, by id: of each the fields that are given, out of PRODUCT."""
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for number, fields in changes.items():
        names = tuple(name for name in PRODUCT if name in fields)
        if names:
            alike[names].append((*_values(fields, names), number))
    for names, rows in alike.items():
        bulk.update(Product, [_column(name) for name in names], rows)
    search.catch_up(search.PORTION + 2 * len(changes))


@bulk_change()
def shelve(products: Mapping[int, Iterable[int]]) -> None:
    """Put products, by id, on these shelves, beside those that they are on."""
    links = [(product_id, category_id) for product_id, ids in products.items() for category_id in ids]
    bulk.insert(ProductCategory, ["product_id", "category_id"], links)


@bulk_change()
def clear_shelves(product_ids: Collection[int]) -> None:
    """Take products off all shelves."""
    ProductCategory.delete().where(among(ProductCategory.product, product_ids)).execute()


def set_pictures(pictures: Mapping[int, Sequence[tuple[str, str | None]]], run_id: int | None = None) -> None:
    """Give products, by id, these pictures, in their order and instead of others: the source of each, and its path.

    A picture without a path is to be fetched, by that import run. The product's `photo` is not touched.
    """
    columns = ["product_id", "position", "source", "path", "run_id"]
    rows = [
        (product_id, position, source, path, run_id)
        for product_id, those in pictures.items()
        for position, (source, path) in enumerate(those, 1)
    ]
    bulk.insert(ProductPicture, columns, rows)


def clear_pictures(product_ids: Collection[int]) -> None:
    """Take all pictures from products, but not `photo`."""
    ProductPicture.delete().where(among(ProductPicture.product, product_ids)).execute()


@bulk_change()
def clear_photos(product_ids: Collection[int]) -> None:
    """Leave products without a photo."""
    Product.update(photo=None).where(among(Product.id, product_ids)).execute()


@bulk_change()
def put_photos(photos: Mapping[int, str | None]) -> None:
    """Give products, by id, these photos."""
    bulk.update(Product, ["photo"], [(photo, number) for number, photo in photos.items()])


def fetch_again(product_ids: Collection[int], run_id: int) -> None:
    """Let that import run fetch what was not had yet of the pictures of products."""
    missing = among(ProductPicture.product, product_ids), ProductPicture.path.is_null()
    ProductPicture.update(run_id=run_id, error=None).where(*missing).execute()


@bulk_change()
def delete_products(product_ids: Collection[int]) -> None:
    """Delete products, with their shelves, stock, pictures and reviews. Order lines keep what they say of them."""
    Product.delete().where(among(Product.id, product_ids)).execute()
    search.catch_up(search.PORTION + len(product_ids))


def delete_unused_brands(brand_ids: Collection[int]) -> list[int]:
    """Delete those of the brands that no product has; answers their ids."""
    used = Product.select(Product.brand).where(among(Product.brand, brand_ids))
    return _deleted(Brand, brand_ids, Brand.id.not_in(used))


def delete_unused_categories(category_ids: Collection[int]) -> list[int]:
    """Delete those of the categories that no product and no other category is in; answers their ids."""
    inner = Category.alias()
    used = ProductCategory.select(ProductCategory.category).where(among(ProductCategory.category, category_ids))
    held = inner.select(inner.parent_id).where(among(inner.parent_id, category_ids))
    return _deleted(Category, category_ids, Category.id.not_in(used), Category.id.not_in(held))


@bulk_change()
def _deleted(model: type[Brand] | type[Category], ids: Collection[int], *conditions: Any) -> list[int]:
    if is_postgresql(current()):
        # Whoever is about to use one of them is waited for, and whoever comes later finds it gone; or the delete would
        # not see that use, and take the brand or category from a product.
        used: Any = model.select(model.id).where(among(model.id, ids)).order_by(model.id)
        used.for_update("FOR UPDATE").execute()
    unused = [number for (number,) in tuples(model.select(model.id).where(among(model.id, ids), *conditions))]
    model.delete().where(among(model.id, unused), *conditions).execute()
    return unused


def _ids_of_names(
    names: Collection[Any],
    known: Callable[[Collection[Any]], dict[Any, int]],
    make: Callable[[Collection[Any]], list[int]],
) -> tuple[dict[Any, int], list[int]]:
    found = known(names) if names else {}
    if len(found) == len(set(names)):
        return found, []
    _lock_naming()
    # Somebody else may have made them while this one waited for the lock.
    found = known(names)
    made = make([name for name in names if name not in found])
    return known(names), made


def _lock_naming() -> None:
    # No constraint keeps two brands from having one title, as adopted stores have such. On SQLite there is one writer.
    if is_postgresql(current()):
        current().execute_sql("SELECT pg_advisory_xact_lock(%s)", (NAMING,))


def _known_brands(titles: Collection[str]) -> dict[str, int]:
    rows = tuples(Brand.select(Brand.title, Brand.id).where(among(Brand.title, titles)).order_by(Brand.id.desc()))
    return dict(rows)  # of two with one title the older


@bulk_change()
def _make_brands(titles: Collection[str]) -> list[int]:
    ids = bulk.reserve_ids(Brand, len(titles))
    bulk.insert(Brand, ["id", "title"], list(zip(ids, titles, strict=True)))
    return ids


def _known_categories(wanted: Collection[Shelves]) -> dict[Shelves, int]:
    titles = {shelves[-1] for shelves in wanted}
    columns = Category.title, Category.parent_id, Category.id
    rows = tuples(Category.select(*columns).where(among(Category.title, titles)).order_by(Category.id.desc()))
    placed = {(title, parent_id): number for title, parent_id, number in rows}
    known: dict[Shelves, int] = {}
    for shelves in sorted(wanted, key=len):
        parent_id = known.get(shelves[:-1])
        if (number := placed.get((shelves[-1], parent_id))) and (parent_id or len(shelves) == 1):
            known[shelves] = number
    return known


@bulk_change()
def _make_categories(wanted: Collection[Shelves]) -> list[int]:
    ordered = sorted(wanted, key=lambda shelves: (len(shelves), shelves))
    ids = dict(zip(ordered, bulk.reserve_ids(Category, len(ordered)), strict=True))
    ids_of_parents = _known_categories({shelves[:depth] for shelves in ordered for depth in range(1, len(shelves))})
    ids_of_parents |= ids
    rows = [(ids[shelves], shelves[-1], ids_of_parents.get(shelves[:-1]), True) for shelves in ordered]
    bulk.insert(Category, ["id", "title", "parent_id", "is_active"], rows)
    return list(ids.values())


def _values(fields: Mapping[str, Any], names: Iterable[str]) -> Iterable[Any]:
    for name in names:
        value = fields[name]
        yield to_minor(value) if name in _MONEY and value is not None else value


def _column(name: str) -> str:
    return "brand_id" if name == "brand" else name
