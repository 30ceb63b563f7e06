"""The source: one unchanging view of a Django store's database, which is only read."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from webstore_kit.adoption.readings import Reading
from webstore_kit.core.errors import CommandError

BATCH = 500
"""How many rows are in memory at a time."""
COLUMNS = {
    "brands": "id title",
    "categories": "id title is_active",
    "products": "id title price old_price quantity description brand_id photo",
    "products_categories": "id category_id product_id",
    "products_reviews": "id review product_id",
    "auth_user": "id username password email first_name last_name is_active is_staff is_superuser "
    "date_joined last_login",
    "customers": "id first_name last_name phone email time_created user_id token",
    "customers_addresses": "id country city post_code address customer_id",
    "orders": "id time_created time_checkout time_delivery customer_id customer_shipping_address_id is_ordered",
    "orders_products": "id quantity price order_id product_id",
}
"""The tables that are taken over, and the columns that they must have."""


class Source(ABC):
    """What both kinds of source have in common. Names of tables and columns are our own, never a caller's.

    Whatever reads raises CommandError where the source cannot be read.
    """

    label: str
    """How reports call it; without any password."""
    errors: type[Exception]
    """What its driver raises."""
    advice: str
    """What to do where it cannot be read."""
    placeholder: str
    """What its driver takes for a value, which is `{}` in queries here."""

    @abstractmethod
    def close(self) -> None:
        """End the view."""

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a select."""
        with self._cursor(query) as cursor:
            while batch := cursor.fetchmany(BATCH):
                yield from batch

    def readings(self, query: str) -> Iterator[Reading]:
        """The rows of a select with a column `id`, each to be read value by value."""
        with self._cursor(query) as cursor:
            columns = [column[0] for column in cursor.description]
            while batch := cursor.fetchmany(BATCH):
                for row in batch:
                    yield Reading(dict(zip(columns, row, strict=True)))

    def groups(self, table: str, columns: Sequence[str], having: str = "") -> Iterator[tuple[Any, ...]]:
        """Each combination of values in these columns, with the count of its rows and the highest id among them."""
        names = ", ".join(columns)
        return self.rows(f"SELECT {names}, COUNT(*), MAX(id) FROM {table} GROUP BY {names} {having}")  # noqa: S608

    def newest(self, table: str, column: str) -> dict[Any, int]:
        """The values that several rows share, each with the highest id among them."""
        return {value: newest for value, _, newest in self.groups(table, [column], "HAVING COUNT(*) > 1")}

    def value(self, query: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        with self._cursor(query, *values) as cursor:
            row = cursor.fetchone()
        return row[0] if row else None

    def has(self, table: str, column: str, value: str) -> bool:
        """Whether a row has this value."""
        return self.value(f"SELECT 1 FROM {table} WHERE {column} = {{}} LIMIT 1", value) is not None  # noqa: S608

    def count(self, table: str) -> int:
        """How many rows the table has."""
        return int(self.value(f"SELECT COUNT(*) FROM {table}"))  # noqa: S608

    def high_water(self, table: str) -> int:
        """The highest id that was ever in use, of rows that are gone too; 0 where there was none."""
        highest = self.value(f"SELECT MAX(id) FROM {table}") or 0  # noqa: S608
        return max(int(highest), self._last_handed_out(table))

    def require_tables(self) -> None:
        """Raise CommandError where tables or columns are missing, and name them."""
        known = self._names()
        tables = [table for table in COLUMNS if table not in {table for table, _ in known}]
        columns = [
            f"{table}.{column}"
            for table, columns in COLUMNS.items()
            if table not in tables
            for column in columns.split()
            if (table, column) not in known
        ]
        if tables or columns:
            lacks = [
                f"{what} {', '.join(names)}" for what, names in (("tables", tables), ("columns", columns)) if names
            ]
            raise CommandError(
                f"{self.label} is not the database of a store that can be adopted: it lacks the "
                f"{' and the '.join(lacks)}. Nothing was adopted. Name the database that the Django store uses."
            )

    @contextmanager
    def _cursor(self, query: str, *values: Any) -> Iterator[Any]:
        with self.refusals(), closing(self._new_cursor()) as cursor:
            cursor.execute(query.replace("{}", self.placeholder), values)
            yield cursor

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Inside, what the driver raises becomes a CommandError."""
        try:
            yield
        except self.errors as error:
            reason = " ".join(str(error).split()).rstrip(".")
            raise CommandError(f"{self.label} cannot be read: {reason}. Nothing was adopted. {self.advice}") from None

    @abstractmethod
    def _names(self) -> set[tuple[str, str]]:
        """Every table and column that there is."""

    @abstractmethod
    def _last_handed_out(self, table: str) -> int:
        """The highest id that the database remembers having handed out; 0 where it remembers none."""

    @abstractmethod
    def _new_cursor(self) -> Any:
        """A cursor that does not hold all rows at once."""
