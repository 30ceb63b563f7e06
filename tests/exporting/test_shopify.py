"""The file for Shopify: which rows products become, and what they are called there."""

from decimal import Decimal
from typing import Any

import pytest

from tests.exporting.catalogues import exported, fill, held, kettle, mug, presents, read_back, rows_of
from webstore_kit import Store
from webstore_kit.exporting.tally import NO_ADDRESS, Tally


def handles(store: Store) -> list[str]:
    return [row["URL handle"] for row in rows_of(store, "shopify")]


def test_a_product_is_one_row_with_the_default_option(store: Store) -> None:
    details = {"old_price": Decimal("15.00"), "brand": "Acme", "description": "<p>Hot.</p>"}
    (number,) = fill(
        store, [kettle(**details, paths=[("Home", "Tea"), ("Sale",)], pictures=("https://a.example/1.jpg",))]
    )
    assert rows_of(store, "shopify") == [
        {
            "Title": "Kettle",
            "URL handle": f"kettle-k-1-{number}",
            "Description": "<p>Hot.</p>",
            "Vendor": "Acme",
            "Product category": "Home > Tea",
            "Type": "Tea",
            "Published on online store": "TRUE",
            "Status": "Active",
            "SKU": "K-1",
            "Option1 name": "Title",
            "Option1 value": "Default Title",
            "Price": "12.10",
            "Compare-at price": "15.00",
            "Inventory tracker": "shopify",
            "Inventory quantity": "5",
            "Product image URL": "https://a.example/1.jpg",
            "Image position": "1",
        }
    ]


def test_a_product_that_is_not_sold_is_a_draft(store: Store) -> None:
    fill(store, [kettle(is_active=False)])
    (row,) = rows_of(store, "shopify")
    assert (row["Published on online store"], row["Status"]) == ("FALSE", "Draft")


def test_an_old_price_that_is_not_above_the_price_is_left_out(store: Store) -> None:
    fill(store, [kettle(old_price=Decimal("12.10"))])
    (row,) = rows_of(store, "shopify")
    assert "Compare-at price" not in row


def test_the_members_of_a_group_are_variants_under_its_name(store: Store) -> None:
    own, shared = "https://a.example/red.jpg", ("https://a.example/1.jpg", "https://a.example/2.jpg")
    fill(
        store,
        [
            mug("M-RL", "Mug, red, L", pictures=(own, *shared)),
            kettle(),
            mug("M-BS", "Mug, blue, S", pictures=shared, quantity=0, price=Decimal("9.00")),
        ],
    )
    first, second, single = rows_of(store, "shopify")
    names = ("Title", "Option1 name", "Option1 value", "Option2 name", "Option2 value", "SKU", "Price", "Vendor")
    assert [first[name] for name in names] == ["Mug", "Option 1", "red", "Option 2", "L", "M-RL", "12.10", "Potter"]
    assert first["Variant image URL"] == own
    assert second == {
        "URL handle": "mug",
        "Option1 value": "blue",
        "Option2 value": "S",
        "SKU": "M-BS",
        "Price": "9.00",
        "Inventory tracker": "shopify",
        "Inventory quantity": "0",
        "Product image URL": shared[1],
        "Image position": "2",
    }
    assert (first["URL handle"], first["Product image URL"], single["SKU"]) == ("mug", shared[0], "K-1")


def test_further_pictures_have_rows_of_their_own(store: Store) -> None:
    fill(store, [kettle(sku=None, key="kettle", pictures=("https://a.example/1", "https://a.example/2"))])
    assert rows_of(store, "shopify")[1:] == [
        {"URL handle": "kettle", "Product image URL": "https://a.example/2", "Image position": "2"}
    ]


def test_a_group_comes_back_whole(store: Store) -> None:
    fill(store, [mug("A", "Mug, red", pictures=("r", "m")), mug("B", "Mug, blue", pictures=("b", "m"))])
    tally = Tally()
    there = [held(product) for product in presents(store)]
    assert read_back(exported(store, "shopify", tally), "shopify") == there
    assert +tally.lost == {NO_ADDRESS: 2}


