"""The pages on the formats of catalogues name each column and each field, and no other."""

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from tests.docs.pages import FENCE, blocks, named_sections, sections, text_of
from tests.importing.shop_files import FIXTURES, load
from webstore_kit.exporting import formats as exporting
from webstore_kit.exporting import orders
from webstore_kit.importing import shopify, shopify_columns, woocommerce, woocommerce_columns
from webstore_kit.importing.entries import FIELDS, Refusal
from webstore_kit.importing.formats import names
from webstore_kit.importing.models import State
from webstore_kit.importing.plan import Mode
from webstore_kit.importing.shop_columns import plain
from webstore_kit.importing.values import NO, YES
from webstore_kit.importing.wanted import CLEARED

FORMATS = "reference/formats"


def rows(text: str) -> list[list[str]]:
    """The cells of the rows of all tables, but for the headers and the lines below them."""
    found = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    cells = [re.split(r"(?<!\\) ?\| ?", row) for row in found]
    below = {number for number, row in enumerate(cells) if set("".join(row)) <= {"-", " "}}
    return [row for number, row in enumerate(cells) if not {number, number + 1} & below]


def code(text: str) -> list[str]:
    """What is set as code in the text, outside of blocks."""
    return re.findall(r"`([^`]+)`", FENCE.sub("", text))


def columns(page: str, cells: slice) -> list[list[str]]:
    """The headers that each row of the table of columns names in these cells."""
    return [code(" ".join(row[cells])) for row in rows(sections(f"{FORMATS}/{page}")["Columns"])]


def plains(texts: Iterator[str] | list[str] | tuple[str, ...]) -> set[str]:
    return {plain(text) for text in texts}


def test_the_page_of_our_own_format_has_a_row_for_each_field_and_no_other() -> None:
    told = rows(sections(f"{FORMATS}/webstore.md")["The fields"])
    assert [code(row[0]) for row in told] == [[field] for field in FIELDS]
    assert set(code(told[-1][2])) == YES | NO


@pytest.mark.parametrize("page", ["webstore.md", "shopify.md", "woocommerce.md"])
def test_the_examples_on_the_pages_of_formats_have_no_other_fields(page: str) -> None:
    headers = [block.text.partition("\n")[0] for block in blocks(text_of(f"{FORMATS}/{page}"), "text")]
    assert {name for header in headers for name in header.split(",")} <= set(FIELDS)


def test_the_page_of_shopify_has_each_spelling_of_each_column_and_no_other() -> None:
    known = {name: plains(spellings) for name, spellings in shopify_columns.NAMES.items()}
    options = set().union(*(known.pop(name) for name in shopify_columns.OPTIONS))  # they share a row
    told = [plains(found) for found in columns("shopify.md", slice(2))]
    assert sorted(map(sorted, told)) == sorted(map(sorted, [*known.values(), options]))


def test_the_columns_by_which_a_file_is_known_for_one_of_shopify_are_told() -> None:
    before = text_of(f"{FORMATS}/shopify.md").partition("## Columns")[0]
    told = re.search(r"if two of these stand in its header: (.*?); or", before, re.DOTALL)
    assert told is not None
    assert plains(code(told[1])) == shopify_columns.TELLTALES


def test_the_page_of_woocommerce_has_each_spelling_of_each_column_and_no_other() -> None:
    told = [(found[0], found[1:]) for found in columns("woocommerce.md", slice(2)) if "Attribute" not in found[0]]
    assert told == [(english, list(others)) for english, *others in woocommerce_columns.NAMES.values()]


def test_the_attributes_of_woocommerce_are_told_in_each_language() -> None:
    named, valued = [found for found in columns("woocommerce.md", slice(2)) if "Attribute" in found[0]]
    assert len(named) == len(valued) == len(woocommerce_columns._NAME) == len(woocommerce_columns._VALUE)  # noqa: SLF001
    for pair in zip(named, valued, strict=True):
        assert woocommerce_columns.attributes(pair) == [pair]


