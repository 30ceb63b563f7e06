"""Tables: dialects of CSV, broken rows, line numbers, and workbooks."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webstore_kit.core.errors import CommandError
from webstore_kit.importing import tables
from webstore_kit.importing.entries import Refusal, Row
from webstore_kit.importing.opening import Opened, opened
from webstore_kit.importing.sources import source
from webstore_kit.importing.tables import LONGEST_CELL, Table, table, workbook

# What no cell can have: NUL makes a file no text, and U+001F is refused.
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1f"), max_size=12)
ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)


def of(text: str, delimiter: str | None = None) -> Table:
    return table(Opened(io.StringIO(text, newline=""), "utf-8", "a.csv", text), delimiter)


def cells(found: Table) -> list[dict[str, str]]:
    return [dict(row.cells) for row in rows(found)]


def rows(found: Table) -> list[Row]:
    return [row for row in found.rows if isinstance(row, Row)]


def refused(found: Table) -> Refusal:
    (refusal,) = [row for row in found.rows if isinstance(row, Refusal)]
    return refusal


def refusal(text: str, delimiter: str | None = None) -> str:
    with pytest.raises(CommandError) as caught:
        list(of(text, delimiter).rows)
    return str(caught.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = f'sku{delimiter}title\r\nA1{delimiter}"Kettle{delimiter} ""big"""\r\n'
    found = of(text)
    assert (found.delimiter, found.header) == (delimiter, ["sku", "title"])
    assert cells(found) == [{"sku": "A1", "title": f'Kettle{delimiter} "big"'}]


def test_a_delimiter_inside_quotes_or_of_decimals_does_not_mislead() -> None:
    text = 'sku;"GTIN, UPC, EAN, or ISBN";price;old_price\nA;1;1,50;2,00\nB;2;2,50;3,00\n'
    assert of(text).delimiter == ";"
    assert of("ID;GTIN, UPC, EAN, or ISBN;Name\n1;2;Kettle, big\n").delimiter == ";"
    assert of("sku,categories\nA,One|Two|Three\n").delimiter == ","
    assert of("sku\ttext\nA\tone, two; three | four\n").delimiter == "\t"


def test_a_table_of_one_column_needs_no_delimiter() -> None:
    assert cells(of("sku\nA1\nA2")) == [{"sku": "A1"}, {"sku": "A2"}]


def test_the_line_that_excel_names_the_delimiter_in_is_honoured() -> None:
    found = of("sep=;\r\nsku,x;title\r\nA;B\r\n")
    assert (found.header, rows(found)) == (["sku,x", "title"], [Row(3, {"sku,x": "A", "title": "B"})])
    assert of('"SEP=\t"\nsku\ttitle\n').delimiter == "\t"
    assert of("sep=;\nsku,title\n", ",").header == ["sku", "title"]


@pytest.mark.parametrize(("named", "delimiter"), [("tab", "\t"), ("\\t", "\t"), ("Semicolon", ";"), ("|", "|")])
def test_the_delimiter_can_be_forced(named: str, delimiter: str) -> None:
    assert of(f"a,b,c{delimiter}d\n", named).header == ["a,b,c", "d"]


@pytest.mark.parametrize("named", ["ab", '"', "\n", "x", " "])
def test_what_is_no_delimiter_is_refused(named: str) -> None:
    assert refusal("sku\n", named) == f"No table is separated by {named!r}. Take one of , ; | or tab."


@given(written=ROWS, delimiter=st.sampled_from(",;\t|"))
def test_whatever_csv_writes_reads_back(written: list[list[str]], delimiter: str) -> None:
    header = [f"column {place}" for place in range(len(written[0]))]
    for dialect in ({"lineterminator": "\r\n"}, {"lineterminator": "\n", "quoting": csv.QUOTE_ALL}):
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, **dialect).writerows([header, *written])
        found = of(text.getvalue(), delimiter)
        kept = [row for row in written if "".join(row).strip()]
        assert [list(row.values()) for row in cells(found)] == kept


