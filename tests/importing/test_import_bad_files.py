"""Files that are no catalogue, or a broken one: one sentence each, and the store stays as it was."""

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.importing.catalogues import (
    CATALOGUE,
    RUNS,
    counts,
    csv_text,
    field,
    refusals,
    runs,
    shop,
    tables,
    take,
)
from webstore_kit import Store
from webstore_kit.core.errors import CommandError
from webstore_kit.importing.formats import Options
from webstore_kit.importing.services import import_catalogue
from webstore_kit.importing.undo import undo

GOOD = b"sku,title,price\nA-1,Kettle,10\nA-2,Mug,5\n"


def zipped(*files: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return file.getvalue()


BOMB = b"sku,title,price\n" + b"A,x,1\n" * 3_000_000
BAD = {
    "empty": (b"", "is empty."),
    "blank": (b" \r\n\t\n", "is empty."),
    "a mark alone": (b"\xef\xbb\xbf", "is empty."),
    "header alone": (b"sku,title,price\n", "has no products in it."),
    "header and blank rows": (b"sku,title,price\n,,\n\n", "has no products in it."),
    "JSON without products": (b"[]", "has no products in it."),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(40), "is no text but a PNG picture."),
    "PDF": (b"%PDF-1.7\nsku,title", "is no text but a PDF document."),
    "NUL": (b"sku,title,price\nA-1,\0\0\0,1\n", "is no text: it has NUL characters."),
    "noise": (bytes(range(128, 256)) * 9, "is neither UTF-8 nor Windows-1252. Name its encoding with --encoding."),
    "broken UTF-8": (
        GOOD + "A-3,é,1\nA-4,".encode() + b"\xff,1\n",
        "is UTF-8 up to line 5, where it is not: byte 0xFF.",
    ),
    "truncated gzip": (gzip.compress(GOOD * 999)[:-20], "cannot be read: Compressed file ended before the end-of-str"),
    "broken gzip": (gzip.compress(GOOD)[:10] + b"\xff" * 9, "cannot be read: Error -3 while decompressing data"),
    "gzip bomb": (gzip.compress(BOMB), "unpacks to over 16 MB. Unpack it first."),
    "zip bomb": (zipped(("shop.csv", BOMB)), "unpacks to over 16 MB. Unpack it first."),
    "truncated zip": (zipped(("shop.csv", GOOD))[:-30], "is a broken zip archive. Pack it again."),
    "two files": (zipped(("a.csv", GOOD), ("b.csv", GOOD)), "holds several files: a.csv, b.csv."),
    "no file": (zipped(), "holds no file."),
    "unknown column": (
        b"sku,title,prize\nA-1,Kettle,1\n",
        "has a column that is not known: prize. Known are sku, key,",
    ),
    "no name": (
        b"title,price\nKettle,1\n",
        "has neither a column sku nor a column key, so its products have no names.",
    ),
    "column twice": (b"sku,title,title\nA-1,Kettle,Mug\n", "has several columns of the same name: title."),
    "no header": (b"A-1,Kettle,10\nA-2,Mug,5\n", "has columns that are not known: A-1, Kettle, 10."),
    "JSON of others": (b'{\n"orders": [{"sku": "A-1"}]\n}', "is JSON without products: it has to be a list, or"),
    "JSON that is cut off": (b'[{"sku": "A-1", "title"', "is broken JSON at line 1: "),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_catalogue_ends_in_a_sentence_and_changes_nothing(store: Store, name: str) -> None:
    take(store, GOOD)
    before = tables(store, (*CATALOGUE, *RUNS))
    content, sentence = BAD[name]
    for dry_run in (True, False):
        with pytest.raises(CommandError) as caught:
            take(store, content, "bad", dry_run=dry_run, deactivate_missing=True)
        assert sentence in str(caught.value)
        assert (str(caught.value).endswith("."), "\n" in str(caught.value)) == (True, False)
    assert tables(store, (*CATALOGUE, *RUNS)) == before


def test_a_file_that_is_not_there_and_a_folder_are_told(store: Store) -> None:
    with pytest.raises(CommandError, match=r"^There is no file .*nowhere\.csv\.$"):
        import_catalogue(store, store.settings.directory / "nowhere.csv")
    with pytest.raises(CommandError, match=r" is a folder\. Name a file in it\.$"):
        import_catalogue(store, store.settings.directory)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"encoding": "klingon"}, "No encoding is called 'klingon'. Some that are: utf-8, utf-16, cp1252,"),
        ({"encoding": "ascii"}, "is not valid ascii. Name its encoding with --encoding."),
        ({"delimiter": "ab"}, "No table is separated by 'ab'. Take one of , ; | or tab."),
        ({"delimiter": ";"}, "has a column that is not known: sku,title,price."),
        ({"format": "ndjson"}, ""),
    ],
    ids=["encoding", "ascii", "long delimiter", "delimiter", "format"],
)
def test_an_option_that_does_not_fit_the_file_is_told(store: Store, options: dict[str, str], sentence: str) -> None:
    content = GOOD + "A-3,Café,1\n".encode()
    if sentence:
        with pytest.raises(CommandError) as caught:
            take(store, content, reading=Options(**options))
        assert sentence in str(caught.value)
    else:
        assert counts(take(store, content, reading=Options(**options))) == (0, 0, 0, 4)
    assert shop(store) == {}


