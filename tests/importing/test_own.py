"""Our own format: columns, lists in cells, the guard of formulas, JSON and NDJSON."""

import io
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webstore_kit.core.errors import CommandError
from webstore_kit.importing import own
from webstore_kit.importing.entries import FIELDS, LIST, Entry, Refusal, Row
from webstore_kit.importing.opening import LONGEST_LINE, Opened
from webstore_kit.importing.own import items, unguarded
from webstore_kit.importing.sources import CHUNK
from webstore_kit.importing.tables import table

KNOWN = (
    "Known are sku, key, title, price, old_price, quantity, description, brand, categories, pictures, group, is_active."
)
NAMES = st.lists(st.text(st.sampled_from("a\\| ,;Ö"), min_size=1).filter(lambda name: name == name.strip()))


def text_of(text: str) -> Opened:
    return Opened(io.StringIO(text, newline=""), "utf-8", "a.json", text)


def of_table(text: str) -> list[Entry | Refusal]:
    return list(own.read(table(Opened(io.StringIO(text, newline=""), "utf-8", "a.csv"))))


def of_json(text: str) -> list[Entry | Refusal]:
    return list(own.read_json(text_of(text)))


def of_ndjson(text: str) -> list[Entry | Refusal]:
    return list(own.read_ndjson(text_of(text)))


def fields(found: Sequence[Entry | Refusal]) -> list[dict[str, str]]:
    return [dict(entry.fields) for entry in found if isinstance(entry, Entry)]


def refused(found: Sequence[Entry | Refusal]) -> Refusal:
    (refusal,) = [entry for entry in found if isinstance(entry, Refusal)]
    return refusal


def refusal(text: str) -> str:
    with pytest.raises(CommandError) as caught:
        of_table(text)
    return str(caught.value)


def json_refusal(text: str) -> str:
    with pytest.raises(CommandError) as caught:
        of_json(text)
    return str(caught.value)


# --- tables --------------------------------------------------------------------------------------------------------


def test_every_field_is_a_column_whatever_its_case() -> None:
    header = ",".join(field.upper() for field in FIELDS)
    (entry,) = of_table(f"{header}\nA,k,Kettle,12.10,15,3, Fine ,Acme,One|Two,a.jpg|b.jpg,g,yes\n")
    assert isinstance(entry, Entry)
    assert entry.line == 2
    assert entry.fields == {
        "sku": "A", "key": "k", "title": "Kettle", "price": "12.10", "old_price": "15", "quantity": "3",
        "description": " Fine ", "brand": "Acme", "categories": f"One{LIST}Two", "pictures": f"a.jpg{LIST}b.jpg",
        "group": "g", "is_active": "yes",
    }  # fmt: skip
    assert entry.columns == {field: field.upper() for field in FIELDS}
    assert entry.rows[0].cells["CATEGORIES"] == "One|Two"


def test_an_absent_column_is_no_field_and_a_blank_cell_is_a_blank_one() -> None:
    assert fields(of_table("sku,title,categories\nA,  ,\n")) == [{"sku": "A", "title": "", "categories": ""}]


def test_a_refused_row_of_the_table_is_passed_on() -> None:
    found = of_table("sku,title\nA\nB,C\n")
    assert refused(found).reason == "The row has 1 cell, fewer than the header, which has 2."
    assert fields(found) == [{"sku": "B", "title": "C"}]


def test_unknown_columns_are_named() -> None:
    assert refusal("sku,colour,Size\nA,B,C\n") == f"a.csv has columns that are not known: colour, Size. {KNOWN}"
    assert refusal("sku,colour\nA,B\n") == f"a.csv has a column that is not known: colour. {KNOWN}"


def test_a_column_that_is_there_in_two_cases_is_refused() -> None:
    assert refusal("sku,SKU\nA,B\n") == "a.csv has a column twice: sku, SKU. Remove or rename it."


def test_products_need_a_name() -> None:
    sentence = "a.csv has neither a column sku nor a column key, so its products have no names."
    assert refusal("title,price\nA,1\n") == sentence


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("One", ["One"]),
        (" One | Two ", ["One", "Two"]),
        (r"Salt\|Pepper|C:\pics\\a", ["Salt|Pepper", r"C:\pics\a"]),
        (r"a\\|b", ["a\\", "b"]),
        ("||a||", ["a"]),
        (" | ", []),
        ("", []),
        ("a\\", ["a\\"]),
    ],
)
def test_the_items_of_a_list_are_set_apart_by_bars(cell: str, names: list[str]) -> None:
    assert items(cell) == LIST.join(names)


@given(names=NAMES)
def test_any_names_can_be_written_in_a_cell(names: list[str]) -> None:
    cell = "|".join(name.replace("\\", r"\\").replace("|", r"\|") for name in names)
    assert items(cell) == LIST.join(names)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+1", "=1+1"),
        ("'+49", "+49"),
        ("'-5", "-5"),
        ("'@me", "@me"),
        ("''=x", "'=x"),
        ("'tis", "'tis"),
        ("-5", "-5"),
    ],
)
def test_the_guard_of_formulas_is_dropped(cell: str, text: str) -> None:
    assert unguarded(cell) == text
    assert fields(of_table(f"sku,title\nA,{cell}\n")) == [{"sku": "A", "title": text}]


