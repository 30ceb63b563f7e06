"""How WooCommerce writes lists, texts, dates and numbers into cells."""

import re
from datetime import date

from webstore_kit.importing.entries import LIST

GUARDED = ("'=", "'+", "'-", "'@")


def unguarded(text: str) -> str:
    """The cell without the quote that keeps spreadsheets from running it (`unescape_data` in WC_Product_Importer)."""
    return text[1:] if text.startswith(GUARDED) else text


def items(text: str) -> list[str]:
    """The items of a list with commas; one inside of an item is written `\\,` (`explode_values`)."""
    parts = (part.replace(r"\,", ",").strip() for part in re.split(r"(?<!\\),", text))
    return [part for part in parts if part]


def listed(texts: list[str]) -> str:
    """The items as our list, each once."""
    return LIST.join(dict.fromkeys(texts))


def paths(text: str) -> str:
    """Categories: each item is a path `A > B > C`, of which the product gets the leaf (`parse_categories_field`)."""
    return listed([" > ".join(part.strip() for part in item.split(">")) for item in items(text)])


def written(text: str) -> str:
    """A long text, where `\\n` is a new line and `\\\\n` is not (`parse_description_field`)."""
    return re.sub(r"(?<!\\)\\n", "\n", text)


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
