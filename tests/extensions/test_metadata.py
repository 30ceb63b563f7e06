"""Metadata: noted under keys, lost by nobody, and shown by no answer unless the shop says so."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from tests.databases import settings_for
from tests.factories import DELIVERY, add_brand, add_customer, add_product, add_user
from webstore_kit import (
    Change,
    InvalidInput,
    NotFound,
    ProductChanged,
    Settings,
    Store,
    Subscriber,
    change_metadata,
    create_app,
    read_metadata,
)
from webstore_kit.cli import app
from webstore_kit.core.parts import Parts
from webstore_kit.importing.services import import_catalogue
from webstore_kit.importing.undo import undo
from webstore_kit.metadata import LARGEST, MODELS, Subject

SUBJECTS: tuple[Subject, ...] = get_args(Subject)


def change(store: Store, subject: Subject, number: int, **changes: Any) -> dict[str, Any]:
    return store.write(lambda: change_metadata(store, subject, number, changes))


def noted(store: Store, subject: Subject, *numbers: int) -> dict[int, dict[str, Any]]:
    with store.snapshot():
        return read_metadata(subject, numbers)


def fill(store: Store) -> None:
    """One product, one customer and one cart, each with the id 1."""
    product, token = add_product(store), add_customer(store)
    with TestClient(create_app(store.settings)) as client:
        client.post("/api/order/cart/update/", json={"token": token, "product_id": product, "quantity": 1})


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_noted_is_read_again_and_none_removes(store: Store, subject: Subject) -> None:
    fill(store)
    assert tuple(MODELS) == SUBJECTS
    assert noted(store, subject, 1, 2) == {1: {}}
    after = change(store, subject, 1, a=1, b={"x": [1.5, None, True, "é😀"]}, c="\\u0000", d=(1, 2))
    assert after == {"a": 1, "b": {"x": [1.5, None, True, "é😀"]}, "c": "\\u0000", "d": [1, 2]}
    assert noted(store, subject, 1) == {1: after}
    assert change(store, subject, 1, a=None, b=None, c="", d=None, e=None) == {"c": ""}
    assert noted(store, subject, 1) == {1: {"c": ""}}


@pytest.mark.parametrize("number", [0, -1, 2, 10**18, 2**63, 10**40])
def test_what_is_not_there_is_said(store: Store, number: int) -> None:
    add_product(store)
    with pytest.raises(NotFound, match=rf"^There is no product {number}\.$"):
        change(store, "product", number, a=1)


DEEP: list[Any] = []
for _ in range(20_000):
    DEEP = [DEEP]
NO_JSON: dict[str, tuple[Mapping[Any, Any], str]] = {
    "NUL": ({"a": "x\0"}, "Null characters are not allowed."),
    "NUL in a key": ({"a": {"x\0": 1}}, "Null characters are not allowed."),
    "NUL after a backslash": ({"a": "\\\0"}, "Null characters are not allowed."),
    "half a character": ({"a": "\ud800"}, "It is no JSON."),
    "half a character in a key": ({"\udfff": 1}, "It is no JSON."),
    "no number": ({"a": float("nan")}, "It is no JSON."),
    "infinite": ({"a": [float("inf")]}, "It is no JSON."),
    "a set": ({"a": {1}}, "It is no JSON."),
    "too deep": ({"a": DEEP}, "It is no JSON."),
    "a key that is no text": ({7: 1}, "Its keys have to be texts."),
    "too long": ({"a": "x" * LARGEST}, "It takes more than 65536 bytes as JSON."),
    "too long in bytes": ({"a": "é" * (LARGEST // 2)}, "It takes more than 65536 bytes as JSON."),
}


@pytest.mark.parametrize("case", NO_JSON)
def test_what_cannot_be_noted_changes_nothing(store: Store, case: str) -> None:
    changes, sentence = NO_JSON[case]
    add_product(store)
    change(store, "product", 1, before="x")
    with pytest.raises(InvalidInput) as caught:
        store.write(lambda: change_metadata(store, "product", 1, changes))
    assert caught.value.fields == {"metadata": [sentence]}
    assert noted(store, "product", 1) == {1: {"before": "x"}}


def test_the_most_that_fits_is_noted(store: Store) -> None:
    add_product(store)
    most = "x" * (LARGEST - len(json.dumps({"a": ""})))
    assert change(store, "product", 1, a=most) == {"a": most}
    with pytest.raises(InvalidInput):
        change(store, "product", 1, b=1)
    assert noted(store, "product", 1) == {1: {"a": most}}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_of_those_who_change_other_keys_at_once_none_loses(store: Store, subject: Subject) -> None:
    fill(store)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: change(store, subject, 1, **{f"key{number}": number}), range(32)))
    assert noted(store, subject, 1) == {1: {f"key{number}": number for number in range(32)}}


def test_a_product_is_said_to_have_changed(settings: Settings) -> None:
    told: list[Any] = []
    subscriber = Subscriber(ProductChanged, lambda _, event: told.append(event))
    store = Store(settings, parts=Parts(after_commit=[subscriber]))
    fill(store)
    for subject in SUBJECTS:
        change(store, subject, 1, a=1)
    store.close()
    assert told == [ProductChanged(1, Change.UPDATED, ("metadata",))]


def test_imports_and_their_undo_leave_notes_alone(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("sku,title,price\nA,Mug,5.00\n")
    import_catalogue(store, str(file))
    change(store, "product", 1, shelf=7)
    file.write_text("sku,title,price\nA,Large mug,6.00\n")
    report = import_catalogue(store, str(file))
    assert (report.counts.updated, noted(store, "product", 1)) == (1, {1: {"shelf": 7}})
    assert report.run
    undo(store, report.run)
    assert noted(store, "product", 1) == {1: {"shelf": 7}}


def test_what_the_setting_names_is_shown_and_nothing_else(settings: Settings, store: Store) -> None:
    brand = add_brand(store)
    product, other = add_product(store, brand=brand), add_product(store, brand=brand)
    token = add_customer(store)
    add_user(store, token=token)
    change(store, "product", product, **{"shoe size": 39, "a.b": [1], "secret": "x"})
    names = ["product.shoe size", "preview.a.b", "customer.club", "order.gift", "product.absent"]
    shown = settings_for(settings.directory, settings.database_url, exposed_metadata=names)
    with TestClient(create_app(shown)) as client:
        login = client.post("/api/jwt/auth/", json={"username": "ann", "password": "Correct-horse-7"}).json()
        header = {"Authorization": f"Bearer {login['access']}"}
        put = {"token": token, "product_id": product, "quantity": 1}
        client.post("/api/order/cart/update/", json=put)
        client.put("/api/order/finalize/", json={**DELIVERY, "token": token})
        change(store, "customer", 1, club="gold", secret="x")
        change(store, "order", 1, gift=True, secret="x")
        assert client.get(f"/api/product/get/{product}/").json()["metadata"] == {"shoe size": 39}
        assert client.get(f"/api/product/get/{other}/").json()["metadata"] == {}
        previews = client.get("/api/product/all/").json()["result"]
        assert {each["id"]: each["metadata"] for each in previews} == {product: {"a.b": [1]}, other: {}}
        in_brand = client.get(f"/api/product/brands/get/{brand}/").json()["products"]
        assert {each["id"]: each["metadata"] for each in in_brand} == {product: {"a.b": [1]}, other: {}}
        assert client.get("/api/customer/getuser/", headers=header).json()["metadata"] == {"club": "gold"}
        (order,) = client.get("/api/customer/myorders/", headers=header).json()
        assert order["metadata"] == {"gift": True}
    with TestClient(create_app(settings)) as client:
        assert "metadata" not in client.get(f"/api/product/get/{product}/").json()


def test_the_command_notes_shows_and_removes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add_product(store)
    monkeypatch.setenv("WEBSTORE_DATABASE_URL", store.settings.database_url)

    def webstore(*words: str) -> Result:
        return CliRunner().invoke(app, ["metadata", *words, "--dir", str(store.settings.directory)])

    words = ["colour=red", "sizes=[38, 39]", 'text="7"', "sum=a=b", "not=NaN", "[red]=[/]"]
    assert json.loads(webstore("set", "product", "1", *words, "--json").stdout) == {
        "colour": "red",
        "sizes": [38, 39],
        "text": "7",
        "sum": "a=b",
        "not": "NaN",
        "[red]": "[/]",
    }
    shown = webstore("show", "product", "1").stdout
    assert '│ colour │ "red"    │' in shown
    assert '│ [red]  │ "[/]"    │' in shown
    webstore("set", "product", "1", "colour=", "sizes=", "sum=", "not=", "[red]=")
    assert json.loads(webstore("show", "product", "1", "--json").stdout) == {"text": "7"}
    webstore("set", "product", "1", "text=")
    assert webstore("show", "product", "1").stdout == "Nothing is noted.\n"
    assert str(webstore("show", "order", "7").exception) == "There is no order 7."
    assert str(webstore("set", "customer", str(10**30), "a=1").exception) == f"There is no customer {10**30}."
    assert str(webstore("set", "product", "1", "a=1e999").exception) == "metadata: It is no JSON."
    for words in (["set", "product", "1", "a"], ["set", "product", "1", "=a"], ["show", "brand", "1"]):
        assert webstore(*words).exit_code == 2
