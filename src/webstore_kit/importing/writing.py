"""Writes products as a file says them: many in a few statements. All of it runs inside `store.transaction()`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webstore_kit.catalog import services as catalog
from webstore_kit.catalog.events import Change
from webstore_kit.core.store import Store
from webstore_kit.importing.pictures.photos import set_photos
from webstore_kit.importing.present import Present
from webstore_kit.importing.wanted import CLEARED, shelves
from webstore_kit.inventory.models import Reason
from webstore_kit.inventory.services import set_stocks

Fields = Mapping[str, Any]
BLANK: Fields = {**CLEARED, "sku": None, "key": None, "is_active": True}
"""What a new product has of the fields that its file does not speak of."""
COLUMNS = {"group": "variant_group"}
"""The columns of products that are not called as the fields of files are."""


@dataclass(frozen=True, slots=True)
class Names:
    """The brands and categories that products name, by title and by path, and the ids of those that had to be made."""

    brands: Mapping[str, int]
    categories: Mapping[str, int]
    made_brands: Sequence[int]
    made_categories: Sequence[int]

    @classmethod
    def of(cls, products: Sequence[Fields]) -> "Names":
        """Those that any of the products names; the ones that are not there are made."""
        titles = {title for fields in products if (title := fields.get("brand"))}
        paths = {path: shelves(path) for fields in products for path in fields.get("categories", ())}
        brands, made_brands = catalog.brand_ids(sorted(titles))
        categories, made_categories = catalog.category_ids(set(paths.values()))
        by_path = {path: categories[place] for path, place in paths.items()}
        return cls(brands, by_path, made_brands, made_categories)

    def columns(self, fields: Fields) -> Fields:
        """The fields as the table of products has them; `fields` may have others."""
        columns = {COLUMNS.get(name, name): value for name, value in fields.items()}
        if columns.get("brand"):
            columns["brand"] = self.brands[columns["brand"]]
        return columns

    def shelves(self, fields: Fields) -> list[int]:
        """The ids of the categories."""
        return [self.categories[path] for path in fields["categories"]]


@dataclass(frozen=True, slots=True)
class Alteration:
    """A product, the fields to change as they shall be, where pictures lie that were had before, and its photo then."""

    present: Present
    after: Fields
    paths: Mapping[str, str]
    photo: str | None = None


def create(store: Store, names: Names, products: Sequence[Fields], run_id: int) -> list[int]:
    """Make products, each with all fields; answers their ids, in their order."""
    ids = catalog.create_products([names.columns(fields) for fields in products])
    new = dict(zip(ids, products, strict=True))
    catalog.shelve({number: names.shelves(fields) for number, fields in new.items()})
    set_stocks(store, {number: fields["quantity"] for number, fields in new.items()}, Reason.IMPORT)
    pictured = {number: [(name, None) for name in fields["pictures"]] for number, fields in new.items()}
    catalog.set_pictures(pictured, run_id)
    catalog.products_changed(store, Change.CREATED, ids)
    return ids


def alter(store: Store, names: Names, alterations: Sequence[Alteration], run_id: int) -> None:
    """Change products, each of the fields that its alteration has."""
    altered = {each.present.id: each for each in alterations}
    catalog.update_products({number: names.columns(each.after) for number, each in altered.items()})
    _shelve_anew(names, _with(altered, "categories"))
    quantities = {each.present.id: each.after["quantity"] for each in _with(altered, "quantity")}
    set_stocks(store, quantities, Reason.IMPORT)
    _picture_anew(_with(altered, "pictures"), run_id)
    for number, each in altered.items():
        catalog.products_changed(store, Change.UPDATED, [number], sorted(each.after))


def _with(altered: Mapping[int, Alteration], name: str) -> list[Alteration]:
    return [each for each in altered.values() if name in each.after]


def _shelve_anew(names: Names, alterations: Sequence[Alteration]) -> None:
    if alterations:
        catalog.clear_shelves([each.present.id for each in alterations])
        catalog.shelve({each.present.id: names.shelves(each.after) for each in alterations})


def _picture_anew(alterations: Sequence[Alteration], run_id: int) -> None:
    if not alterations:
        return
    catalog.clear_pictures([each.present.id for each in alterations])
    catalog.set_pictures({each.present.id: _pictures(each) for each in alterations}, run_id)
    set_photos([each.present.id for each in alterations])
    bare = [each.present.id for each in alterations if not each.after["pictures"]]
    if bare:
        catalog.clear_photos(bare)


def _pictures(alteration: Alteration) -> list[tuple[str, str | None]]:
    return [(source, alteration.paths.get(source)) for source in alteration.after["pictures"]]
