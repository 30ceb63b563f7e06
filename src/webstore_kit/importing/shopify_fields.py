"""What the rows of a Shopify product say, field by field."""

from collections.abc import Sequence

from webstore_kit.importing.entries import LIST, Row
from webstore_kit.importing.shop_columns import Columns, Fault, Said, above, none_for_less
from webstore_kit.importing.wanted import path

PUBLISHED = {"true": True, "false": False}
STATUS = {"active": True, "draft": False, "archived": False, "unlisted": False}
SHARED = ("title", "description", "vendor", "category", "type", "published", "status", "option1 name", "image")


def first(columns: Columns, rows: Sequence[Row], name: str) -> tuple[str, Row]:
    """The text of the first row that has one: a blank on a later row means "as above", never "clear"."""
    return next(((text, row) for row in rows if (text := columns.text(row, name))), ("", rows[0]))


def sources(columns: Columns, rows: Sequence[Row]) -> list[Row]:
    """The rows that say something of the whole product: the first one, and those that have its fields or pictures."""
    pictured = [row for row in rows if columns.text(row, "image")]
    return [rows[0], *pictured, *(first(columns, rows, name)[1] for name in SHARED)]


def of_product(columns: Columns, rows: Sequence[Row]) -> Said:
    """What all variants share."""
    said = {
        field: (first(columns, rows, name)[0], columns.header(name))
        for field, name in {"description": "description", "brand": "vendor"}.items()
        if name in columns
    }
    return said | _categories(columns, rows) | _is_active(columns, rows)


def _categories(columns: Columns, rows: Sequence[Row]) -> Said:
    """The whole path of `Product Category`, else `Type`: Shopify has no tree of its own."""
    said: Said = {}
    for name in ("type", "category"):
        text = first(columns, rows, name)[0]
        if name in columns and (text or not said):
            found = path(part.strip() for part in text.split(">")) if name == "category" else text
            said["categories"] = (found, columns.header(name))
    return said


def _is_active(columns: Columns, rows: Sequence[Row]) -> Said:
    """A product is seen where it is both active and published; of a blank one of the two says nothing."""
    said: Said = {}
    for name, words in {"published": PUBLISHED, "status": STATUS}.items():
        if name in columns:
            word = _word(columns, rows, name, words)
            if not said.get("is_active", ("", ""))[0] or word == "false":
                said["is_active"] = (word, columns.header(name))
    return said


def _word(columns: Columns, rows: Sequence[Row], name: str, words: dict[str, bool]) -> str:
    text, row = first(columns, rows, name)
    if text and text.casefold() not in words:
        fix = f"Write one of {', '.join(words)}."
        raise Fault(row, columns.header(name), text, "Shopify has no such word here.", fix)
    return str(words[text.casefold()]).lower() if text else ""


def of_variant(columns: Columns, row: Row) -> Said:
    """What a variant says of itself alone."""
    said: Said = {}
    if "price" in columns:
        said["price"] = (columns.text(row, "price"), columns.header("price"))
    if "compare-at price" in columns:
        said["old_price"] = (_old_price(columns, row), columns.header("compare-at price"))
    if quantity := _quantity(columns, row):
        said["quantity"] = (quantity, columns.header("quantity"))
    return said


def _old_price(columns: Columns, row: Row) -> str:
    # A product is on sale while compare-at is above the price. Exports are full of compare-at prices that equal the
    # price or are 0; taken as they are, they would show a sale that is none.
    price, compared = columns.text(row, "price"), columns.text(row, "compare-at price")
    return compared if above(compared, price) else ""


def _quantity(columns: Columns, row: Row) -> str:
    # Without a tracker the number is left over from a time when there was one: Shopify sells the product without end.
    # We have no such product, so its quantity is not spoken of, and stays what it is here.
    tracked = "tracker" not in columns or columns.text(row, "tracker")
    return none_for_less(columns.text(row, "quantity")) if tracked else ""


def gallery(columns: Columns, rows: Sequence[Row]) -> list[str]:
    """The pictures of the product, as Image Position orders them."""
    pictured = [row for row in rows if columns.text(row, "image")]
    return [columns.text(row, "image") for row in sorted(pictured, key=lambda row: _position(columns, row))]


def pictures(columns: Columns, row: Row, shared: Sequence[str]) -> Said:
    """The variant's own picture, then those of the product, each once."""
    names = [name for name in ("variant image", "image") if name in columns]
    own = columns.text(row, "variant image")
    text = LIST.join(dict.fromkeys([own, *shared] if own else shared))
    return {"pictures": (text, columns.header(names[0 if own else -1]))} if names else {}


def _position(columns: Columns, row: Row) -> float:
    # A picture without a position comes after those that have one, in the order of the file, as sorted() is stable.
    text = columns.text(row, "position")
    return float(text) if text.isdecimal() else float("inf")
