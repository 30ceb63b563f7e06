"""The file of refused rows: every one of them, as it was, with what is wrong; mended it is imported like any other."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.importing.catalogues import counts, csv_text, field, refusals, saved, shop, tables, take
from webstore_kit import Store
from webstore_kit.importing import pace
from webstore_kit.importing.formats import Options
from webstore_kit.importing.services import ImportOptions, Report, import_catalogue

NASTY = {
    "quotes": 'the "best"',
    "delimiters": "a,b;c\td|e",
    "lines": "one\ntwo\r\nthree\rfour",
    "formula": "'=1+1",
    "guarded quote": "''=1+1",
    "minus": "'-5",
    "backslash": "C:\\new\\\\x",
    "null": "NULL",
    "copy": "\\N \\. \\t",
    "emoji": "🫖 Tee é ÿ ſ",
    "spaces": "a  b\u00a0c",
    "html": "<b>&amp;</b>",
    "apostrophe": "'quoted'",
}


def text_of(report: Report) -> str:
    assert report.rejected is not None
    return report.rejected.read_bytes().decode("utf-8-sig")


def table_of(report: Report, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(report), newline=""), delimiter=delimiter))


def mend(report: Report, wrong: str, right: str, encoding: str = "utf-8-sig") -> Path:
    """The rejected file, with the cells mended by whoever reads it."""
    assert report.rejected is not None
    content = report.rejected.read_bytes().decode(encoding)
    assert wrong in content
    report.rejected.write_bytes(content.replace(wrong, right).encode(encoding))
    return report.rejected


def test_the_refused_rows_stand_in_a_file_of_the_same_columns_with_what_is_wrong(store: Store) -> None:
    report = take(store, "Title,SKU,Price\nKettle,A-1,free\nMug,A-2,5\nPan,A-3,1.234\nPot,,1\n")
    assert report.rejected == store.settings.directory / "shop.csv.rejected.csv"
    assert table_of(report) == [
        {
            "Title": "Kettle",
            "SKU": "A-1",
            "Price": "free",
            "error": "Price: is no amount. Write digits alone, such as 12.50.",
        },
        {
            "Title": "Pan",
            "SKU": "A-3",
            "Price": "1.234",
            "error": "Price: could be two amounts. Write 1234, or 1.23.",
        },
        {"Title": "Pot", "SKU": "", "Price": "1", "error": "SKU: names no product. Give it a SKU, or a key."},
    ]
    assert report.rejected.read_bytes().startswith(b"\xef\xbb\xbfTitle,SKU,Price,error\r\n")


def test_a_row_with_several_faults_is_there_once(store: Store) -> None:
    report = take(store, "sku,title,price,quantity\nA-1,,free,some\n")
    (row,) = table_of(report)
    assert row["error"].count("price: is no amount") == row["error"].count("quantity: is no whole number") == 1
    assert (counts(report), len(report.refusals)) == ((0, 0, 0, 1), 2)


def test_mended_rows_are_all_taken_and_the_error_column_may_stay(store: Store) -> None:
    rows = [{"sku": f"A-{number}", "title": "Mug", "price": "free" if number % 3 else "1"} for number in range(30)]
    report = take(store, csv_text(rows))
    assert counts(report) == (10, 0, 0, 20)
    again = import_catalogue(store, mend(report, ",free,", ",1,"))
    assert (counts(again), again.rejected, len(shop(store))) == ((20, 0, 0, 0), None, 30)


def test_rows_that_are_refused_again_stand_in_a_file_of_their_own(store: Store) -> None:
    report = take(store, "sku,title,price\nA-1,Mug,free\nA-2,Mug,free\n")
    again = import_catalogue(store, mend(report, "A-1,Mug,free", "A-1,Mug,1"))
    assert again.rejected == store.settings.directory / "shop.csv.rejected.csv.rejected.csv"
    assert table_of(again) == [
        {
            "sku": "A-2",
            "title": "Mug",
            "price": "free",
            "error": "price: is no amount. Write digits alone, such as 12.50.",
        }
    ]


def test_rows_of_all_kinds_of_refusal_come_in_the_order_of_the_file(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FIRST", 3)
    rows = ["A-1,Mug,free,1", "A-2,Mug,1,1", "A-2,Mug,2,1", "A-3,,1,1", "A-4,Mug,1", 'A-5,"M"ug,1,1', "A-6,Mug,1,x"]
    report = take(store, "sku,title,price,quantity\n" + "\n".join(rows) + "\n")
    assert counts(report) == (1, 0, 0, 6)
    assert [row["sku"] for row in table_of(report)] == ["A-1", "A-2", "A-3", "A-4", "", "A-6"]
    assert [refusal.line for refusal in report.refusals] == [2, 4, 5, 6, 7, 8]


def test_nasty_cells_come_back_as_they_were(store: Store) -> None:
    rows = [
        {"sku": name, "title": "T", "price": "free", "description": text, "brand": text.splitlines()[0]}
        for name, text in NASTY.items()
    ]
    report = take(store, csv_text(rows))
    assert [row["description"] for row in table_of(report)] == list(NASTY.values())
    assert counts(import_catalogue(store, mend(report, ",free,", ",1,"))) == (len(NASTY), 0, 0, 0)
    mended = shop(store)
    clean = csv_text([{**row, "price": "1"} for row in rows])
    assert counts(take(store, clean, "clean.csv")) == (0, 0, len(NASTY), 0)
    assert mended["formula"]["description"] == "=1+1"
    assert mended["guarded quote"]["description"] == "'=1+1"
    assert mended["lines"]["description"] == NASTY["lines"]


def test_nasty_texts_of_json_come_back_as_they_were_and_are_no_formulas(store: Store) -> None:
    texts = {**NASTY, "equals": "=1+1", "at": "@SUM(A1)", "list": "a|b"}
    products = [
        {"sku": name, "title": "T", "price": "free", "description": text, "categories": [f"> {text[:9]}", "=a|b"]}
        for name, text in texts.items()
    ]
    report = take(store, json.dumps(products), "shop.json")
    assert [row for row in table_of(report) if row["description"].startswith(("=", "@", "-"))] == []
    assert counts(import_catalogue(store, mend(report, "free", "1"))) == (len(texts), 0, 0, 0)
    found = shop(store)
    clean = json.dumps([{**product, "price": 1} for product in products])
    assert counts(take(store, clean, "clean.json")) == (0, 0, len(texts), 0)
    assert {name: found[name]["description"] for name in texts} == texts


def test_json_is_refused_into_a_table(store: Store) -> None:
    products = [
        {"sku": "A-1", "title": "Mug", "price": "free", "is_active": False, "categories": ["A > B", "C|D"]},
        {"sku": "A-2", "title": "Pan", "price": 1},
        {"SKU": "A-3", "title": None, "price": 12.10, "colour": "red"},
        "A-4",
    ]
    report = take(store, json.dumps(products), "shop.json")
    assert counts(report) == (1, 0, 0, 3)
    assert table_of(report)[0] == {
        "sku": "A-1",
        "title": "Mug",
        "price": "free",
        "is_active": "false",
        "categories": "A > B|C\\|D",
        "SKU": "",
        "colour": "",
        "error": "price: is no amount. Write digits alone, such as 12.50.",
    }
    assert [row["SKU"] for row in table_of(report)] == ["", "A-3", ""]
    assert table_of(report)[2]["error"].startswith("It is no object.")


def test_of_many_objects_on_a_line_each_has_its_own_error(store: Store) -> None:
    products = [{"sku": f"A-{number}", "title": "Mug", "price": price} for number, price in enumerate(["x", "1", "y"])]
    report = take(store, json.dumps([*products, {**products[1], "title": "Cup"}]), "shop.json")
    assert [(row["sku"], row["title"], row["error"].partition(".")[0]) for row in table_of(report)] == [
        ("A-0", "Mug", "price: is no amount"),
        ("A-2", "Mug", "price: is no amount"),
        ("A-1", "Cup", "sku: names the product of line 1 again"),
    ]


def test_a_file_with_semicolons_and_decimal_commas_is_refused_in_kind(store: Store) -> None:
    text = "sku;title;price\nA-1;Mug;1,50\nA-2;Pan, large;1.50\n"
    report = take(store, text, decimal_sign=",")
    assert refusals(report) == [(3, "price", "1.50", "has another decimal sign")]
    assert text_of(report).splitlines()[:2] == [
        "sku;title;price;error",
        "A-2;Pan, large;1.50;price: has another decimal sign. Write 1,50, or give --decimal .",
    ]
    path = mend(report, "1.50;price", "1,50;price")
    assert counts(import_catalogue(store, path, ImportOptions(decimal_sign=","))) == (1, 0, 0, 0)
    assert {name: str(price) for name, price in field(store, "price").items()} == {"A-1": "1.50", "A-2": "1.50"}


def test_a_line_that_names_the_separator_is_not_needed_in_the_refused_rows(store: Store) -> None:
    report = take(store, "sep=;\nsku;title;price\nA-1;Mug;free\n")
    assert refusals(report) == [(3, "price", "free", "is no amount")]
    assert counts(import_catalogue(store, mend(report, "free", "1"))) == (1, 0, 0, 0)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "latin-1", "utf-8"])
def test_an_encoding_that_was_named_is_that_of_the_refused_rows(store: Store, encoding: str) -> None:
    options = ImportOptions(reading=Options(encoding=encoding))
    path = saved(store, "sku,title,price\nA-1,Café,free\n".encode(encoding))
    report = import_catalogue(store, path, options)
    assert counts(import_catalogue(store, mend(report, "free", "1", encoding), options)) == (1, 0, 0, 0)
    assert field(store, "title") == {"A-1": "Café"}


def test_text_that_the_named_encoding_does_not_have_is_not_lost(store: Store) -> None:
    options = ImportOptions(reading=Options(encoding="latin-1"))
    product = {"sku": "A-1", "title": "Café 5 €", "price": "free"}
    report = import_catalogue(store, saved(store, json.dumps(product), "shop.json"), options)
    assert table_of(report)[0]["title"] == "Café 5 €"
    assert counts(import_catalogue(store, mend(report, "free", "1"))) == (1, 0, 0, 0)
    assert field(store, "title") == {"A-1": "Café 5 €"}


def test_a_workbook_is_refused_into_a_table(store: Store) -> None:
    book = openpyxl.Workbook()
    for row in (["sku", "title", "price"], ["A-1", "'=Mug", 12.5], ["A-2", "'=Pan", "free"], [3, "_x0000_", None]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(store.settings.directory / "shop.xlsx")
    report = import_catalogue(store, store.settings.directory / "shop.xlsx")
    assert counts(report) == (1, 0, 0, 2)
    assert [row["sku"] for row in table_of(report)] == ["A-2", "3"]
    import_catalogue(store, mend(report, "free", "1"))
    assert field(store, "title") == {"A-1": "=Mug", "A-2": "=Pan"}


SHOPIFY = csv_text(
    [
        {"Handle": "shirt", "Title": "Shirt", "Option1 Name": "Size", "Option1 Value": "S", "Variant Price": "10",
         "Variant SKU": "S-1", "Image Src": "https://x.invalid/1.png"},
        {"Handle": "shirt", "Option1 Value": "M", "Variant Price": "free", "Variant SKU": "S-2"},
        {"Handle": "mug", "Title": "Mug", "Variant Price": "5", "Variant SKU": "M-1"},
        {"Handle": "shirt", "Option1 Value": "L", "Variant Price": "10", "Variant SKU": "S-3"},
        {"Handle": "cap", "Option1 Value": "One", "Option1 Name": "Size", "Variant Price": "7", "Variant SKU": "C-1"},
        {"Handle": "cap", "Option1 Value": "Two", "Variant Price": "7", "Variant SKU": "C-2"},
    ]
)  # fmt: skip


def test_refused_variants_of_shopify_have_the_rows_with_them_that_they_need(store: Store) -> None:
    report = take(store, SHOPIFY.replace("https://x.invalid/1.png", "1.png"))
    assert (report.format, counts(report)) == ("shopify", (3, 0, 0, 2))
    rows = table_of(report)
    assert [(row["Handle"], row["Variant SKU"], row["error"].partition(".")[0]) for row in rows] == [
        ("shirt", "S-1", ""),
        ("shirt", "S-2", "Variant Price: is no amount"),
        ("cap", "C-1", "Title: The first row of the handle cap has no title"),
        ("cap", "C-2", ""),
    ]
    path = mend(report, "free", "11")
    path.write_text(path.read_text("utf-8-sig").replace("cap,,", "cap,Cap,", 1), "utf-8-sig")
    assert counts(import_catalogue(store, path)) == (3, 0, 1, 0)
    assert field(store, "title") == {
        "S-1": "Shirt, S",
        "S-2": "Shirt, M",
        "S-3": "Shirt, L",
        "M-1": "Mug",
        "C-1": "Cap, One",
        "C-2": "Cap, Two",
    }
    assert set(field(store, "group").values()) == {"shirt", "cap", None}
    assert shop(store)["S-2"]["pictures"] == ("1.png",)


WOOCOMMERCE = csv_text(
    [
        {"ID": "1", "Type": "variable", "SKU": "P", "Name": "Shirt", "Published": "1"},
        {"ID": "2", "Type": "simple", "SKU": "M-1", "Name": "Mug", "Regular price": "5", "Stock": "3"},
        {"ID": "3", "Type": "variation", "SKU": "P-1", "Parent": "P", "Regular price": "free", "Name": "Shirt - S"},
        {"ID": "4", "Type": "variation", "SKU": "P-2", "Parent": "P", "Regular price": "9", "Name": "Shirt - M"},
        {"ID": "5", "Type": "grouped", "SKU": "G", "Name": "Set"},
    ]
)


def test_refused_variations_of_woocommerce_have_their_parent_with_them(store: Store) -> None:
    report = take(store, WOOCOMMERCE)
    assert (report.format, counts(report)) == ("woocommerce", (2, 0, 0, 2))
    assert [(row["SKU"], row["error"] != "") for row in table_of(report)] == [("P", False), ("P-1", True), ("G", True)]
    mended = mend(report, "free", "8")
    mended.write_text(
        mended.read_text("utf-8-sig").replace("grouped", "simple").replace("G,Set,,", "G,Set,,4"), "utf-8-sig"
    )
    assert counts(import_catalogue(store, mended)) == (2, 0, 0, 0)
    assert set(shop(store)) == {"M-1", "P-1", "P-2", "G"}


def test_a_rehearsal_writes_no_file(store: Store) -> None:
    before = tables(store)
    report = take(store, "sku,title,price\nA-1,Mug,free\nA-2,Mug,1\n", dry_run=True)
    assert (counts(report), report.rejected, tables(store)) == ((1, 0, 0, 1), None, before)
    assert sorted(path.name for path in store.settings.directory.glob("*rejected*")) == []


def test_no_half_of_the_file_is_left_where_it_cannot_be_written(store: Store) -> None:
    (store.settings.directory / "shop.csv.rejected.csv").mkdir()
    with pytest.raises(Exception, match=r"^The refused rows cannot be written to .*: Is a directory\.$"):
        take(store, "sku,title,price\nA-1,Mug,free\nA-2,Mug,1\n")
    assert list(shop(store)) == ["A-2"]
    assert [path.name for path in store.settings.directory.glob(".*")] == []
    (store.settings.directory / "shop.csv.rejected.csv").rmdir()
    report = take(store, "sku,title,price\nA-1,Mug,free\nA-2,Mug,1\n")
    assert (counts(report), report.gone_on_at, len(table_of(report))) == ((1, 0, 0, 1), 2, 1)
