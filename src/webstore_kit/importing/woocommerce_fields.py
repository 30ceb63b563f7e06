"""What a row of WooCommerce says, field by field, together with the row of its parent where it is a variation."""

from collections.abc import Sequence
from datetime import date

from webstore_kit.importing.entries import Row
from webstore_kit.importing.shop_columns import Columns, Fault, Said, above, none_for_less
from webstore_kit.importing.woocommerce_cells import day, is_fraction, items, listed, paths, unguarded, written
from webstore_kit.importing.woocommerce_columns import NAMES, attributes

PUBLISHED = {"1": "true", "true": "true", "0": "false", "-1": "false", "false": "false"}


class Fields:
    """The fields of the rows of one file. Raises Fault for what cannot be taken."""

    def __init__(self, header: Sequence[str], today: date) -> None:
        self.columns = Columns(header, NAMES)
        self.attributes = attributes(header)
        self.today = today

    def text(self, row: Row, name: str) -> str:
        """The cell, without the guard against formulas."""
        return unguarded(self.columns.text(row, name))

    def kind(self, row: Row) -> str:
        """The type; `virtual` and `downloadable` are flags beside it, and no type is simple (`expand_data`)."""
        words = [word.casefold() for word in items(self.text(row, "type"))]
        return next((word for word in words if word not in {"virtual", "downloadable"}), "simple")

    def of(self, row: Row, parent: Row | None = None) -> Said:
        """All fields of the row but for what it is known by."""
        both = [row] if parent is None else [row, parent]
        shared = self._description(both) | self._brand(both) | self._categories(both) | self._pictures(both)
        return self._title(row, parent) | self._prices(row) | self._quantity(row) | shared | self._is_active(both)

    def fault(self, row: Row, name: str, reason: str, fix: str) -> Fault:
        """A fault in this column of the row."""
        return Fault(row, self.columns.header(name), self.text(row, name), reason, fix)

    def _said(self, field: str, name: str, text: str) -> Said:
        return {field: (text, self.columns.header(name))} if name in self.columns else {}

    def _first(self, rows: Sequence[Row], name: str) -> str:
        return next((text for row in rows if (text := self.text(row, name))), "")

    def _title(self, row: Row, parent: Row | None) -> Said:
        """Of a variation the parent's name with its values; without parent or attributes the name that it has."""
        values = self._values(row)
        name = self.text(row if parent is None or not values else parent, "name")
        is_joined = parent is not None and name
        return self._said("title", "name", ", ".join([name, *values]) if is_joined else name)

    def _values(self, row: Row) -> list[str]:
        # A variation has one value of each attribute, so a comma in it that nobody escaped is part of it.
        if self.kind(row) != "variation":
            return []
        named = [value for name, value in self.attributes if row.cells.get(name, "").strip()]
        cells = [unguarded(row.cells.get(header, "").strip()).replace(r"\,", ",") for header in named]
        if "" in cells:
            reason = "The variation has no value for this attribute, which in WooCommerce means any of them."
            fix = "Write the value, with a row for each value that is sold."
            raise Fault(row, named[cells.index("")], "", reason, fix)
        return cells

    def _prices(self, row: Row) -> Said:
        """The sale price while it is current, else the regular one, which a sale makes the old price."""
        sale, regular = self._sale(row), self.text(row, "regular price")
        if sale:
            return self._said("price", "sale price", sale) | self._said("old_price", "regular price", regular)
        ended = self._said("old_price", "sale price", "")
        return self._said("price", "regular price", regular) | ended

    def _sale(self, row: Row) -> str:
        # As in WC_Product::is_on_sale, a sale price that is not below the regular one is none.
        sale, regular = self.text(row, "sale price"), self.text(row, "regular price")
        is_current = sale and self._is_current(row) and (not regular or above(regular, sale))
        return sale if is_current else ""

    def _is_current(self, row: Row) -> bool:
        starts, ends = self._day(row, "sale starts"), self._day(row, "sale ends")
        return (starts is None or starts <= self.today) and (ends is None or self.today <= ends)

    def _day(self, row: Row, name: str) -> date | None:
        text = self.text(row, name)
        if text and day(text) is None:
            # WooCommerce passes over such a date, and the sale never ends.
            raise self.fault(row, name, "This is no date that WooCommerce reads.", "Write it as YYYY-MM-DD.")
        return day(text)

    def _quantity(self, row: Row) -> Said:
        """The stock; without one the product is not counted, and nothing is said, but that nothing is there."""
        stock = self.text(row, "stock")
        if stock.casefold() == "parent":
            reason = "The variations share the stock of their parent, and here each has its own."
            raise self.fault(row, "stock", reason, "Write how many there are of this variation.")
        if is_fraction(stock):
            raise self.fault(row, "stock", "Half a piece cannot be counted here.", "Write a whole number.")
        if stock:
            return self._said("quantity", "stock", none_for_less(stock))
        return self._said("quantity", "in stock", "0") if self.text(row, "in stock") == "0" else {}

    def _description(self, rows: Sequence[Row]) -> Said:
        """The description of the row or its parent; the short one where there is no other."""
        for row in rows:
            for name in ("description", "short description"):
                if text := self.text(row, name):
                    return self._said("description", name, written(text))
        return self._said("description", "short description", "") | self._said("description", "description", "")

    def _brand(self, rows: Sequence[Row]) -> Said:
        # Brands may be a list and a tree there. Here a product has one, and the first is the one that shops show.
        brands = items(self._first(rows, "brands"))
        return self._said("brand", "brands", brands[0].split(">")[-1].strip() if brands else "")

    def _categories(self, rows: Sequence[Row]) -> Said:
        return self._said("categories", "categories", paths(self._first(rows, "categories")))

    def _pictures(self, rows: Sequence[Row]) -> Said:
        """The own pictures, the first of which is the main one, then those of the parent."""
        return self._said(
            "pictures", "images", listed([item for row in rows for item in items(self.text(row, "images"))])
        )

    def _is_active(self, rows: Sequence[Row]) -> Said:
        words = [self._published(row) for row in rows]
        word = "false" if "false" in words else "true" if "true" in words else ""
        return self._said("is_active", "published", word)

    def _published(self, row: Row) -> str:
        """1 is public, 0 private, -1 a draft; but variations have no drafts, so there it is public (`expand_data`)."""
        text = self.text(row, "published").casefold()
        if text and text not in PUBLISHED:
            reason = "WooCommerce has no such word here."
            raise self.fault(row, "published", reason, "Write 1 for public, 0 for private or -1 for a draft.")
        is_draft = text in {"-1", "false"}
        return "true" if is_draft and self.kind(row) == "variation" else PUBLISHED.get(text, "")
