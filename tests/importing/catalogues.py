"""Catalogues that tests import, and what a store has afterwards, in words that no id or time is part of."""

import csv
import io
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.importing.pictures.samples import picture
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Brand, Category, Product, ProductPicture, Stock
from webstore_kit.core.database import rows, tuples
from webstore_kit.importing import present
from webstore_kit.importing.models import ImportRun
from webstore_kit.importing.services import ImportOptions, Report, import_catalogue
from webstore_kit.inventory.models import LedgerEntry

CATALOGUE = ("brands", "categories", "products", "product_categories", "product_pictures", "stock", "stock_ledger")
MEANING = CATALOGUE[:-1]
"""All of these but the ledger, which only grows."""
RUNS = ("import_runs", "import_changes", "import_refusals")


class Stopped(BaseException):
    """What stops a process in the middle, as Ctrl+C does."""


class StoppingStore(Store):
    """A store that is stopped when it is to write for the nth time, before that or after it."""

    def __init__(self, settings: Settings, number: int, *, after: bool = False) -> None:
        super().__init__(settings)
        self.number = number
        self.after = after

    def write(self, work: Callable[[], Any], deadline: float | None = None) -> Any:
        self.number -= 1
        if self.number == 0 and not self.after:
            raise Stopped
        result = super().write(work, deadline)
        if self.number == 0:
            raise Stopped
        return result


def csv_text(rows: Iterable[Mapping[str, Any]], delimiter: str = ",") -> str:
    """The rows as a CSV, with all columns that any of them has."""
    rows = list(rows)
    file = io.StringIO()
    writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def saved(store: Store, content: str | bytes, name: str = "shop.csv") -> Path:
    """A file with that content, in the store's folder."""
    path = store.settings.directory / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def take(
    store: Store, content: str | bytes, name: str = "shop.csv", *, dry_run: bool = False, **options: Any
) -> Report:
    """Import that content; answers what came of it."""
    return import_catalogue(store, saved(store, content, name), ImportOptions(**options), dry_run=dry_run)


def put_pictures(store: Store, *names: str) -> None:
    """Pictures of these names in the store's folder, each another one."""
    for name in names:
        colour = tuple(zlib.crc32(name.encode()).to_bytes(4, "big")[:3])
        (store.settings.directory / name).write_bytes(picture(colour=colour))


def counts(report: Report) -> tuple[int, int, int, int]:
    """How many were new, changed, unchanged and refused."""
    found = report.counts
    assert found.read == found.created + found.updated + found.unchanged + found.refused
    return found.created, found.updated, found.unchanged, found.refused


def refusals(report: Report) -> list[tuple[int, str, str, str]]:
    """What was refused: line, column, value and reason."""
    return [(each.line, each.column, each.value, each.reason) for each in report.refusals]


def tables(store: Store, names: Sequence[str] = CATALOGUE) -> dict[str, list[Any]]:
    """All rows of these tables, as they lie there."""
    with store.snapshot():
        return {name: sorted(store.database.execute_sql(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def shop(store: Store) -> dict[str, dict[str, Any]]:
    """All products, by SKU, key or title: every field, and how the ledger came to the stock."""
    with store.snapshot():
        photos = dict(tuples(Product.select(Product.id, Product.photo)))
        ledger: dict[int, list[tuple[int, str]]] = {number: [] for number in photos}
        for entry in rows(LedgerEntry.select().order_by(LedgerEntry.id)):
            ledger.setdefault(entry["product_id"], []).append((entry["change"], entry["reason"]))
        found = present.products(list(photos))
        return {
            each.name: {**each.fields, "photo": photos[each.id], "paths": each.paths, "ledger": ledger[each.id]}
            for each in found
        }


def field(store: Store, name: str) -> dict[str, Any]:
    """One field of all products."""
    return {product: fields[name] for product, fields in shop(store).items()}


def brands(store: Store) -> list[str]:
    with store.snapshot():
        return [title for (title,) in tuples(Brand.select(Brand.title).order_by(Brand.title))]


def categories(store: Store) -> list[str]:
    """The paths of all categories."""
    with store.snapshot():
        ids = [number for (number,) in tuples(Category.select(Category.id))]
        return sorted(present.category_paths(ids).values())


def meaning(store: Store) -> dict[str, Any]:
    """What is in the store, but for the ledger, which only grows, and the ids of rows that nothing refers to."""
    products = {name: {**fields, "ledger": None} for name, fields in shop(store).items()}
    return {"products": products, "brands": brands(store), "categories": categories(store)}


def runs(store: Store) -> list[tuple[str, int, int, int, int, int]]:
    """The state and the counts of every run, oldest first."""
    names = ("state", "created", "updated", "unchanged", "refused", "deactivated")
    with store.snapshot():
        found = rows(ImportRun.select().order_by(ImportRun.id))
    return [tuple(row[name] for name in names) for row in found]


def assert_adds_up(store: Store) -> None:
    """The ledger of each product comes to its stock, and none of it below 0."""
    with store.snapshot():
        stock = dict(tuples(Stock.select(Stock.product, Stock.quantity)))
        left: dict[int, int] = {}
        for entry in rows(LedgerEntry.select().order_by(LedgerEntry.id)):
            left[entry["product_id"]] = left.get(entry["product_id"], 0) + entry["change"]
            assert left[entry["product_id"]] >= 0, entry
    assert {number: count for number, count in left.items() if count} == {
        number: count for number, count in stock.items() if count
    }


def pictures(store: Store) -> list[tuple[str, int, str, bool]]:
    """Of all pictures the product, their place, their source and whether they were had."""
    with store.snapshot():
        columns = Product.sku, ProductPicture.position, ProductPicture.source, ProductPicture.path
        query = ProductPicture.select(*columns).join(Product).order_by(Product.sku, ProductPicture.position)
        return [(sku, place, source, path is not None) for sku, place, source, path in tuples(query)]
