"""Formats: which one a source is in, what is told of it, and a shop's own."""

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from webstore_kit.core.errors import CommandError
from webstore_kit.importing import formats
from webstore_kit.importing.entries import Entry, Refusal
from webstore_kit.importing.formats import Format, Options, entries, names, register, table_formats
from webstore_kit.importing.registry import ADDED
from webstore_kit.importing.tables import Table

FOUND = Options()


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def titles(path: Path, options: Options = FOUND) -> tuple[str, str | None, str | None, list[str]]:
    with entries(path, options) as reading:
        found = [entry.fields.get("title", "") for entry in reading.entries if isinstance(entry, Entry)]
        return reading.format, reading.encoding, reading.delimiter, found


def refusal(path: Path, options: Options = FOUND) -> str:
    with pytest.raises(CommandError) as caught:
        titles(path, options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("sku;title\nA;Größe\n".encode("cp1252"), ("webstore", "cp1252", ";", ["Größe"])),
        (gzip.compress("sku\ttitle\nA\tGröße\n".encode("utf-16"), mtime=0), ("webstore", "utf-16-le", "\t", ["Größe"])),
        (b'[{"sku": "A", "title": "B"}]', ("json", "utf-8", None, ["B"])),
        (b'{"products": [{"sku": "A", "title": "B"}]}', ("json", "utf-8", None, ["B"])),
        (b'{"sku": "A", "title": "B"}\n{"sku": "C", "title": "D"}\n', ("ndjson", "utf-8", None, ["B", "D"])),
        (
            b"Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\nk,Kettle,Title,Default Title,K,9\n",
            ("shopify", "utf-8", ",", ["Kettle"]),
        ),
        (
            b"ID,Type,SKU,Name,Published,Regular price,Images\n1,simple,K1,Kettle,1,9.50,\n",
            ("woocommerce", "utf-8", ",", ["Kettle"]),
        ),
    ],
)
def test_the_format_is_found_by_the_content(
    tmp_path: Path, content: bytes, expected: tuple[str, str, str | None, list[str]]
) -> None:
    assert titles(written(tmp_path / "a.txt", content)) == expected


def test_a_workbook_is_known_and_not_unpacked_as_a_zip(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["sku", "title", "price"])
    book.active.append(["A", "Kettle", 12.1])
    book.save(tmp_path / "a.zip")
    with entries(tmp_path / "a.zip") as reading:
        assert (reading.format, reading.encoding, reading.delimiter) == ("webstore", None, None)
        assert [entry.fields for entry in reading.entries if isinstance(entry, Entry)] == [
            {"sku": "A", "title": "Kettle", "price": "12.1"}
        ]
    assert refusal(tmp_path / "a.zip", Options(format="json")) == f"{tmp_path / 'a.zip'} is a workbook, and not json."


def test_format_encoding_and_delimiter_can_be_forced(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "sku|title\nA|цена\n".encode("cp1251"))
    assert titles(path, Options("webstore", "cp1251", "|")) == ("webstore", "cp1251", "|", ["цена"])
    assert "[ is expected, not s" in refusal(path, Options("json", "cp1251"))


def test_a_format_that_is_none_is_refused_before_anything_is_opened() -> None:
    sentence = "No format is called 'x'. Known are webstore, shopify, woocommerce, ndjson, json."
    with pytest.raises(CommandError, match=re.escape(sentence)):
        Options(format="x")
    assert names() == ["webstore", "shopify", "woocommerce", "ndjson", "json"]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "a.csv", content)
    assert refusal(path) == f"{path} is empty."


def test_a_header_that_nobody_knows_names_its_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"Artikel;Preis\nA;1\n")
    assert refusal(path).startswith(f"{path} has columns that are not known: Artikel, Preis. Known are sku, key, ")


def test_standard_input_is_a_source() -> None:
    with entries("-", stdin=io.BytesIO(b"sku,title\nA,B\n")) as reading:
        assert reading.name == "Standard input"
        assert [entry.line for entry in reading.entries] == [2]


@pytest.fixture
def _as_before() -> Iterator[None]:
    before = list(ADDED)
    yield
    ADDED[:] = before


@pytest.mark.usefixtures("_as_before")
def test_a_shop_adds_its_own_format(tmp_path: Path) -> None:
    def read(table: Table) -> Iterator[Entry | Refusal]:
        for row in table.rows:
            if isinstance(row, Refusal):
                yield row
            else:
                yield Entry(row.line, {"sku": row.cells["Artikel"], "title": row.cells["Name"]}, rows=(row,))

    register(Format("acme", "the list of Acme", lambda header: "Artikel" in header, read))
    path = written(tmp_path / "a.csv", b"Artikel;Name\nA;Kettle\n")
    assert titles(path) == ("acme", "utf-8", ";", ["Kettle"])
    register(Format("acme", "the list of Acme", lambda _: False, read))
    assert [known.name for known in table_formats()] == ["acme", "webstore", "shopify", "woocommerce"]
    assert titles(path, Options(format="acme"))[3] == ["Kettle"]


def test_a_format_of_text_is_not_replaced() -> None:
    with pytest.raises(ValueError, match="the format json is not to be replaced"):
        register(Format("json", "", lambda _: True, lambda _: iter(())))


def test_the_example_in_the_documentation_of_formats_works(tmp_path: Path) -> None:
    assert formats.__doc__ is not None
    example = "\n".join(line[4:] for line in formats.__doc__.splitlines() if line.startswith("    "))
    before = list(ADDED)
    try:
        exec(example, {"Refusal": Refusal, "Entry": Entry, "Format": Format, "register": register})
        path = written(tmp_path / "a.csv", b"Artikelnummer;Preis\nA;1,50\n")
        with entries(path) as reading:
            assert [entry.fields for entry in reading.entries if isinstance(entry, Entry)] == [
                {"sku": "A", "price": "1.50"}
            ]
    finally:
        ADDED[:] = before