@pytest.mark.parametrize(
    "odd",
    [
        {"title": "Cup, blue"},
        {"title": "Mug"},
        {"title": "Mug, red"},
        {"title": "Mug , blue"},
        {"description": "Another."},
        {"brand": None},
        {"is_active": False},
        {"paths": []},
        {"pictures": ("a", "b", "c")},
    ],
    ids=["title", "bare", "same", "blank", "description", "brand", "state", "category", "pictures"],
)
def test_a_member_that_would_change_is_a_product_of_its_own(store: Store, odd: dict[str, Any]) -> None:
    fill(
        store,
        [mug("A", "Mug, red", pictures=("d",)), {**mug("B", "Mug, blue", pictures=("d",)), **odd}],
    )
    tally = Tally()
    first, second = read_back(exported(store, "shopify", tally), "shopify")
    there = [dict(each.fields) for each in presents(store)]
    assert [each["title"] for each in (first, second)] == [each["title"] for each in there]
    assert second.get("description") == there[1]["description"]
    assert second["pictures"] == there[1]["pictures"]
    assert "group" not in second
    assert tally.lost["group"] in (1, 2)


def test_those_that_are_alike_stay_together_without_the_one_that_is_not(store: Store) -> None:
    fill(
        store,
        [mug("A", "Mug, red"), mug("B", "Mug, blue", is_active=False), mug("C", "Mug, green")],
    )
    back = {each["sku"]: each.get("group") for each in read_back(exported(store, "shopify"), "shopify")}
    assert back == {"A": "mug", "B": None, "C": "mug"}


def test_a_variant_without_a_sku_keeps_the_key_it_had_in_shopify(store: Store) -> None:
    keyed = [mug(None, f"Salt, fine, {size}", key=f"mug/fine/{size}") for size in ("1 kg", "2 kg")]
    fill(store, keyed)
    assert [each["key"] for each in read_back(exported(store, "shopify"))] == ["mug/fine/1 kg", "mug/fine/2 kg"]


@pytest.mark.parametrize("key", ["mug", "red-mug-2", "7"])
def test_a_key_that_is_a_handle_is_the_handle(store: Store, key: str) -> None:
    fill(store, [kettle(sku=None, key=key)])
    assert handles(store) == [key]
    assert read_back(exported(store, "shopify"))[0]["key"] == key


@pytest.mark.parametrize("key", ["Mug", "a b", "id:7", "-a", "é", None])
def test_other_handles_are_made_of_title_and_sku(store: Store, key: str | None) -> None:
    (number,) = fill(store, [kettle(title="Crème BRÛLÉE  dish!", key=key)])
    assert handles(store) == [f"creme-brulee-dish-k-1-{number}"]


def test_a_title_without_latin_letters_has_a_handle_too(store: Store) -> None:
    (number,) = fill(store, [kettle(sku=None, title="קומקום")])
    assert handles(store) == [f"product-{number}"]


def test_no_two_products_have_the_same_handle(store: Store) -> None:
    first, *_ = fill(store, [kettle(title="Mug", sku="x")])
    made = f"mug-x-{first}"
    groups = [mug("A", "Mug, red", group="pot"), mug("B", "Mug, blue", group="pot")]
    _, second, _ = fill(store, [kettle(sku=None, key=made), *groups])
    fill(store, [kettle(sku=None, key="pot")])
    assert handles(store) == [f"{made}-{first}", made, f"pot-{second}", f"pot-{second}", "pot"]


def test_a_category_with_a_sign_of_paths_gives_way_to_the_next(store: Store) -> None:
    fill(store, [kettle(paths=[("A > B",), ("Tea", "Hot")])])
    (row,) = rows_of(store, "shopify")
    assert (row["Product category"], row["Type"]) == ("Tea > Hot", "Hot")


def test_a_product_without_a_title_goes_out_under_its_name(store: Store) -> None:
    fill(store, [kettle(title=" ")])
    tally = Tally()
    assert rows_of(store, "shopify", tally)[0]["Title"] == "K-1"
    assert tally.lost["title"] == 1


def test_pictures_that_are_no_addresses_are_counted(store: Store) -> None:
    fill(store, [kettle(pictures=("https://a.example/1", "images/b.jpg")), kettle(sku="2", pictures=("http://a/1",))])
    tally = Tally()
    rows_of(store, "shopify", tally)
    assert tally.lost[NO_ADDRESS] == 1


def test_a_group_of_more_variants_than_shopify_takes_is_more_than_one_product(store: Store) -> None:
    fill(store, [mug(f"{number}", f"Mug, {number}") for number in range(2050)])
    groups = [each["group"] for each in read_back(exported(store, "shopify"))]
    assert (len(groups), groups.count("mug"), len(set(groups))) == (2050, 2048, 2)
