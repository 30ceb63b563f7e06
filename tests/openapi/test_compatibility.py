"""The API breaks no client of a release, and the check that says so finds what would."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import run
from tests.docs.pages import DOCS
from tests.openapi.compatibility import breaks

RELEASED = sorted((Path(__file__).parent / "released").glob("*.json"))
CURRENT = DOCS / "reference" / "openapi.json"


def test_the_document_in_the_documentation_is_the_present_one(tmp_path: Path) -> None:
    told = run("openapi", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    again = "after a change of the API, write it anew: webstore openapi --output docs/reference/openapi.json"
    assert CURRENT.read_text(encoding="utf-8") == told.stdout, again


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_clients_of_a_release_work_with_this_version(released: Path) -> None:
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (released, CURRENT))
    assert breaks(old, new) == []


DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things/{id}/": {
            "put": {
                "operationId": "putThing",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "maximum": 99}},
                    {"name": "order", "in": "query", "schema": {"enum": ["up", "down"]}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}},
                        "text/csv": {"schema": {"type": "string"}},
                    },
                },
                "responses": {
                    "200": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingOut"}}},
                    },
                    "404": {"content": {"application/json": {"schema": {"type": "object"}}}},
                },
            },
            "get": {"operationId": "getThing", "responses": {}},
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {
                    "name": {"type": ["string", "number"], "minLength": 1, "maxLength": 9, "pattern": "^a"},
                    "count": {"type": "integer", "minimum": 0, "maximum": 9},
                    "kind": {"enum": ["a", "b"]},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
                "required": ["name"],
            },
            "ThingOut": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer"},
                    "name": {"type": "string"},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/ThingOut"}},
                },
                "required": ["id", "name"],
            },
        }
    },
}
Change = Callable[[Any, Any, Any], Any]


def changed(change: Change) -> dict[str, Any]:
    """The document after the change, which gets its operation, what is sent, and what is answered."""
    new = copy.deepcopy(DOCUMENT)
    put = new["paths"]["/things/{id}/"]["put"]
    sent, answered = (new["components"]["schemas"][name] for name in ("Thing", "ThingOut"))
    change(put, sent, answered)
    return new


BREAKING: dict[str, tuple[Change, str]] = {
    "another id": (lambda put, s, a: put.update(operationId="x"), "is called x in place of putThing"),
    "login": (lambda put, s, a: put.update(security=[{"bearer": []}]), "asks for a login"),
    "new parameter": (
        lambda put, s, a: put["parameters"].append({"name": "x", "in": "query", "required": True, "schema": {}}),
        "query parameter x is asked for",
    ),
    "required parameter": (
        lambda put, s, a: put["parameters"][1].update(required=True),
        "query parameter order is asked for",
    ),
    "no parameter": (lambda put, s, a: put["parameters"].pop(), "query parameter order is taken no more"),
    "value of a parameter": (
        lambda put, s, a: put["parameters"][1]["schema"].update(enum=["up"]),
        "query parameter order: values beyond ['up']",
    ),
    "limit of a parameter": (
        lambda put, s, a: put["parameters"][0]["schema"].update(maximum=9),
        "path parameter 0: maximum 99 beside 9",
    ),
    "no media type": (
        lambda put, s, a: put["requestBody"]["content"].pop("text/csv"),
        "text/csv is taken no more",
    ),
    "no body": (lambda put, s, a: put.pop("requestBody"), "a body is taken no more"),
    "new field": (
        lambda put, s, a: (s["properties"].update(x={}), s["required"].append("x")),
        "body.x is asked for",
    ),
    "required field": (lambda put, s, a: s["required"].append("count"), "body.count is asked for"),
    "no field sent": (lambda put, s, a: s["properties"].pop("note"), "body.note is gone"),
    "type sent": (
        lambda put, s, a: s["properties"]["name"].update(type="string"),
        "body.name: type number is taken no more",
    ),
    "no null": (
        lambda put, s, a: s["properties"].update(note={"type": "string"}),
        "body.note: type null is taken no more",
    ),
    "value sent": (lambda put, s, a: s["properties"]["kind"].update(enum=["a"]), "body.kind: values beyond ['a']"),
    "values sent": (
        lambda put, s, a: s["properties"]["count"].update(enum=[1]),
        "body.count: values beyond [1]",
    ),
    "minimum": (
        lambda put, s, a: s["properties"]["count"].update(minimum=1),
        "body.count: minimum 0 beside 1",
    ),
    "maximum": (
        lambda put, s, a: s["properties"]["count"].update(maximum=8),
        "body.count: maximum 9 beside 8",
    ),
    "length": (
        lambda put, s, a: s["properties"]["name"].update(maxLength=8),
        "body.name: maxLength 9 beside 8",
    ),
    "shortest": (
        lambda put, s, a: s["properties"]["name"].update(minLength=2),
        "body.name: minLength 1 beside 2",
    ),
    "pattern": (lambda put, s, a: s["properties"]["name"].update(pattern="^b"), "body.name: another pattern"),
    "no unknown fields": (lambda put, s, a: s.update(additionalProperties=False), "body: more fields"),
    "no status": (lambda put, s, a: put["responses"].pop("404"), "404 is gone"),
    "no header": (lambda put, s, a: put["responses"]["200"].pop("headers"), "200: header ETag is gone"),
    "media type answered": (
        lambda put, s, a: put["responses"]["404"].pop("content"),
        "404: application/json is gone",
    ),
    "no field": (lambda put, s, a: a["properties"].pop("name"), "200.name is gone"),
    "another name": (
        lambda put, s, a: a["properties"].update(title=a["properties"].pop("name")),
        "200.name is gone",
    ),
    "field may be missing": (lambda put, s, a: a["required"].remove("name"), "200.name may be missing"),
    "type answered": (
        lambda put, s, a: a["properties"].update(id={"type": "string"}),
        "200.id: type string in place of integer",
    ),
    "null answered": (
        lambda put, s, a: a["properties"].update(name={"type": ["string", "null"]}),
        "200.name: type null in place of string",
    ),
    "parts answered": (
        lambda put, s, a: a["properties"]["parts"].update(items={"type": "integer"}),
        "200.parts[]: type integer in place of object",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_clients_is_found(name: str) -> None:
    change, reason = BREAKING[name]
    assert breaks(DOCUMENT, changed(change)) == [f"PUT /things/{{}}/: {reason}"]


def test_an_operation_that_is_gone_is_found() -> None:
    without = copy.deepcopy(DOCUMENT)
    del without["paths"]["/things/{id}/"]["get"]
    assert breaks(DOCUMENT, without) == ["GET /things/{}/: is gone"]
    moved = {**DOCUMENT, "paths": {"/elsewhere/": DOCUMENT["paths"]["/things/{id}/"]}}
    assert breaks(DOCUMENT, moved) == ["GET /things/{}/: is gone", "PUT /things/{}/: is gone"]


HARMLESS: dict[str, Change] = {
    "nothing": lambda put, s, a: None,
    "new parameter": lambda put, s, a: put["parameters"].append({"name": "x", "in": "query", "schema": {}}),
    "new field sent": lambda put, s, a: s["properties"].update(x={"type": "string"}),
    "new field answered": lambda put, s, a: (a["properties"].update(x={}), a["required"].append("x")),
    "type sent": lambda put, s, a: s["properties"]["count"].update(type=["number", "string"]),
    "wider": lambda put, s, a: s["properties"]["count"].update(minimum=-1, maximum=10),
    "no pattern": lambda put, s, a: s["properties"]["name"].pop("pattern"),
    "never null": lambda put, s, a: a["properties"].update(note={"type": "string"}),
    "always there": lambda put, s, a: a["required"].append("note"),
    "optional": lambda put, s, a: s["required"].remove("name"),
    "new status": lambda put, s, a: put["responses"].update({"409": {}}),
    "media type": lambda put, s, a: put["requestBody"]["content"].update({"text/plain": {"schema": {}}}),
    "value sent": lambda put, s, a: s["properties"]["kind"].update(enum=["a", "b", "c"]),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_breaks_nobody_is_let_pass(name: str) -> None:
    assert breaks(DOCUMENT, changed(HARMLESS[name])) == []


def test_the_name_of_a_parameter_in_the_path_is_nothing_to_a_client() -> None:
    text = json.dumps(DOCUMENT).replace("{id}", "{number}").replace('"name": "id"', '"name": "number"')
    assert breaks(DOCUMENT, json.loads(text)) == []
