"""How WooCommerce writes lists, texts, dates and numbers into cells."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from webstore_kit.importing.entries import LIST
from webstore_kit.importing.wanted import path

FORMULA = ("=", "+", "-", "@")
GUARDED = tuple(f"'{sign}" for sign in FORMULA)


def unguarded(text: str) -> str:
    """The cell without the quote that keeps spreadsheets from running it (`unescape_data` in WC_Product_Importer)."""
    return text[1:] if text.startswith(GUARDED) else text


def guarded(text: str) -> str:
    """The text as a cell that spreadsheets do not run (`escape_data` in WC_CSV_Exporter).

    `unguarded` makes this text of it again, but where it begins with `'=` itself: no cell of WooCommerce holds that.
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def items(text: str) -> list[str]:
    """The items of a list with commas; one inside of an item is written `\\,` (`explode_values`)."""
    parts = (part.replace(r"\,", ",").strip() for part in re.split(r"(?<!\\),", text))
    return [part for part in parts if part]


def imploded(texts: Iterable[str]) -> str:
    """The cell that `items` makes these of (`implode_values`)."""
    # The blank keeps a backslash at the end of an item away from the comma after it.
    parts = (text + " " if text.endswith("\\") else text for text in map(without_commas, texts))
    return ", ".join(parts)


def without_commas(text: str) -> str:
    """The text with its commas written `\\,`."""
    return text.replace(",", r"\,")


def listed(texts: list[str]) -> str:
    """The items as our list, each once."""
    return LIST.join(dict.fromkeys(texts))


def paths(text: str) -> str:
    """Categories: each item is a path `A > B > C`, of which the product gets the leaf (`parse_categories_field`)."""
    return listed([path(part.strip() for part in item.split(">")) for item in items(text)])


def of_paths(titles: Iterable[Sequence[str]]) -> str:
    """The cell of these paths of categories; a title with `>` in it is no title there."""
    return imploded(" > ".join(shelves) for shelves in titles)


def written(text: str) -> str:
    """A long text, where `\\n` is a new line and `\\\\n` is not (`parse_description_field`)."""
    return re.sub(r"(?<!\\)\\n", "\n", text)


def unwritten(text: str) -> str:
    """The cell that `written` makes this long text of, as far as it is on one line (`filter_description_field`).

    A line end that comes after a backslash or a carriage return stays one: `\\\\n` would be no new line, and a carriage
    return alone none that all programs know. A text with a `\\n` of its own is one that no cell of WooCommerce holds.
    """
    return re.sub(r"(?<![\\\r])\n", r"\\n", text)


def day(text: str) -> date | None:
    """The day of `YYYY-MM-DD`, whatever time comes after it (`parse_date_field` drops it too); None if it is none."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(?:[ T][\d:.+Z-]*)?", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def is_fraction(text: str) -> bool:
    """Whether this is a number that is not whole."""
    return bool(re.fullmatch(r"-?\d*[.,]\d*[1-9]\d*", text, re.ASCII))
