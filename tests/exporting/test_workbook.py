"""Workbooks: what is a number, what is text, and what they cannot hold."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from tests.exporting.catalogues import exported, fill, kettle, read_back
from webstore_kit import Store
from webstore_kit.core.errors import CommandError
from webstore_kit.exporting import workbook
from webstore_kit.importing.entries import FIELDS


def second_row(store: Store) -> dict[str, Any]:
    sheet = openpyxl.load_workbook(io.BytesIO(exported(store, "xlsx"))).worksheets[0]
    return {name: (cell.value, cell.data_type) for name, cell in zip(FIELDS, sheet[2], strict=True)}


def refusal(store: Store) -> str:
    with pytest.raises(CommandError) as caught:
        exported(store, "xlsx")
    return str(caught.value)


def test_amounts_are_numbers_and_all_else_is_text(store: Store) -> None:
    fill(store, [kettle(sku="0012", title="=1+1", brand="#N/A", old_price=Decimal("9999999999999.99"))])
    assert second_row(store) == {
        "sku": ("0012", "s"),
        "key": (None, "n"),
        "title": ("'=1+1", "s"),
        "price": (12.1, "n"),
        "old_price": (9999999999999.99, "n"),
        "quantity": (5, "n"),
        "description": (None, "n"),
        "brand": ("#N/A", "s"),
        "categories": (None, "n"),
        "pictures": (None, "n"),
        "group": (None, "n"),
        "is_active": (True, "b"),
    }


def test_a_text_that_a_cell_just_holds_comes_back(store: Store) -> None:
    description = "🫖" * 16_383 + "x"
    fill(store, [kettle(description=description)])
    assert read_back(exported(store, "xlsx"))[0]["description"] == description


@pytest.mark.parametrize(
    ("description", "length"),
    [("x" * 32_768, "32,768"), ("🫖" * 16_384, "32,768"), ("x" + "\r" * 4_681 + "x", "32,769")],
    ids=["long", "double", "escaped"],
)
def test_a_text_that_no_cell_holds_is_told_with_its_product(store: Store, description: str, length: str) -> None:
    fill(store, [kettle(), kettle(sku=None, key="pot", description=description)])
    assert refusal(store) == (
        f"The description of the product pot takes {length} characters, and a cell of a workbook holds 32,767. "
        "Export CSV or JSON."
    )


def test_more_products_than_rows_are_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    fill(store, [kettle(sku="1"), kettle(sku="2")])
    assert len(read_back(exported(store, "xlsx"))) == 2
    fill(store, [kettle(sku="3")])
    assert refusal(store) == workbook.TOO_MANY


def test_a_workbook_does_not_say_when_it_was_made(store: Store) -> None:
    archive = zipfile.ZipFile(io.BytesIO(exported(store, "xlsx")))
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


def test_without_the_extra_it_is_said_what_to_install(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "openpyxl", None)
    assert refusal(store) == "A workbook needs: pip install 'webstore-kit[xlsx]'"