@given(text=st.text(st.sampled_from("'=+-@a"), max_size=6))
def test_a_guard_before_whatever_could_be_a_formula_or_a_guard_is_undone_exactly(text: str) -> None:
    risky = text.lstrip("'")[:1] in tuple("=+-@")
    assert unguarded("'" + text if risky else text) == text


def test_a_header_of_ours_is_known() -> None:
    assert own.detects(["SKU", "Price"])
    assert not own.detects(["title", "price"])
    assert not own.detects(["sku", "colour"])


# --- JSON ----------------------------------------------------------------------------------------------------------


def test_json_keeps_the_text_of_numbers() -> None:
    text = '[{"sku": 12, "price": 12.10, "old_price": 1e2, "quantity": 123456789012345678901234567890, "title": "x"}]'
    assert fields(of_json(text)) == [
        {"sku": "12", "price": "12.10", "old_price": "1e2", "quantity": "123456789012345678901234567890", "title": "x"}
    ]


def test_json_has_lists_nulls_and_truth() -> None:
    text = (
        '[{"SKU": "A", "categories": ["One|Two", " Three ", ""], "pictures": "a|b", "brand": null, "is_active": true}]'
    )
    (entry,) = of_json(text)
    assert isinstance(entry, Entry)
    assert entry.fields == {
        "sku": "A", "categories": f"One|Two{LIST}Three", "pictures": f"a{LIST}b", "brand": "", "is_active": "true",
    }  # fmt: skip
    assert entry.columns["sku"] == "SKU"
    assert entry.rows == (
        Row(1, {"SKU": "A", "categories": r"One\|Two| Three |", "pictures": "a|b", "brand": "", "is_active": "true"}),
    )


def test_products_may_be_inside_an_object() -> None:
    text = '{"count": 2, "page": {"next": null},\n "products": [\n {"sku": "A"},\n {"sku": "B"}\n], "more": []}\n'
    assert [(entry.line, entry.fields["sku"]) for entry in of_json(text) if isinstance(entry, Entry)] == [
        (3, "A"),
        (4, "B"),
    ]


def test_an_empty_list_has_no_entries() -> None:
    assert of_json(" [ ] ") == []
    assert of_json('{"products": []}') == []


@pytest.mark.parametrize(
    ("value", "column", "shown", "reason", "fix"),
    [
        ("[1]", "", "1", "It is no object.", 'Write each product as {"sku": ..., "title": ...}.'),
        ('{"sku": "A", "colour": "red"}', "colour", "red", "The key is not known.", KNOWN),
        ('{"sku": ["A"]}', "sku", "A", "The value is not text, but has others in it.", "Write one text or number."),
        ('{"brand": {"id": 1}}', "brand", '{"id": "1"}', "The value is not text, but has others in it.",
         "Write one text or number."),
        ('{"sku": true}', "sku", "true", "The value is neither text nor a number.", "Only is_active is true or false."),
        ('{"pictures": ["a", null]}', "pictures", "a|", "The list has something in it that is no text.",
         'Write a list of texts: ["One", "Two"].'),
        (r'{"sku": "A\u0000"}', "sku", "A\ufffd", "The text has a character that cannot be kept (U+0000).",
         "Remove it."),
        (r'{"sku": "A\ud800"}', "sku", "A\ufffd", "The text has a character that cannot be kept (U+D800).",
         "Remove it."),
        (r'{"categories": ["A\u001f"]}', "categories", "A\ufffd",
         "The text has a character that cannot be kept (U+001F).", "Remove it."),
        ('{"sku": "A", "sku": "B"}', "", "", "A key is there twice.", "Keep one of the two."),
        ('{"sku": "A", "SKU": "B"}', "", "", "A key is there twice.", "Keep one of the two."),
    ],
)  # fmt: skip
def test_an_object_that_is_wrong_is_refused_and_the_others_stay(
    value: str, column: str, shown: str, reason: str, fix: str
) -> None:
    one = value[1:-1] if value == "[1]" else value
    found = of_json(f'[{{"sku": "0"}},\n{one},\n{{"sku": "2"}}]')
    assert fields(found) == [{"sku": "0"}, {"sku": "2"}]
    refusal = refused(found)
    assert (refusal.line, refusal.column, refusal.value) == (2, column, shown)
    assert (refusal.reason, refusal.fix) == (reason, fix)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"sku": "A"},\n{"sku" "B"}]', "a.json is broken JSON at line 2: Expecting ':' delimiter."),
        ('[{"sku": "A"}\n{"sku": "B"}]', "a.json is broken JSON at line 2: , or ] is expected, not {."),
        ('[{"sku": "A"},\n', "a.json is broken JSON at line 2: Expecting value."),
        ('[{"sku": "A"}', "a.json is broken JSON at line 1: , or ] is expected, not the end of the file."),
        ('[{"sku": "A"}]\n[]', "a.json is broken JSON at line 2: the end of the file is expected, not [."),
        ('[{"sku": "A\tB"}]', "a.json is broken JSON at line 1: Invalid control character at."),
        ("[" * 100_000, "a.json is broken JSON at line 1: it is nested too deeply."),
        ('{"items": []}', 'a.json is JSON without products: it has to be a list, or {"products": [...]}.'),
        ("{}", 'a.json is JSON without products: it has to be a list, or {"products": [...]}.'),
        ('{"products": {}}', 'a.json is JSON without products: it has to be a list, or {"products": [...]}.'),
        ('{"products": [], "products": []}', 'a.json has "products" twice. Make one list of them.'),
        ('{"products": []', "a.json is broken JSON at line 1: , or } is expected, not the end of the file."),
        ("sku", "a.json is broken JSON at line 1: [ is expected, not s."),
    ],
)
def test_broken_json_says_where(text: str, sentence: str) -> None:
    assert json_refusal(text) == sentence