@given(written=ROWS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_whatever_is_in_a_file_reads_back_from_it(
    written: list[list[str]], encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("files") / "a.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([[f"column {place}" for place in range(len(written[0]))], *written])
    with source(path) as from_source, opened(from_source) as text:
        found = [list(row.values()) for row in cells(table(text, ","))]
    assert found == [row for row in written if "".join(row).strip()]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_knows_the_line_that_it_begins_on(end: str) -> None:
    text = end.join(["", "sku,title", 'A,"one', 'two"', "", ",", "B,x", 'C,"', '"', "D,y"])
    assert [(row.line, row.cells["sku"]) for row in rows(of(text))] == [(3, "A"), (7, "B"), (8, "C"), (10, "D")]


def test_blank_rows_are_skipped() -> None:
    assert cells(of("sku,title\n\n,\n  , \nA,B\n\n")) == [{"sku": "A", "title": "B"}]


def test_a_row_with_more_or_fewer_cells_is_refused_and_the_others_stay() -> None:
    first, second, third = of("sku,title,price\nA,B\nC,D,1\nE,F,1,50\n").rows
    assert first == Refusal(
        2, "", "", "The row has 2 cells, fewer than the header, which has 3.",
        "Give it a cell for each column; put a cell that has the delimiter in it in quotation marks.",
        (Row(2, {"sku": "A", "title": "B"}),),
    )  # fmt: skip
    assert second == Row(3, {"sku": "C", "title": "D", "price": "1"})
    assert isinstance(third, Refusal)
    assert third.reason == "The row has 4 cells, more than the header, which has 3."
    assert third.rows == (Row(4, {"sku": "E", "title": "F", "price": "1", "(cell 4)": "50"}),)


def test_columns_without_a_name_are_left_out_while_they_are_blank() -> None:
    found = of("sku,,title,\nA,,B,\nC,x,D,\n")
    assert found.header == ["sku", "title"]
    first, second = found.rows
    assert first == Row(2, {"sku": "A", "title": "B"})
    assert second == Refusal(
        3, "", "x", "A cell stands in a column that has no name.", "Name the column in the header, or empty the cell.",
        (Row(3, {"sku": "C", "title": "D", "(cell 2)": "x"}),),
    )  # fmt: skip


def test_a_stray_quotation_mark_is_refused_in_its_row() -> None:
    found = of('sku,title\nA,"12" TV"\nB,12" TV\n')
    first, second = found.rows
    assert first == Refusal(
        2, "", "", "A quotation mark stands in the middle of a cell.",
        'Write a quotation mark inside a quoted cell twice: "".', (Row(2, {}),),
    )  # fmt: skip
    assert second == Row(3, {"sku": "B", "title": '12" TV'})


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows_in_silence() -> None:
    sentence = "a.csv has a quotation mark that is never closed, in the row at line 3. Close it."
    assert refusal('sku,title\nA,x\nB,"y\nC,z\nD,z\n') == sentence


def test_a_control_character_that_we_need_is_refused() -> None:
    found = refused(of("sku,title\nA,b\x1fc\n"))
    assert (found.line, found.column, found.value) == (2, "title", "b␟c")
    assert found.reason == "The cell has a control character in it (U+001F)."


def test_large_cells_are_read_and_larger_ones_refused_and_the_limit_of_others_stays() -> None:
    before = csv.field_size_limit()
    text = "x\n" * 500_000
    assert cells(of(f'sku,title\nA,"{text}"\n')) == [{"sku": "A", "title": text}]
    assert refusal(f'sku,title\nA,"{"x" * (LONGEST_CELL + 1)}"\n') == (
        "a.csv has a cell of over 2 MB in the row at line 2. Is a quotation mark not closed there?"
    )
    assert csv.field_size_limit() == before


def test_header_names_are_freed_of_what_is_not_seen() -> None:
    assert of('\ufeffs\u200bku , " title\u00a0"\nA,B\n').header[0] == "sku"
    assert of('"\u2060 old price\u00a0",b\n').header == ["old price", "b"]


def test_two_columns_of_one_name_are_refused() -> None:
    sentence = "a.csv has several columns of the same name: sku. Remove or rename them."
    assert refusal("sku,title,sku \nA,B,C\n") == sentence


@pytest.mark.parametrize("text", ["", "\n\n", " \r\n", "\n,,\n"])
def test_an_empty_table_is_refused(text: str) -> None:
    assert refusal(text) == "a.csv is empty."


def test_a_header_alone_is_a_table_without_rows() -> None:
    found = of("sku;title")
    assert (found.header, list(found.rows)) == (["sku", "title"], [])


def test_a_header_of_zero_width_is_none() -> None:
    assert refusal("\u200b\nA\n") == "a.csv has no header: its first row names no column."


def test_a_header_that_is_broken_is_refused() -> None:
    assert refusal('"sku"x,title\n') == (
        "a.csv has a header that cannot be read, at line 1. A quotation mark stands in the middle of a cell."
    )


# --- workbooks -----------------------------------------------------------------------------------------------------


def saved(path: Path, *written: Sequence[Any]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in written:
        book.active.append(list(row))
    book.save(path)
    return path


def sheet(path: Path) -> Iterator[Row | Refusal]:
    with source(path) as from_source:
        yield from workbook(from_source).rows


def sheet_refusal(path: Path) -> str:
    with pytest.raises(CommandError) as caught:
        list(sheet(path))
    return str(caught.value)


def test_a_workbook_is_a_table_of_its_first_sheet(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["sku", " title "], ["A1", "Größe\nzwei"], [], ["0012", None], [None, None])
    with source(path) as from_source:
        found = workbook(from_source)
        assert (found.header, found.name, found.delimiter) == (["sku", "title"], str(path), None)
        assert list(found.rows) == [
            Row(2, {"sku": "A1", "title": "Größe\nzwei"}),
            Row(4, {"sku": "0012", "title": ""}),
        ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.1, "12.1"), (12.0, "12"), (12, "12"), (0.1 + 0.2, "0.3"), (12.100000000000001, "12.1"), (-0.5, "-0.5"),
        (1e-7, "0.0000001"), (4006381333931, "4006381333931"), (1e20, "100000000000000000000"), (True, "true"),
        (False, "false"), ("12.10", "12.10"), ("a_x000D_\nb", "a\r\nb"),
    ],
)  # fmt: skip
def test_the_cells_of_a_workbook_are_text_as_it_shows_them(tmp_path: Path, value: Any, text: str) -> None:
    (row,) = sheet(saved(tmp_path / "a.xlsx", ["sku", "x"], ["A", value]))
    assert row == Row(2, {"sku": "A", "x": text})


def test_dates_and_errors_in_a_workbook_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["sku", "x"], [date(2024, 2, 1), 1], ["B", "#N/A"], ["C", 1])
    first, second, third = sheet(path)
    assert isinstance(first, Refusal)
    assert (first.line, first.column, first.value) == (2, "sku", "2024-02-01 00:00:00")
    assert first.reason == "The cell is a date or a time."
    assert first.fix == "Format the cell as text, and write the value again."
    assert isinstance(second, Refusal)
    assert (second.line, second.column, second.reason) == (3, "x", "The cell shows an error.")
    assert third == Row(4, {"sku": "C", "x": "1"})


