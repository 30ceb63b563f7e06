"""The child that writes a file into an empty store with nothing but the csv module and the driver of the database.

It is the least that can be done: no row is checked, nothing is compared with what is there, no run is recorded, and
ids are counted from 1. Tables, indexes, constraints and triggers are those of the store, and so are the pragmas.
"""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import children
from benchmarks.bare import cursor_of

BATCH = 1000
"""Products that are written in one transaction."""
TIME = "2026-01-01 00:00:00.000000+00:00"
PRODUCT = ("id", "sku", "title", "price", "old_price", "description", "brand_id", "variant_group", "is_active")


class Record(NamedTuple):
    """A row of the file, whose columns are in this order."""

    sku: str
    title: str
    price: str
    old_price: str
    quantity: str
    description: str
    brand: str
    categories: str
    group: str


class Bare:
    """Writes products; knows the brands and categories that it has made."""

    def __init__(self, cursor: Any, *, postgresql: bool) -> None:
        self._cursor = cursor
        self._postgresql = postgresql
        self._brands: dict[str, int] = {}
        self._categories: dict[str, int] = {}
        self._count = 0

    def write(self, batch: Sequence[Record]) -> None:
        """Write some products in one transaction."""
        self._cursor.execute("BEGIN" if self._postgresql else "BEGIN IMMEDIATE")
        numbers = range(self._count + 1, self._count + len(batch) + 1)
        self._count += len(batch)
        numbered = list(zip(numbers, batch, strict=True))
        self._insert("products", PRODUCT, [self._product(number, record) for number, record in numbered])
        self._insert("product_categories", ("product_id", "category_id"), list(self._links(numbered)))
        stock = [(number, int(record.quantity)) for number, record in numbered if record.quantity != "0"]
        self._insert("stock", ("product_id", "quantity"), stock)
        changes = [(number, quantity, "import", TIME) for number, quantity in stock]
        self._insert("stock_ledger", ("product_id", "change", "reason", "time"), changes)
        self._cursor.execute("COMMIT")

    def _product(self, number: int, record: Record) -> tuple[Any, ...]:
        old_price = _minor(record.old_price) if record.old_price else None
        brand_id = self._brand(record.brand)
        texts = record.sku, record.title, _minor(record.price), old_price, record.description
        return (number, *texts, brand_id, record.group or None, True)

    def _links(self, numbered: Sequence[tuple[int, Record]]) -> Iterator[tuple[int, int]]:
        for number, record in numbered:
            for path in record.categories.split("|"):
                yield number, self._category(path)

    def _brand(self, title: str) -> int:
        if title not in self._brands:
            self._brands[title] = len(self._brands) + 1
            self._insert("brands", ("id", "title"), [(self._brands[title], title)])
        return self._brands[title]

    def _category(self, path: str) -> int:
        if path not in self._categories:
            wider, _, title = path.rpartition(" > ")
            parent = self._category(wider) if wider else None
            self._categories[path] = len(self._categories) + 1
            row = (self._categories[path], title, True, parent)
            self._insert("categories", ("id", "title", "is_active", "parent_id"), [row])
        return self._categories[path]

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        names = ", ".join(columns)
        if not self._postgresql:
            marks = ", ".join("?" * len(columns))
            self._cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
            return
        with self._cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def main() -> None:
    """Write the file."""
    settings, (file,) = children.told()
    with cursor_of(settings) as cursor:
        bare = Bare(cursor, postgresql=settings.database_url.startswith("postgresql"))
        children.tell(lambda: _write(bare, Path(file)))


def _write(bare: Bare, path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        records = map(Record._make, rows)
        while batch := list(islice(records, BATCH)):
            bare.write(batch)


def _minor(amount: str) -> int:
    return int(amount.replace(".", ""))


if __name__ == "__main__":
    main()
