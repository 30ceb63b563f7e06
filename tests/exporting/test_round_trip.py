"""What goes out in our own formats comes back in unchanged, whatever is in the catalogue."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.exporting.catalogues import (
    CATALOGUES,
    Fields,
    empty,
    exported,
    fill,
    kettle,
    presents,
    read_back,
    read_entries,
)
from webstore_kit import Store
from webstore_kit.importing import present
from webstore_kit.importing.plan import Unchanged, step
from webstore_kit.importing.wanted import LONGEST_TEXT, Wanted, wanted

OWN = {"csv": "webstore", "json": "json", "ndjson": "ndjson", "xlsx": "webstore"}
"""Our formats, and as what each is known again."""
SOME = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADER = "sku,key,title,price,old_price,quantity,description,brand,categories,pictures,group,is_active\n"


def steps(store: Store, content: bytes) -> list[Any]:
    """What an import of the file would do."""
    found = []
    with store.snapshot():
        for entry in read_entries(content):
            each = wanted(entry)
            assert isinstance(each, Wanted)
            ids = present.ids_of([each.sku] if each.sku else [], [each.key] if each.key else [])
            (there,) = present.products(ids)
            found.append(step(entry, each, there))
    return found


@pytest.mark.parametrize("name", OWN)
@SOME
@given(catalogue=CATALOGUES)
def test_a_catalogue_that_came_back_goes_out_as_the_same_bytes(
    store: Store, name: str, catalogue: list[Fields]
) -> None:
    empty(store)
    fill(store, catalogue)
    content = exported(store, name)
    back = read_back(content, OWN[name])
    assert back == [
        {field: value for field, value in product.fields.items() if value is not None and value != ()}
        for product in presents(store)
    ]
    empty(store)
    fill(store, back)
    assert exported(store, name) == content


@pytest.mark.parametrize("name", OWN)
@SOME
@given(catalogue=CATALOGUES)
def test_an_import_of_what_just_went_out_changes_nothing(store: Store, name: str, catalogue: list[Fields]) -> None:
    empty(store)
    fill(store, catalogue)
    there = presents(store)
    assert steps(store, exported(store, name)) == [Unchanged(product) for product in there]


@pytest.mark.parametrize(
    ("name", "sign"),
    [("csv", '"'), ("csv", "\n"), ("json", "\x01"), ("ndjson", "\x01"), ("ndjson", "🫖")],
    ids=["csv-quote", "csv-line", "json-control", "ndjson-control", "ndjson-kettle"],
)
def test_the_longest_description_comes_back(store: Store, name: str, sign: str) -> None:
    description = f"a{sign * (LONGEST_TEXT - 2)}b"
    fill(store, [kettle(description=description), kettle(sku="K-2")])
    first, second = read_back(exported(store, name), OWN[name])
    assert first["description"] == description
    assert second["sku"] == "K-2"


def test_a_table_has_a_column_for_each_field(store: Store) -> None:
    details = {"description": 'Says "hi",\nand more', "brand": "=Acme", "group": "kettles", "is_active": False}
    lists = {"paths": [("Tea", "Hot > cold"), ("a|b",)], "pictures": ("a.jpg", r"c:\b,c.jpg")}
    fill(store, [kettle(**details, **lists), kettle(sku=None, key="mug/red", title="'-Mug")])
    header, *rows = exported(store, "csv").decode().splitlines(keepends=True)
    assert header == HEADER
    assert "".join(rows[:2]) == (
        'K-1,,Kettle,12.10,,5,"Says ""hi"",\nand more",'
        r"""'=Acme,Tea > Hot \\> cold|a\|b,"a.jpg|c:\\b,c.jpg",kettles,false"""
        "\n"
    )
    assert rows[2:] == [",mug/red,''-Mug,12.10,,5,,,,,,true\n"]


def test_json_has_an_object_on_each_line(store: Store) -> None:
    _, number = fill(store, [kettle(paths=[("Tea", "Hot > cold")], pictures=("a|b.jpg",)), kettle(sku=None)])
    text = exported(store, "json").decode()
    first, second = text.splitlines()[1:-1]
    assert first == (
        '{"sku": "K-1", "key": null, "title": "Kettle", "price": "12.10", "old_price": null, "quantity": 5, '
        r'"description": null, "brand": null, "categories": ["Tea > Hot \\> cold"], "pictures": ["a|b.jpg"], '
        '"group": null, "is_active": true},'
    )
    assert json.loads(second)["key"] == f"product:{number}"
    assert text == f"[\n{first}\n{second}\n]\n"
    assert exported(store, "ndjson").decode() == f"{first[:-1]}\n{second}\n"


def test_an_empty_catalogue_goes_out_as_none(store: Store) -> None:
    assert [exported(store, name) for name in ("csv", "json", "ndjson")] == [HEADER.encode(), b"[]\n", b""]
    assert read_back(exported(store, "xlsx")) == []
