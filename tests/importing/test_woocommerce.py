"""What WooCommerce's product CSV becomes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.shop_files import accounted, lines, load, names, row, table
from webstore_kit.importing import shopify, woocommerce
from webstore_kit.importing.entries import LIST, Entry, Refusal, Row

PICTURES = "https://pictures.example/"
TODAY = date(2026, 3, 31)


def split(header: list[str], rows: list[Row], today: date = TODAY) -> tuple[list[Entry], list[Refusal]]:
    made = list(woocommerce.read(rows, header, today))
    return [one for one in made if isinstance(one, Entry)], [one for one in made if isinstance(one, Refusal)]


def fixture(today: date = TODAY) -> tuple[dict[int, Entry], list[Refusal]]:
    entries, refusals = split(*load("woocommerce.csv"), today)
    return {entry.line: entry for entry in entries}, refusals


def fields_of(*rows: dict[str, str]) -> list[dict[str, str]]:
    entries, refusals = split(*table(*rows))
    assert refusals == []
    return [dict(entry.fields) for entry in entries]


def test_a_simple_product_says_all_its_fields() -> None:
    entries, _ = fixture()
    assert dict(entries[3].fields) == {
        "sku": "AL-1",
        "title": "-Album",
        "price": "12",
        "old_price": "15",
        "quantity": "0",
        "description": "Ten songs.\nOne \\\\new voice.",
        "brand": "Loud",
        "categories": LIST.join(["Music > Rock, Pop", "Gifts", "Music > Albums"]),
        "pictures": LIST.join([f"{PICTURES}a,b.jpg", "cover.png"]),
        "is_active": "true",
    }
    assert (entries[3].columns["price"], entries[3].columns["old_price"]) == ("Sale price", "Regular price")


@pytest.mark.parametrize(
    ("today", "price", "old_price"),
    [
        (date(2026, 2, 28), "15", ""),
        (date(2026, 3, 1), "12", "15"),
        (date(2026, 3, 31), "12", "15"),
        (date(2026, 4, 1), "15", ""),
    ],
)
def test_a_sale_is_on_from_its_first_day_to_its_last(today: date, price: str, old_price: str) -> None:
    entries, _ = fixture(today)
    assert (entries[3].fields["price"], entries[3].fields["old_price"]) == (price, old_price)


def test_a_variation_takes_from_its_parent_what_it_does_not_say_itself_even_before_it() -> None:
    entries, _ = fixture()
    shared = {"brand": "Loom", "categories": "Clothing > Hoodies", "group": "HO"}
    assert dict(entries[2].fields) == {
        "sku": "HO-RL",
        "title": "Hoodie, red, L",
        "price": "39.90",
        "old_price": "45",
        "quantity": "4",
        "description": "Warm.",
        "pictures": f"{PICTURES}red.jpg{LIST}{PICTURES}hoodie.jpg",
        "is_active": "true",
        **shared,
    }
    assert dict(entries[5].fields) == {
        "key": "id:13",
        "title": "Hoodie, dark, blue, L",
        "price": "45",
        "old_price": "",
        "quantity": "0",
        "description": "The dark one.",
        "pictures": f"{PICTURES}hoodie.jpg",
        "is_active": "true",
        **shared,
    }
    assert (lines(entries[2]), lines(entries[5])) == ([2, 4], [4, 5])


def test_a_variation_without_its_parent_keeps_its_own_name() -> None:
    entries, _ = fixture()
    assert [entries[7].fields[field] for field in ("sku", "title", "group")] == ["CA-1", "Cap - green", "id:30"]


def test_a_blank_type_is_simple_and_a_product_that_is_not_counted_says_no_quantity() -> None:
    entries, _ = fixture()
    assert dict(entries[12].fields) == {
        "key": "id:60",
        "title": "Pen",
        "price": "2",
        "old_price": "",
        "description": "Writes.\nBlue.",
        "brand": "",
        "categories": "",
        "pictures": "",
        "is_active": "false",
    }
    assert entries[12].columns["description"] == "Short description"


def test_nothing_else_becomes_an_entry() -> None:
    entries, _ = fixture()
    assert list(entries) == [3, 12, 2, 5, 7]


def test_what_is_structurally_wrong_is_refused_with_its_place_and_the_rows_to_mend() -> None:
    _, refusals = fixture()
    assert [(one.line, one.column, one.value, lines(one)) for one in sorted(refusals, key=lambda one: one.line)] == [
        (6, "Attribute 2 value(s)", "", [4, 6]),
        (8, "Parent", "CA-1", [8]),
        (9, "Type", "variable", [9]),
        (10, "Type", "grouped", [10]),
        (11, "Type", "external", [11]),
        (13, "SKU", "", [13]),
        (14, "Stock", "2.5", [14]),
        (15, "Stock", "parent", [4, 15]),
        (16, "Parent", "", [16]),
        (17, "SKU", "AL-1", [17]),
        (18, "Date sale price ends", "31.12.2025", [18]),
        (19, "Parent", "AL-1", [19]),
        (20, "Type", "subscription", [20]),
        (21, "Published", "perhaps", [21]),
    ]


def test_a_refusal_says_what_is_wrong_and_how_to_mend_it() -> None:
    said = {one.line: (one.reason, one.fix) for one in fixture()[1]}
    assert said[6] == (
        "The variation has no value for this attribute, which in WooCommerce means any of them.",
        "Write the value, with a row for each value that is sold.",
    )
    assert said[8][0] == (
        "The parent of the variation is of the type variation, but only a variable product has variations."
    )
    assert said[9] == (
        "The product is variable, but the file has no variation of it that can be taken, so it has no price.",
        "Add its variations, or make its type simple and give it a price.",
    )
    assert said[10][0] == (
        "A grouped product has no price: it is a page for other products. There is nothing like it here."
    )
    assert said[17][0] == "Lines 3 and 17 have the same SKU, but it names one product."
    assert said[20][0] == "This type of product is not known here."


def test_every_row_of_a_file_becomes_something_and_its_header_is_known() -> None:
    header, rows = load("woocommerce.csv")
    assert accounted(woocommerce.read(rows, header)) == {one.line for one in rows}
    assert woocommerce.detects(header)
    assert woocommerce.detects([f"\ufeff{text.upper()} " for text in header])


GERMAN = {
    "ID": "1",
    "Typ": "variation",
    "Artikelnummer": "A",
    "Name": "Hemd - rot",
    "Veröffentlicht": "1",
    "Kurzbeschreibung": "Kurz",
    "Beschreibung": "",
    "Datum, an dem Angebotspreis beginnt": "2026-01-01",
    "Datum, an dem Angebotspreis endet": "",
    "Vorrätig?": "1",
    "Bestand": "3",
    "Angebotspreis": "9,50",
    "Regulärer Preis": "10,00",
    "Kategorien": "K",
    "Bilder": "b.jpg",
    "Übergeordnetes Produkt": "id:7",
    "Marken": "M",
    "Attribut 1 Name": "Farbe",
    "Attribut 1 Wert(e)": "rot",
}
FRENCH = (
    "ID",
    "Type",
    "UGS",
    "Nom",
    "Publié",
    "Description courte",
    "Description",
    "Date de début de promo",
    "Date de fin de promo",
    "En stock\u00a0?",
    "Stock",
    "Tarif promo",
    "Tarif régulier",
    "Catégories",
    "Images",
    "Parent",
    "Brands",
    "Nom de l’attribut 1",
    "Valeur(s) de l’attribut 1 ",
)
SPANISH = (
    "ID",
    "Tipo",
    "SKU",
    "Nombre",
    "Publicado",
    "Descripción corta",
    "Descripción",
    "Día en que empieza el precio rebajado",
    "Día en que termina el precio rebajado",
    "¿Existencias?",
    "Inventario",
    "Precio rebajado",
    "Precio normal",
    "Categorías",
    "Imágenes",
    "Superior",
    "Marcas",
    "Nombre del atributo 1",
    "Valor(es) del atributo 1",
)
ITALIAN = (
    "ID",
    "Tipo",
    "SKU",
    "Nome",
    "Pubblicato",
    "Breve descrizione",
    "Descrizione",
    "Data di partenza del prezzo in saldo",
    "Data in cui termina l'offerta",
    "In stock?",
    "Magazzino",
    "Prezzo in offerta",
    "Prezzo di listino",
    "Categorie",
    "Immagine",
    "Genitore",
    "Marchi",
    "Nome dell'attributo 1",
    "Valore dell'attributo 1",
)


@pytest.mark.parametrize("header", [tuple(GERMAN), FRENCH, SPANISH, ITALIAN], ids=["de", "fr", "es", "it"])
def test_translated_headers_are_known(header: tuple[str, ...]) -> None:
    assert woocommerce.detects(header)
    assert fields_of(dict(zip(header, GERMAN.values(), strict=True))) == [
        {
            "sku": "A",
            "title": "Hemd - rot",
            "price": "9,50",
            "old_price": "10,00",
            "quantity": "3",
            "description": "Kurz",
            "brand": "M",
            "categories": "K",
            "pictures": "b.jpg",
            "is_active": "true",
            "group": "id:7",
        }
    ]


@pytest.mark.parametrize("header", [tuple(GERMAN), FRENCH, SPANISH, ITALIAN], ids=["de", "fr", "es", "it"])
def test_translated_attributes_are_known(header: tuple[str, ...]) -> None:
    any_colour = dict(zip(header, (GERMAN | {"Attribut 1 Wert(e)": ""}).values(), strict=True))
    _, refusals = split(*table(any_colour))
    assert [one.column for one in refusals] == [header[-1]]


def test_other_files_are_not_taken_for_woocommerces() -> None:
    assert not woocommerce.detects(["sku", "title", "price", "Sale price", "type"])
    assert not woocommerce.detects(["sku", "name", "price", "type", "description", "stock"])
    assert not any(woocommerce.detects(load(name)[0]) for name in ("shopify_old.csv", "shopify_new.csv"))
    assert not shopify.detects(load("woocommerce.csv")[0])


def test_columns_that_are_absent_are_not_spoken_of() -> None:
    assert fields_of({"SKU": "A", "Regular price": "2"}) == [{"sku": "A", "price": "2"}]


@pytest.mark.parametrize(("sale", "regular"), [("3", "2"), ("2", "2"), ("2,50", "2,5")])
def test_a_sale_price_that_is_not_below_the_regular_one_is_no_sale(sale: str, regular: str) -> None:
    row = {"SKU": "A", "Sale price": sale, "Regular price": regular}
    assert fields_of(row) == [{"sku": "A", "price": regular, "old_price": ""}]


@pytest.mark.parametrize("text", ["31.12.2026", "2026-02-31", "soon"])
def test_a_date_that_is_none_is_refused_rather_than_a_sale_without_end(text: str) -> None:
    entries, refusals = split(
        *table({"SKU": "A", "Sale price": "1", "Regular price": "2", "Date sale price ends": text})
    )
    assert (entries, [(one.column, one.value) for one in refusals]) == ([], [("Date sale price ends", text)])


@pytest.mark.parametrize(
    ("stock", "in_stock", "quantity"),
    [
        ("", "0", "0"),
        ("", "1", None),
        ("", "backorder", None),
        ("5", "0", "5"),
        ("12.00", "1", "12.00"),
        ("x", "", "x"),
    ],
)
def test_stock_is_a_number_or_not_counted(stock: str, in_stock: str, quantity: str | None) -> None:
    (fields,) = fields_of({"SKU": "A", "Stock": stock, "In stock?": in_stock})
    assert fields.get("quantity") == quantity


@pytest.mark.parametrize(
    ("kind", "published", "is_active"),
    [
        ("simple", "TRUE", "true"),
        ("simple", "false", "false"),
        ("simple", "'-1", "false"),
        ("simple", "", ""),
        ("variation", "-1", "true"),
        ("variation", "0", "false"),
    ],
)
def test_published_is_public_private_or_a_draft(kind: str, published: str, is_active: str) -> None:
    (fields,) = fields_of({"SKU": "A", "Type": kind, "Published": published, "Parent": "B" if kind != "simple" else ""})
    assert fields["is_active"] == is_active


def test_a_variation_of_a_private_parent_is_not_active() -> None:
    (fields,) = fields_of(
        {"SKU": "B", "Type": "variable", "Name": "B", "Published": "0", "Parent": ""},
        {"SKU": "A", "Type": "variation", "Name": "", "Published": "1", "Parent": "B"},
    )
    assert fields == {"sku": "A", "title": "", "is_active": "false", "group": "B"}


def test_a_parent_is_found_by_id_and_the_group_is_its_sku_or_that_id() -> None:
    rows = [
        {"ID": "1", "SKU": "B", "Type": "variable", "Parent": ""},
        {"ID": "2", "SKU": "", "Type": "variable", "Parent": ""},
        {"ID": "3", "SKU": "C", "Type": "variation", "Parent": "id:1"},
        {"ID": "4", "SKU": "D", "Type": "variation", "Parent": "ID: 2"},
    ]
    assert fields_of(*rows) == [{"sku": "C", "group": "B"}, {"sku": "D", "group": "id:2"}]


def test_what_was_refused_before_is_passed_on_and_today_is_taken_from_the_clock() -> None:
    before = Refusal(2, "", "", "Too many cells.", "Count them.")
    row = Row(3, {"SKU": "A", "Sale price": "1", "Date sale price starts": "2020-01-01", "Regular price": "2"})
    made = list(woocommerce.read([before, row], list(row.cells)))
    assert made[0] == before
    assert isinstance(made[1], Entry)
    assert made[1].fields == {"sku": "A", "price": "1", "old_price": "2"}


HEADER = [
    "ID",
    "Type",
    "SKU",
    "Name",
    "Published",
    "Sale price",
    "Regular price",
    "Date sale price ends",
    "Stock",
    "In stock?",
    "Categories",
    "Images",
    "Parent",
    "Attribute 1 name",
    "Attribute 1 value(s)",
]
KINDS = st.sampled_from(["", "simple", "variable", "variation", "grouped", "variation, virtual"])
CELLS = st.sampled_from(["", "", "a", "b", "id:1", "1", "2", "2.5", "2026-01-01", "'-1", r"a\, b, c > d"]) | st.text()
TABLES = st.lists(st.fixed_dictionaries(dict.fromkeys(HEADER, CELLS) | {"Type": KINDS}), max_size=8)


@given(TABLES)
def test_every_row_of_any_table_becomes_something(cells: list[dict[str, str]]) -> None:
    rows = [row(line, HEADER, each) for line, each in enumerate(cells, 2)]
    assert accounted(woocommerce.read(rows, HEADER, TODAY)) == {one.line for one in rows}


@given(TABLES)
def test_no_two_entries_of_any_table_are_known_by_the_same_name(cells: list[dict[str, str]]) -> None:
    rows = [row(line, HEADER, each) for line, each in enumerate(cells, 2)]
    entries, _ = split(HEADER, rows)
    sku_or_key = names(entries)
    assert len(set(sku_or_key)) == len(sku_or_key)
    assert all(bool(sku) != bool(key) for sku, key in sku_or_key)