def test_a_cell_beside_the_columns_of_a_workbook_is_refused(tmp_path: Path) -> None:
    (row,) = sheet(saved(tmp_path / "a.xlsx", ["sku", "title"], ["A", "B", None, "note"]))
    assert isinstance(row, Refusal)
    assert row.reason == "The row has 4 cells, more than the header, which has 2."
    assert row.rows == (Row(2, {"sku": "A", "title": "B", "(cell 4)": "note"}),)


def test_the_size_that_a_workbook_says_it_has_does_not_cut_it(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["sku", "title"], ["A", "B"])
    content = edited(path, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:B2"', b'<dimension ref="A1"')
    assert list(sheet(content)) == [Row(2, {"sku": "A", "title": "B"})]


def test_a_row_beyond_all_that_a_workbook_can_have_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["sku", "title"], ["A", "B"])
    path = edited(path, "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="99999999999"')
    sentence = f"{path} has more than 1048576 rows, which no workbook can have. Save it as CSV."
    assert sheet_refusal(path) == sentence


def test_a_formula_is_read_as_what_it_showed_last(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["sku", "price"], ["A", "=1+1"])
    path = edited(path, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>2</v>", b"<v />", b"<v>2</v>")
    assert list(sheet(path)) == [Row(2, {"sku": "A", "price": "2"})]


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx")
    assert sheet_refusal(path) == f"{path} is empty."


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ["sku"], ["A"])
    broken = edited(path, "xl/worksheets/sheet1.xml", b"</sheetData>", b"<")
    assert sheet_refusal(broken).startswith(f"{broken} is a workbook that cannot be read: ")
    broken = edited(path, "xl/workbook.xml", b"<sheets>", b"<shoots>")
    assert sheet_refusal(broken).endswith(". Save it again, or save it as CSV.")


def test_a_workbook_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"0" * (20 * 2**20))
    assert sheet_refusal(path) == f"{path} unpacks to over 16 MB. Save its first sheet as CSV."


def test_a_workbook_without_the_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.xlsx", ["sku"])
    monkeypatch.setattr(tables, "openpyxl", None)
    assert sheet_refusal(path) == f"{path} is a workbook, which needs: pip install 'webstore-kit[xlsx]'"


def edited(path: Path, member: str, *changes: bytes) -> Path:
    """A copy of the workbook with each second text in the place of the one before it."""
    copy = path.with_name("edited.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == member:
                for before, after in zip(changes[::2], changes[1::2], strict=True):
                    content = content.replace(before, after)
            new.writestr(info, content)
    return copy