def test_the_columns_by_which_a_file_is_known_for_one_of_woocommerce_are_told() -> None:
    before = text_of(f"{FORMATS}/woocommerce.md").partition("## Columns")[0]
    told = re.search(
        r"if it has one of the columns (.*?), a second one of them or one of (.*?), and none", before, re.DOTALL
    )
    assert told is not None
    english = [
        {spelled[0] for name, spelled in woocommerce_columns.NAMES.items() if name in those}
        for those in (woocommerce_columns.TELLTALES, woocommerce_columns.COMPANIONS)
    ]
    assert [set(code(told[1])), set(code(told[2]))] == english


@pytest.mark.parametrize(("page", "cell"), [("shopify.md", 2), ("woocommerce.md", 2)])
def test_what_columns_become_are_our_fields(page: str, cell: int) -> None:
    told = {name for row in rows(sections(f"{FORMATS}/{page}")["Columns"]) for name in code(row[cell])} - {"id:12"}
    assert told == set(FIELDS)


@pytest.mark.parametrize(
    ("page", "reader", "files"),
    [
        ("shopify.md", shopify.read, ["shopify_old.csv", "shopify_new.csv"]),
        ("woocommerce.md", woocommerce.read, ["woocommerce.csv"]),
    ],
)
def test_the_reasons_to_refuse_a_row_are_told_in_their_own_words(page: str, reader: Any, files: list[str]) -> None:
    assert {each.name for each in FIXTURES.glob(f"{page[:-3]}*.csv")} == set(files)
    told = {without_names(row[0]) for row in rows(sections(f"{FORMATS}/{page}")["What is refused"])}
    outcomes = [outcome for header, found in map(load, files) for outcome in reader(found, header)]
    reasons = {without_names(outcome.reason) for outcome in outcomes if isinstance(outcome, Refusal)}
    assert len(reasons) > 5
    assert reasons <= told


def without_names(reason: str) -> str:
    """The reason without what is another one in each file: numbers of lines, handles and types."""
    return re.sub(r"\d+|(?<=handle )\w+(?= has)|(?<=of the type )\w+", "?", reason)


def test_the_guide_to_the_import_has_every_format_mode_and_state_and_what_clear_leaves() -> None:
    told = sections("guides/import.md")
    assert set(code(" ".join(row[0] for row in rows(told["Which products may be touched"])))) >= set(Mode)
    assert {name for row in rows(told["See what was imported"]) for name in code(row[0])} == set(State)
    clear = [code(row[0]) for row in rows(told["What a file leaves alone"])]
    assert set().union(*clear[:-1]) == set(CLEARED)
    assert set(clear[-1]) == set(FIELDS) - set(CLEARED)
    assert set(names()) <= set(code(named_sections("reference/cli.md")["webstore import files"]))


def test_the_guide_to_the_import_tells_each_key_of_the_report_as_json() -> None:
    told = sections("guides/import.md")["In a script"]
    report = blocks(told, "json")[0].text
    assert set(re.findall(r'"(\w+)":', report)) <= {name for row in rows(told) for name in code(" ".join(row))}


def test_the_guide_to_the_export_has_every_format_and_every_column_of_orders() -> None:
    told = sections("guides/export.md")
    assert [code(row[0]) for row in rows(told["The catalogue"])] == [[name] for name in exporting.FORMATS]
    listed = [name for row in rows(told["The orders"]) for name in code(row[0])]
    assert sorted(listed) == sorted(orders.COLUMNS)


def modules() -> Iterator[tuple[str, str]]:
    for heading, text in sections("reference/python.md").items():
        if heading.startswith("In `"):
            for row in rows(text):
                yield heading[4:-1], code(row[0])[0]


@pytest.mark.parametrize(("module", "told"), [*modules()])
def test_what_the_page_on_python_says_of_the_import_and_export_is_there(module: str, told: str) -> None:
    name, _, parameters = told.partition("(")
    found = getattr(importlib.import_module(module), name)
    if is_dataclass(found):
        assert parameters == ", ".join(field.name for field in fields(found)) + ")"
    elif parameters and name != "Mode":
        assert parameters == ", ".join(inspect.signature(found).parameters) + ")"
