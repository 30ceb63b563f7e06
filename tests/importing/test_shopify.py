"""What Shopify's product CSV becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.shop_files import accounted, lines, load, names, row, table
from webstore_kit.importing import shopify
from webstore_kit.importing.entries import LIST, Entry, Refusal, Row

PICTURES = "https://pictures.example/"
SHIRT = {
    "description": "<p>Soft.\nWarm.</p>",
    "brand": "Loom & Co",
    "categories": "Apparel & Accessories > Clothing > Shirts",
    "is_active": "true",
    "group": "t-shirt",
}
SHIRT_PICTURES = LIST.join([f"{PICTURES}front.jpg", f"{PICTURES}back.jpg"])


def outcomes(name: str) -> tuple[list[Entry], list[Refusal]]:
    header, rows = load(name)
    return split(header, rows)


def split(header: list[str], rows: list[Row]) -> tuple[list[Entry], list[Refusal]]:
    made = list(shopify.read(rows, header))
    return [one for one in made if isinstance(one, Entry)], [one for one in made if isinstance(one, Refusal)]


def fields_of(*rows: dict[str, str]) -> list[dict[str, str]]:
    entries, refusals = split(*table(*rows))
    assert refusals == []
    return [dict(entry.fields) for entry in entries]


def refusal_of(*rows: dict[str, str]) -> Refusal:
    entries, refusals = split(*table(*rows))
    assert (entries, len(refusals)) == ([], 1)
    return refusals[0]


def test_each_variant_is_an_entry_and_rows_of_a_handle_need_not_follow_each_other() -> None:
    entries, _ = outcomes("shopify_old.csv")
    assert [dict(entry.fields) for entry in entries[:3]] == [
        {
            "sku": "TS-RL",
            "title": "T-shirt, red, L",
            "price": "19.90",
            "old_price": "25.00",
            "quantity": "7",
            "pictures": SHIRT_PICTURES,
            **SHIRT,
        },
        {
            "sku": "TS-RM",
            "title": "T-shirt, red, M",
            "price": "19.90",
            "old_price": "",
            "quantity": "0",
            "pictures": SHIRT_PICTURES,
            **SHIRT,
        },
        {
            "key": "t-shirt/blue/L",
            "title": "T-shirt, blue, L",
            "price": "18.00",
            "old_price": "",
            "quantity": "2",
            "pictures": f"{PICTURES}blue.jpg{LIST}{SHIRT_PICTURES}",
            **SHIRT,
        },
    ]


def test_an_entry_names_its_line_its_columns_and_all_rows_that_it_was_made_of() -> None:
    entries, _ = outcomes("shopify_old.csv")
    assert [(entry.line, lines(entry)) for entry in entries[:3]] == [(2, [2, 7]), (4, [2, 4, 7]), (6, [2, 6, 7])]
    assert entries[2].columns == {
        "key": "Handle",
        "title": "Title",
        "price": "Variant Price",
        "old_price": "Variant Compare At Price",
        "quantity": "Variant Inventory Qty",
        "description": "Body (HTML)",
        "brand": "Vendor",
        "categories": "Product Category",
        "is_active": "Published",
        "pictures": "Variant Image",
        "group": "Handle",
    }


def test_a_default_title_is_one_product_without_options_group_or_counted_stock() -> None:
    entries, _ = outcomes("shopify_old.csv")
    assert dict(entries[3].fields) == {
        "key": "mug",
        "title": "Mug",
        "price": "8",
        "old_price": "",
        "description": "",
        "brand": "Potter",
        "categories": "Kitchen",
        "is_active": "false",
        "pictures": f"{PICTURES}mug.jpg",
    }


def test_a_single_variant_with_an_option_has_a_group_and_a_title_without_handle_is_a_product() -> None:
    entries, _ = outcomes("shopify_old.csv")
    assert [
        {field: entry.fields.get(field) for field in ("sku", "title", "old_price", "is_active", "group")}
        for entry in entries[4:]
    ] == [
        {"sku": "GC-50", "title": "Gift card, 50", "old_price": "", "is_active": "false", "group": "gift-card"},
        {"sku": "PO-1", "title": "Poster", "old_price": "", "is_active": "false", "group": None},
    ]


def test_what_is_structurally_wrong_is_refused_with_its_place_and_all_rows_of_the_product() -> None:
    _, refusals = outcomes("shopify_old.csv")
    assert [(one.line, one.column, one.value, one.reason, lines(one)) for one in refusals] == [
        (
            11,
            "Handle",
            "",
            "The row has neither a handle nor a title, so nobody knows which product it belongs to.",
            [11],
        ),
        (12, "Title", "", "The first row of the handle untitled has no title.", [12]),
        (13, "Variant SKU", "TS-RL", "Lines 2 and 13 have the same SKU, but a SKU names one variant.", [13]),
        (15, "Option1 Value", "S", "Lines 14 and 15 are the same variant of the product.", [14, 15, 16]),
        (
            18,
            "Option1 Value",
            "",
            "Other variants of the product have a value for this option, this one has none.",
            [17, 18],
        ),
        (19, "Status", "on the shelf", "Shopify has no such word here.", [19]),
        (
            20,
            "Variant SKU",
            "",
            "The row has neither a SKU nor a handle, so the next import could not know the product again.",
            [20],
        ),
    ]
    assert refusals[5].fix == "Write one of active, draft, archived, unlisted."


def test_the_newer_dialect_says_the_same() -> None:
    entries, refusals = outcomes("shopify_new.csv")
    rope = {
        "description": "",
        "brand": "",
        "categories": "Tools",
        "is_active": "false",
        "old_price": "",
        "group": "rope",
        "pictures": f"{PICTURES}rope.jpg{LIST}{PICTURES}knot.jpg",
    }
    assert refusals == []
    assert [dict(entry.fields) for entry in entries] == [
        {
            "sku": "LA-1",
            "title": "Lamp",
            "price": "40.00",
            "old_price": "55.50",
            "quantity": "12",
            "description": "Shines.",
            "brand": "Lux",
            "categories": "Home > Lamps",
            "is_active": "true",
            "pictures": f"{PICTURES}lamp.jpg",
        },
        {"key": "rope/1/2 m/white/high", "title": "Rope, 1/2 m, white, high", "price": "2.00", **rope},
        {"key": "rope/1 m/white/high", "title": "Rope, 1 m, white, high", "price": "3.50", **rope},
    ]


@pytest.mark.parametrize("name", ["shopify_old.csv", "shopify_new.csv"])
def test_every_row_of_a_file_becomes_something_and_its_header_is_known(name: str) -> None:
    header, rows = load(name)
    assert accounted(shopify.read(rows, header)) == {one.line for one in rows}
    assert shopify.detects(header)
    assert shopify.detects([text.upper() for text in header])


@pytest.mark.parametrize(
    "header",
    [
        ["sku", "title", "price", "quantity"],
        ["Handle", "Title", "Price"],
        ["Handle", "Title", "Option1 Name", "Option1 Value", "SKU", "Location", "Available"],
    ],
)
def test_other_files_are_not_taken_for_shopifys(header: list[str]) -> None:
    assert not shopify.detects(header)


def test_columns_that_are_absent_are_not_spoken_of() -> None:
    assert fields_of({"Handle": "mug", "Variant Price": "8"}) == [{"key": "mug", "price": "8"}]


def test_a_file_may_have_no_option_columns() -> None:
    assert fields_of({"Handle": "mug", "Title": "Mug"}) == [{"key": "mug", "title": "Mug"}]


def test_the_first_row_may_speak_of_the_product_alone() -> None:
    assert fields_of(
        {"Handle": "sock", "Title": "Sock", "Option1 Value": ""}, {"Handle": "sock", "Option1 Value": "S"}
    ) == [{"key": "sock/S", "title": "Sock, S", "group": "sock"}]


def test_stock_counts_where_the_file_has_no_column_for_the_tracker() -> None:
    assert fields_of({"Handle": "mug", "Variant Inventory Qty": "3"}) == [{"key": "mug", "quantity": "3"}]


def test_a_compare_at_price_that_is_no_number_is_left_to_whoever_checks_prices() -> None:
    row = {"Handle": "mug", "Variant Price": "8", "Variant Compare At Price": "nine"}
    assert fields_of(row) == [{"key": "mug", "price": "8", "old_price": "nine"}]


def test_product_category_stands_before_type() -> None:
    row = {"Handle": "mug", "Product Category": "Home > Cups", "Type": "Kitchen"}
    assert fields_of(row) == [{"key": "mug", "categories": "Home > Cups"}]


def test_pictures_without_a_position_come_last_and_none_comes_twice() -> None:
    rows = [
        {"Handle": "mug", "Image Src": src, "Image Position": at} for src, at in [("b", ""), ("a", "1"), ("b", "2")]
    ]
    assert fields_of(*rows) == [{"key": "mug", "pictures": f"a{LIST}b"}]


def test_without_sku_what_cannot_be_told_apart_by_its_key_is_refused() -> None:
    rows = [{"Handle": "rope", "Option1 Value": one, "Option2 Value": two} for one, two in [("a/b", "c"), ("a", "b/c")]]
    refusal = refusal_of(*rows)
    assert (refusal.line, refusal.value) == (3, "rope/a/b/c")
    assert refusal.reason == "Lines 2 and 3 have no SKU, and by handle and options they cannot be told apart."


def test_a_sku_on_a_refused_row_is_taken_all_the_same() -> None:
    _, refusals = split(
        *table(
            {"Handle": "a", "Title": "", "Variant SKU": "1"},
            {"Handle": "b", "Title": "B", "Variant SKU": "1"},
        )
    )
    assert [one.line for one in refusals] == [2, 3]


def test_what_was_refused_before_is_passed_on() -> None:
    before = Refusal(2, "", "", "Too many cells.", "Count them.")
    made = list(shopify.read([before, Row(3, {"Handle": "mug"})], ["Handle"]))
    assert made == [before, Entry(3, {"key": "mug"}, {"key": "Handle"}, (Row(3, {"Handle": "mug"}),))]


HEADER = [
    "Handle",
    "Title",
    "Status",
    "Published",
    "Product Category",
    "Option1 Name",
    "Option1 Value",
    "Option2 Value",
    "Variant SKU",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Inventory Qty",
    "Image Src",
    "Image Position",
]
CELLS = (
    st.sampled_from(["", "", "a", "b", "Title", "Default Title", "active", "1", "2.50", "x > y", "\u200b"]) | st.text()
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(HEADER, CELLS)), max_size=8))
def test_every_row_of_any_table_becomes_something(cells: list[dict[str, str]]) -> None:
    rows = [row(line, HEADER, each) for line, each in enumerate(cells, 2)]
    assert accounted(shopify.read(rows, HEADER)) == {one.line for one in rows}


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(HEADER, CELLS)), max_size=8))
def test_no_two_entries_of_any_table_are_known_by_the_same_name(cells: list[dict[str, str]]) -> None:
    rows = [row(line, HEADER, each) for line, each in enumerate(cells, 2)]
    entries, _ = split(HEADER, rows)
    sku_or_key = names(entries)
    assert len(set(sku_or_key)) == len(sku_or_key)
    assert all(bool(sku) != bool(key) for sku, key in sku_or_key)