def test_an_unknown_format_is_told() -> None:
    with pytest.raises(
        CommandError, match=r"^No format is called 'magento'\. Known are webstore, shopify, woocommerce,"
    ):
        Options("magento")


def test_what_stands_before_a_quotation_mark_that_is_never_closed_is_imported_and_told(store: Store) -> None:
    good = csv_text({"sku": f"A-{number}", "title": "Mug", "price": 1} for number in range(3000))
    with pytest.raises(CommandError) as caught:
        take(store, good + 'A-3000,"Mug,1\r\n' + "A-3001,Mug,1\r\n" * 50)
    assert str(caught.value).endswith(
        "shop.csv has a quotation mark that is never closed, in the row at line 3002. Close it. What stands before "
        "that is imported (3000 new, 0 changed): mend the file and import it again, or take it back with "
        "`webstore import undo 1`."
    )
    assert (len(shop(store)), runs(store)) == (3000, [("failed", 3000, 0, 0, 0, 0)])
    mended = good + 'A-3000,"Mug",1\r\n'
    assert counts(take(store, mended)) == (1, 0, 3000, 0)


def test_what_stands_before_broken_json_is_imported_and_told(store: Store) -> None:
    products = [json.dumps({"sku": f"A-{number}", "title": "Mug", "price": 1}) for number in range(300)]
    with pytest.raises(CommandError) as caught:
        take(store, "[" + ",\n".join([*products, '{"sku": "A-300", title: 1}', products[0]]) + "]", "shop.json")
    assert "is broken JSON at line 301: " in str(caught.value)
    assert "What stands before that is imported (300 new, 0 changed): mend the file" in str(caught.value)
    assert (len(shop(store)), runs(store)) == (300, [("failed", 300, 0, 0, 0, 0)])


def test_a_broken_line_of_ndjson_is_refused_and_the_others_are_taken(store: Store) -> None:
    lines = [
        '{"sku": "A-1", "title": "Mug", "price": 1}',
        '{"sku": "A-2", ',
        '{"sku": "A-3", "title": "Mug", "price": 2}',
    ]
    report = take(store, "\n".join(lines), "shop.ndjson")
    assert (report.format, counts(report)) == ("ndjson", (2, 0, 0, 1))
    assert [(line, column) for line, column, _, _ in refusals(report)] == [(2, "")]


def test_a_strict_import_of_a_file_that_breaks_off_writes_nothing(store: Store) -> None:
    before = tables(store, (*CATALOGUE, *RUNS))
    with pytest.raises(CommandError, match=r"never closed, in the row at line 4\. Close it\.$"):
        take(store, GOOD + b'A-3,"Mug,1\n', strict=True)
    assert tables(store, (*CATALOGUE, *RUNS)) == before


def test_a_failed_import_can_be_taken_back(store: Store) -> None:
    before = tables(store, CATALOGUE[:-1])
    with pytest.raises(CommandError):
        take(store, GOOD + b'A-3,"Mug,1\n')
    assert len(shop(store)) == 2
    undo(store, 1)
    assert tables(store, CATALOGUE[:-1]) == before


@pytest.mark.parametrize("pack", ["plain", "gzip", "zip"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_text_of_windows_is_read_right(store: Store, encoding: str, pack: str) -> None:
    text = "sep=;\r\nsku;title;price;description\r\nA-1;“Café” – 5 €;1.50;’tis\r\n".encode(encoding)
    content = {"plain": text, "gzip": gzip.compress(text), "zip": zipped(("shop.csv", text))}[pack]
    report = take(store, content)
    assert (counts(report), report.delimiter) == ((1, 0, 0, 0), ";")
    assert (field(store, "title"), field(store, "description")) == ({"A-1": "“Café” – 5 €"}, {"A-1": "’tis"})


def test_a_file_whose_name_is_no_text_is_imported_like_any_other(store: Store) -> None:
    path = Path(os.fsdecode(os.fsencode(store.settings.directory) + b"/caf\xe9.csv"))
    path.write_bytes(GOOD + b"A-3,Pan,free\n")
    report = import_catalogue(store, path)
    assert (counts(report), len(shop(store))) == ((2, 0, 0, 1), 2)
    assert report.rejected == Path(f"{path}.rejected.csv")


def test_stdin_can_be_imported(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(store.settings.directory)
    report = import_catalogue(store, "-", stdin=io.BytesIO(GOOD + b"A-3,Pan,free\n"))
    assert (report.name, counts(report)) == ("Standard input", (2, 0, 0, 1))
    assert report.rejected == Path("stdin.rejected.csv")
