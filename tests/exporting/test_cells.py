"""Cells: what a writer makes of a text, the reader makes the text of again."""

import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exporting.catalogues import exported, fill, kettle, read_back, texts
from webstore_kit import Store
from webstore_kit.importing import own, woocommerce_cells
from webstore_kit.importing.entries import LIST
from webstore_kit.importing.workbook_texts import escaped, unescaped

LISTS = st.lists(texts(20).map(str.strip), unique=True, max_size=4)


@given(text=st.text(st.sampled_from("'=+-@\t\r\na"), max_size=5) | texts(50))
def test_a_guarded_text_is_unguarded_exactly(text: str) -> None:
    assert own.unguarded(own.guarded(text)) == text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "'=1", "''@a", "\t=1", "\r=1", "\n=1"], ids=ascii)
def test_what_a_spreadsheet_may_run_is_guarded(text: str) -> None:
    assert own.guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "1=1", "'tis", "''", "ø=1"])
def test_what_no_spreadsheet_runs_is_left_alone(text: str) -> None:
    assert own.guarded(text) == text


@given(names=LISTS)
def test_a_list_is_taken_apart_as_it_was_put_together(names: list[str]) -> None:
    assert own.items(own.listed(names)) == LIST.join(names)


@given(names=LISTS)
def test_a_list_of_woocommerce_is_taken_apart_as_it_was_put_together(names: list[str]) -> None:
    assert woocommerce_cells.items(woocommerce_cells.imploded(names)) == names


@given(text=st.text(st.sampled_from("=+-@a'"), max_size=4).filter(lambda text: not text.startswith("'")) | texts(50))
def test_a_guard_of_woocommerce_is_undone_but_where_the_text_has_one_of_its_own(text: str) -> None:
    held = text[1:] if text.startswith(woocommerce_cells.GUARDED) else text
    assert woocommerce_cells.unguarded(woocommerce_cells.guarded(text)) == held


@given(text=st.text(st.sampled_from("\\\r\n an"), max_size=8).filter(lambda text: r"\n" not in text))
def test_a_description_of_woocommerce_keeps_its_line_ends(text: str) -> None:
    assert woocommerce_cells.written(woocommerce_cells.unwritten(text)) == text


def test_a_description_of_woocommerce_is_on_one_line_where_it_can_be() -> None:
    assert woocommerce_cells.unwritten("a\nb\n\nc") == r"a\nb\n\nc"
    assert woocommerce_cells.unwritten("a\r\nb\\\nc") == "a\r\nb\\\nc"


@given(text=st.text(st.sampled_from("_x0041FE\x01\r\ufffe"), max_size=16) | texts(50))
def test_a_text_of_a_workbook_is_unescaped_exactly(text: str) -> None:
    assert unescaped(escaped(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a\rb", "a_x000D_b"),
        ("\x01\ufffe", "_x0001__xFFFE_"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x0041\x01", "_x005F_x0041_x0001_"),
        ("a_x41_\t\n", "a_x41_\t\n"),
    ],
    ids=["return", "controls", "escape", "half-an-escape", "plain"],
)
def test_a_workbook_escapes_what_its_xml_cannot_hold(text: str, cell: str) -> None:
    assert escaped(text) == cell


def test_half_a_character_stays_escaped() -> None:
    assert unescaped("_xD83E__x0041_") == "_xD83E_A"


def saved_again(content: bytes) -> bytes:
    """The workbook as spreadsheets save it: all texts in a part of their own, which the cells share."""
    texts: list[str] = []

    def numbered(cell: re.Match[str]) -> str:
        texts.append(f"<si>{cell[2]}</si>")
        return f'<c r="{cell[1]}" t="s"><v>{len(texts) - 1}</v></c>'

    parts = {info.filename: read(content, info.filename) for info in archive(content).infolist()}
    sheet = re.sub(
        r'<c r="(\w+)" t="inlineStr"><is>(.*?)</is></c>', numbered, parts["xl/worksheets/sheet1.xml"], flags=re.DOTALL
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", part)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f'<sst xmlns="{space}">{"".join(texts)}</sst>'
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as target:
        for name, text in (parts | {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared}).items():
            target.writestr(name, text)
    return saved.getvalue()


def archive(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def read(content: bytes, name: str) -> str:
    return archive(content).read(name).decode()


def test_a_workbook_that_a_spreadsheet_saved_again_has_the_same_texts(store: Store) -> None:
    title = "_x0041_ x005F_ _x005F_\x01 =1"
    fill(store, [kettle(title=title, brand="#N/A", description="a\r\nb")])
    content = saved_again(exported(store, "xlsx"))
    assert "inlineStr" not in read(content, "xl/worksheets/sheet1.xml")
    (product,) = read_back(content)
    assert (product["title"], product["brand"], product["description"]) == (title, "#N/A", "a\r\nb")


@pytest.mark.parametrize("name", ["shopify", "woocommerce"])
def test_backslashes_in_categories_come_back_from_other_shops(store: Store, name: str) -> None:
    fill(store, [kettle(paths=[(r"a\\b", "c\\")])])
    assert read_back(exported(store, name))[0]["categories"] == (r"a\\\\b > c" + r"\\",)
