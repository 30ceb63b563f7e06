"""What entries want of products: all fields checked, every fault told at once."""

from decimal import Decimal
from typing import Any

import pytest

from webstore_kit.importing.entries import FIELDS, LIST, Entry, Refusal, Row
from webstore_kit.importing.wanted import READERS, Wanted, path, shelves, wanted

ALL = {
    "sku": " A-1 ",
    "key": "kettle/red",
    "title": "Kettle",
    "price": "12.50",
    "old_price": "15",
    "quantity": "7",
    "description": "For tea.",
    "brand": "Acme",
    "categories": LIST.join(["Kitchen >Kettles", "Tea", "Tea"]),
    "pictures": LIST.join(["a.jpg", "", " b.jpg "]),
    "group": "kettle",
    "is_active": "true",
}


def test_every_field_is_read() -> None:
    assert set(ALL) == set(FIELDS) == set(READERS)
    assert wanted(Entry(2, ALL)) == Wanted(
        line=2,
        fields={
            "sku": "A-1",
            "key": "kettle/red",
            "title": "Kettle",
            "price": Decimal("12.50"),
            "old_price": Decimal("15.00"),
            "quantity": 7,
            "description": "For tea.",
            "brand": "Acme",
            "categories": ("Kitchen > Kettles", "Tea"),
            "pictures": ("a.jpg", "b.jpg"),
            "group": "kettle",
            "is_active": True,
        },
    )


def test_what_the_file_does_not_speak_of_is_kept() -> None:
    assert wanted(Entry(2, {"sku": "A-1", "price": "1"})) == Wanted(2, {"sku": "A-1", "price": Decimal("1.00")})


def test_a_blank_cell_is_kept_or_cleared() -> None:
    entry = Entry(2, {"sku": "A-1", **dict.fromkeys(set(FIELDS) - {"sku"}, " ")})
    assert wanted(entry) == Wanted(2, {"sku": "A-1"})
    cleared: Any = wanted(entry, clear=True)
    assert dict(sorted(cleared.fields.items())) == {
        "brand": None,
        "categories": (),
        "description": None,
        "group": None,
        "old_price": None,
        "pictures": (),
        "quantity": 0,
        "sku": "A-1",
    }


def test_every_fault_of_a_row_is_told_at_once_with_its_column() -> None:
    row = Row(9, {"SKU": "A-1", "Price": "abc", "Stock": "-1"})
    fields = {"sku": "A-1", "price": "abc", "quantity": "-1"}
    refusals = wanted(Entry(9, fields, {"price": "Price", "quantity": "Stock"}, (row,)))
    assert refusals == [
        Refusal(9, "Price", "abc", "is no amount", "write digits alone, such as 12.50", (row,)),
        Refusal(9, "Stock", "-1", "is no whole number from 0", "write digits alone, such as 12", (row,)),
    ]


@pytest.mark.parametrize("fields", [{}, {"sku": ""}, {"sku": " ", "key": "", "title": "Kettle"}])
def test_a_row_that_names_no_product_is_refused(fields: dict[str, str]) -> None:
    (refusal,) = wanted(Entry(3, fields, {"sku": "SKU"}))  # type: ignore[misc]
    assert (refusal.column, refusal.reason, refusal.fix) == ("SKU", "names no product", "give it a SKU, or a key")


def test_a_name_that_is_too_long_is_told_once() -> None:
    refusals: Any = wanted(Entry(3, {"sku": "x" * 101}))
    assert [refusal.reason for refusal in refusals] == ["has 101 characters"]


def test_the_decimal_sign_is_the_one_that_was_given() -> None:
    assert wanted(Entry(2, {"sku": "A", "price": "1.234,50"}), ",") == Wanted(
        2, {"sku": "A", "price": Decimal("1234.50")}
    )


@pytest.mark.parametrize("titles", [["A > B"], ["A\\", "B"], ["\\>", ">"], ["A \\> B", "C"]])
def test_a_shelf_may_have_the_sign_that_stands_between_shelves_in_its_title(titles: list[str]) -> None:
    assert shelves(path(titles)) == tuple(titles)
