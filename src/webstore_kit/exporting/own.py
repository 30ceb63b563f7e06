"""Our own formats: CSV, JSON and NDJSON, as `importing.own` reads them. All that a product has comes back from them."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from webstore_kit.core.money import money_text
from webstore_kit.exporting import lines
from webstore_kit.importing.entries import FIELDS
from webstore_kit.importing.own import guarded, listed
from webstore_kit.importing.present import Present


def csv(products: Iterable[Present]) -> Iterator[str]:
    """The lines of a CSV file."""
    yield lines.row(FIELDS)
    for product in products:
        yield lines.row(cells(product))


def json_list(products: Iterable[Present]) -> Iterator[str]:
    """The lines of a JSON list."""
    return lines.json_list(map(json_object, products))


def ndjson(products: Iterable[Present]) -> Iterator[str]:
    """The lines of an NDJSON file."""
    for product in products:
        yield json_object(product) + "\n"


def cells(product: Present) -> list[str]:
    """The cells of the product, in the order of `entries.FIELDS`."""
    return [guarded(_text(product.fields[name])) for name in FIELDS]


def json_object(product: Present) -> str:
    """The product as a JSON object on one line: amounts are texts, and what is not there is null."""
    return json.dumps({name: _value(product.fields[name]) for name in FIELDS}, ensure_ascii=False)


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, tuple):
        return listed(value)
    return money_text(value) if isinstance(value, Decimal) else str(value)


def _value(value: Any) -> Any:
    return money_text(value) if isinstance(value, Decimal) else value