def test_a_value_without_end_is_not_read_to_its_end() -> None:
    sentence = "a.json is broken JSON at line 1: a value of over 8 MB begins here, or one that is broken."
    assert json_refusal('[{"sku": "' + "x" * (3 * LONGEST_LINE)) == sentence


def test_objects_on_the_seams_of_what_is_read_are_whole() -> None:
    products = [{"sku": str(number), "title": "x" * (number * 37 % 5000)} for number in range(700)]
    text = json.dumps(products, indent=1)
    assert len(text) > 3 * CHUNK
    assert fields(of_json(text)) == products


@given(
    products=st.lists(st.fixed_dictionaries({"sku": st.text(st.characters(exclude_categories=["Cs", "Cc"]))})),
    indent=st.sampled_from([None, 0, 4]),
)
def test_whatever_json_writes_reads_back(products: list[dict[str, str]], indent: int | None) -> None:
    kept = [{"sku": "" if product["sku"].isspace() else product["sku"]} for product in products]
    assert fields(of_json(json.dumps(products, indent=indent))) == kept
    assert fields(of_ndjson("\n".join(map(json.dumps, products)))) == kept


class Made(io.StringIO):
    """A text that is made piece by piece as it is read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        super().__init__()
        self._pieces = pieces

    def read(self, size: int | None = -1) -> str:
        return next(self._pieces, "")


def test_a_long_list_is_not_held_in_memory() -> None:
    piece = ('{"sku": "A", "title": "' + "x" * 1000 + '"},\n') * 250
    text = Made(chain("[", repeat(piece, 60), ['{"sku": "B"}]']))
    tracemalloc.start()
    count = sum(1 for _ in own.read_json(Opened(text, "utf-8", "a.json")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 60 * 250 + 1
    assert peak < 4 * 2**20


# --- NDJSON --------------------------------------------------------------------------------------------------------


def test_ndjson_has_an_object_on_each_line() -> None:
    found = of_ndjson('{"sku": "A", "price": 1.50}\n\n  {"sku": "B"}\r\n')
    assert [(entry.line, entry.fields) for entry in found if isinstance(entry, Entry)] == [
        (1, {"sku": "A", "price": "1.50"}),
        (3, {"sku": "B"}),
    ]


def test_a_broken_line_of_ndjson_is_refused_and_the_others_stay() -> None:
    found = of_ndjson('{"sku": "A"}\n{"sku": "B"\n{"sku": "C"}\n')
    assert fields(found) == [{"sku": "A"}, {"sku": "C"}]
    assert refused(found) == Refusal(
        2, "", '{"sku": "B"', "The line is no JSON: Expecting ',' delimiter at character 12.",
        "Write one whole object on the line.", (Row(2, {}),),
    )  # fmt: skip
    assert refused(of_ndjson("[" * 100_000)).reason == "The line is no JSON: it is nested too deeply."
    assert refused(of_ndjson("12\n")).reason == "It is no object."


@pytest.mark.parametrize(
    ("head", "is_json", "is_ndjson"),
    [
        ('[{"sku": "A"}]', True, False),
        ("\n [", True, False),
        ('{"products": [{"sku": "A"}]}', True, False),
        ('{"count": 1, "products": [\n{"sku": "A"},\n', True, False),
        ('{\n "products": [', True, False),
        ('{"sku": "A"}\n{"sku": "B"}', False, True),
        ('{"sku": "A"}', False, True),
        ('{"sku": "A"\n{"sku": "B"}', False, True),
        ("sku,title", False, False),
    ],
)
def test_json_and_ndjson_are_told_apart(head: str, is_json: bool, is_ndjson: bool) -> None:
    assert (own.is_json(head), own.is_ndjson(head)) == (is_json, is_ndjson)
