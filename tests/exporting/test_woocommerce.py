"""The file for WooCommerce: which rows products become, and what they are called there."""

from decimal import Decimal
from typing import Any

import pytest

from tests.exporting.catalogues import exported, fill, held, kettle, mug, presents, read_back, rows_of
from webstore_kit import Store
from webstore_kit.exporting.tally import NO_ADDRESS, Tally


def test_a_product_is_one_simple_row(store: Store) -> None:
    details = {"old_price": Decimal("15.00"), "brand": "Smith, Sons", "description": "Hot.\nHotter."}
    pictures = ("https://a.example/1.jpg", "https://a.example/2,3.jpg")
    fill(store, [kettle(**details, paths=[("Home", "Tea, hot"), ("Sale",)], pictures=pictures)])
    assert rows_of(store, "woocommerce") == [
        {
            "Type": "simple",
            "SKU": "K-1",
            "Name": "Kettle",
            "Published": "1",
            "Description": r"Hot.\nHotter.",
            "In stock?": "1",
            "Stock": "5",
            "Sale price": "12.10",
            "Regular price": "15.00",
            "Categories": r"Home > Tea\, hot, Sale",
            "Images": r"https://a.example/1.jpg, https://a.example/2\,3.jpg",
            "Brands": r"Smith\, Sons",
        }
    ]


def test_a_product_that_is_not_sold_is_a_draft_and_one_that_is_out_says_so(store: Store) -> None:
    fill(store, [kettle(is_active=False, quantity=0)])
    (row,) = rows_of(store, "woocommerce")
    assert (row["Published"], row["In stock?"], row["Stock"]) == ("'-1", "0", "0")


def test_an_old_price_that_is_not_above_the_price_makes_no_sale(store: Store) -> None:
    fill(store, [kettle(old_price=Decimal("12.00"))])
    (row,) = rows_of(store, "woocommerce")
    assert row["Regular price"] == "12.10"
    assert "Sale price" not in row


def test_cells_that_begin_like_formulas_are_guarded(store: Store) -> None:
    fill(store, [kettle(sku="=1", title="+2", description="-3", brand="@4", paths=[("=5",)], pictures=("-6",))])
    (row,) = rows_of(store, "woocommerce")
    names = ("SKU", "Name", "Description", "Brands", "Categories", "Images")
    assert [row[name] for name in names] == ["'=1", "'+2", "'-3", "'@4", "'=5", "'-6"]


def test_the_members_of_a_group_are_variations_of_a_parent(store: Store) -> None:
    members = [
        mug("M-RL", "Mug, red, L", description="Fine.", pictures=("red.jpg", "mug.jpg")),
        mug("M-BS", "Mug, blue, S", description="Fine.", pictures=("mug.jpg",), quantity=0, is_active=False),
    ]
    fill(store, members)
    parent, first, second = rows_of(store, "woocommerce")
    assert parent == {
        "Type": "variable",
        "SKU": "mug",
        "Name": "Mug",
        "Published": "1",
        "Description": "Fine.",
        "In stock?": "1",
        "Categories": "Kitchen > Mugs",
        "Images": "mug.jpg",
        "Attribute 1 name": "Option 1",
        "Attribute 1 value(s)": "red, blue",
        "Attribute 1 visible": "1",
        "Attribute 1 global": "0",
        "Attribute 2 name": "Option 2",
        "Attribute 2 value(s)": "L, S",
        "Attribute 2 visible": "1",
        "Attribute 2 global": "0",
        "Brands": "Potter",
    }
    assert first == {
        "Type": "variation",
        "SKU": "M-RL",
        "Name": "Mug, red, L",
        "Published": "1",
        "In stock?": "1",
        "Stock": "5",
        "Regular price": "12.10",
        "Images": "red.jpg",
        "Parent": "mug",
        "Attribute 1 name": "Option 1",
        "Attribute 1 value(s)": "red",
        "Attribute 1 global": "0",
        "Attribute 2 name": "Option 2",
        "Attribute 2 value(s)": "L",
        "Attribute 2 global": "0",
    }
    assert (second["SKU"], second["Published"], second["Stock"]) == ("M-BS", "0", "0")


def test_a_group_comes_back_whole(store: Store) -> None:
    texts = [("red", "Fine."), ("blue", None)]
    fill(store, [mug(color, f"Mug, {color}", description=text, pictures=(color, "m")) for color, text in texts])
    tally = Tally()
    there = [held(product) for product in presents(store)]
    assert read_back(exported(store, "woocommerce", tally), "woocommerce") == there
    assert +tally.lost == {NO_ADDRESS: 2}


@pytest.mark.parametrize(
    "odd",
    [{"title": "Cup, blue"}, {"title": "Mug"}, {"title": "Mug, red"}, {"brand": None}, {"paths": []}],
    ids=["title", "bare", "same", "brand", "category"],
)
def test_a_member_that_would_change_is_a_simple_product(store: Store, odd: dict[str, Any]) -> None:
    fill(store, [mug("A", "Mug, red"), {**mug("B", "Mug, blue"), **odd}])
    *_, second = rows_of(store, "woocommerce")
    assert (second["Type"], second["SKU"]) == ("simple", "B")


def test_a_product_without_a_sku_goes_out_under_its_key(store: Store) -> None:
    _, number = fill(store, [kettle(sku=None, key="mug/red"), kettle(sku=None)])
    assert [row["SKU"] for row in rows_of(store, "woocommerce")] == ["mug/red", f"product:{number}"]


def test_a_key_that_is_an_id_of_woocommerce_is_the_id_and_a_sku_never_is(store: Store) -> None:
    fill(store, [kettle(sku=None, key="id:7"), kettle(sku="id:8")])
    first, second = rows_of(store, "woocommerce")
    assert (first["ID"], second["SKU"]) == ("7", "id:8")
    assert "SKU" not in first
    assert "ID" not in second
    assert [(each.get("sku"), each.get("key")) for each in read_back(exported(store, "woocommerce"))] == [
        (None, "id:7"),
        ("id:8", None),
    ]


def test_a_group_that_is_an_id_of_woocommerce_is_the_id_of_the_parent(store: Store) -> None:
    fill(store, [mug("A", "Mug, red", group="id:12"), mug("B", "Mug, blue", group="id:12")])
    parent, first, _ = rows_of(store, "woocommerce")
    assert (parent["ID"], first["Parent"]) == ("12", "id:12")
    assert {each["group"] for each in read_back(exported(store, "woocommerce"))} == {"id:12"}


def test_no_two_rows_have_the_same_sku(store: Store) -> None:
    a, b, c, _ = fill(
        store,
        [
            mug("mug", "Mug, red"),
            mug("B", "Mug, blue"),
            kettle(sku=None, key="B"),
            kettle(sku=None, key="x" * 101),
        ],
    )
    names = [row["SKU"] for row in rows_of(store, "woocommerce")]
    assert names[:4] == [f"mug-{a}", "mug", "B", f"B-{c}"]
    assert (len(names[4]), len(set(names))) == (100, 5)
    assert a < b
