"""The document says what the route table says, and what the server answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from openapi_spec_validator import validate
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.databases import settings_for
from tests.docs.pages import text_of
from tests.docs.test_docs import keys_of, one_answer_of_each
from webstore_kit import Call, Operation, Parameter, Store, StoreError, Work, create_app
from webstore_kit.http.fields import WholeNumber
from webstore_kit.http.openapi.document import document

BASE = "https://shop.example.com"


def document_of(folder: Path, routes: list[Route] | None = None) -> dict[str, Any]:
    return document(create_app(settings_for(folder), routes=routes or []).routes, BASE)


def operations_of(told: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    }


def media_of(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for response in operation["responses"].values():
        yield from response.get("content", {}).values()
    yield from operation.get("requestBody", {"content": {}})["content"].values()


def success_of(operation: dict[str, Any]) -> dict[str, Any]:
    (status,) = (status for status in operation["responses"] if status.startswith("2"))
    media: dict[str, Any] = operation["responses"][status]["content"]["application/json"]
    return media


def check(value: Any, schema: dict[str, Any], told: dict[str, Any]) -> None:
    jsonschema.validate(value, {**schema, "components": told["components"]}, jsonschema.Draft202012Validator)


def test_it_is_openapi_3_1(tmp_path: Path) -> None:
    told = document_of(tmp_path)
    validate(told)
    assert (told["openapi"], told["servers"]) == ("3.1.0", [{"url": BASE}])


def test_every_operation_is_in_it_and_no_other(tmp_path: Path) -> None:
    routes = [route for route in create_app(settings_for(tmp_path)).routes if isinstance(route, Operation)]
    served = {
        f"{method} {route.path_format}" for route in routes for method in (route.methods or set()) if method != "HEAD"
    }
    told = operations_of(document_of(tmp_path))
    assert set(told) == served
    assert len({operation["operationId"] for operation in told.values()}) == len(told) == 17
    assert {tag for operation in told.values() for tag in operation["tags"]} == {"catalog", "customers", "orders"}
    assert all(operation["summary"] for operation in told.values())


def test_every_refusal_on_the_page_of_the_api_is_in_it(tmp_path: Path) -> None:
    (table,) = re.findall(r"### Errors\n\n(.+?)\n\n", text_of("reference/api.md"), re.DOTALL)
    on_page = set(re.findall(r"^\| (\d{3}) \|", table, re.MULTILINE))
    told = document_of(tmp_path)
    statuses = {status for operation in operations_of(told).values() for status in operation["responses"]}
    assert "405" in told["info"]["description"]  # an operation never answers it, but its path does
    assert on_page - {"405"} <= statuses


def test_every_example_fits_its_schema(tmp_path: Path) -> None:
    told = document_of(tmp_path)
    examples = [media for operation in operations_of(told).values() for media in media_of(operation)]
    assert len(examples) > 100
    for media in examples:
        check(media["example"], media["schema"], told)


def test_every_answer_fits_its_schema_and_looks_like_its_example(
    client: TestClient, store: Store, tmp_path: Path
) -> None:
    told = document_of(tmp_path)
    operations = operations_of(told)
    for name, answer in one_answer_of_each(client, store).items():
        media = success_of(operations.pop(name))
        check(answer, media["schema"], told)
        assert keys_of(answer) == keys_of(media["example"]), name
        assert type(answer) is type(media["example"]), name
    assert not operations


def test_operations_of_a_shop_are_in_it(tmp_path: Path) -> None:
    def hours(call: Call[None]) -> dict[str, str]:
        """When the shop is open.

        Holidays are not in it.
        """
        return {"monday": "9-17"}

    class Closed(StoreError):
        """The shop is closed."""

        status = 410

    day = Parameter("day", "One day alone.", {"enum": ["monday", "tuesday"]})
    told = document_of(tmp_path, [Operation("GET", "/api/shop/hours/", hours, query=[day], raises=[Closed])])
    validate(told)
    operation = operations_of(told)["GET /api/shop/hours/"]
    assert (operation["summary"], operation["description"]) == ("When the shop is open.", "Holidays are not in it.")
    assert (operation["tags"], operation["operationId"]) == (["shop"], "hours")
    assert operation["parameters"][0]["schema"] == {"enum": ["monday", "tuesday"]}
    assert operation["responses"]["410"]["description"] == "The shop is closed."
    assert success_of(operation)["schema"] == {"additionalProperties": {"type": "string"}, "type": "object"}


def untold(call):  # type: ignore[no-untyped-def]
    return object()


def unknown(call: Call[None]) -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821
    return None


def strange(call: Call[None]) -> Iterator[re.Pattern[str]] | Path | object:
    return None


def foreign(call: Call[None]) -> TestClient:
    raise AssertionError("only what it says of itself is read")


@pytest.mark.parametrize("endpoint", [untold, unknown, strange, foreign], ids=lambda each: each.__name__)
def test_an_endpoint_that_does_not_say_what_it_answers_may_answer_anything(endpoint: Any, tmp_path: Path) -> None:
    told = document_of(tmp_path, [Operation("GET", "/api/shop/x/", endpoint)])
    validate(told)
    assert success_of(operations_of(told)["GET /api/shop/x/"]) == {"schema": {}}


def test_plain_routes_are_not_in_it(tmp_path: Path) -> None:
    async def plain(request: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    assert "/plain/" not in document_of(tmp_path, [Route("/plain/", plain)])["paths"]


def test_of_several_endpoints_with_one_name_each_has_an_id_and_those_of_the_store_keep_theirs(tmp_path: Path) -> None:
    def get_product(call: Call[None]) -> str:
        return ""

    told = document_of(
        tmp_path,
        [
            Operation("GET", "/api/shop/product/{id:id}/", get_product),
            Operation("PUT", "/api/shop/product/{id:id}/", get_product),
            Operation("GET", "/api/shop/a-b/", get_product),
            Operation("GET", "/api/shop/a/b/", get_product),
            Operation("GET", "/api/shop/lambda/", lambda call: ""),
        ],
    )
    validate(told)
    ids = {name: operation["operationId"] for name, operation in operations_of(told).items()}
    assert ids["GET /api/product/get/{id}/"] == "getProduct"
    assert ids["GET /api/shop/product/{id}/"] == "getProductGetApiShopProductId"
    assert ids["PUT /api/shop/product/{id}/"] == "getProductPutApiShopProductId"
    assert {ids["GET /api/shop/a-b/"], ids["GET /api/shop/a/b/"]} == {
        "getProductGetApiShopAB",
        "getProductGetApiShopAB2",
    }
    assert ids["GET /api/shop/lambda/"] == "lambda"


def test_an_operation_that_a_shop_puts_before_one_of_the_store_is_the_one_that_is_told(tmp_path: Path) -> None:
    def own(call: Call[None]) -> str:
        """Ours."""
        return ""

    told = document_of(
        tmp_path,
        [
            Operation("GET", "/api/product/get/{number:id}/", own),
            Operation("DELETE", "/api/product/category/get/{number:id}/", own),
        ],
    )
    validate(told)
    assert told["paths"]["/api/product/get/{number}/"]["get"]["summary"] == "Ours."
    assert "/api/product/get/{id}/" not in told["paths"]
    assert set(told["paths"]["/api/product/category/get/{number}/"]) == {"delete", "get"}


class Node(BaseModel):
    """A part of a tree."""

    name: str = Field(examples=["root"])
    parts: list["Node"]


class Question(BaseModel):
    """What somebody asks."""

    kind: Literal["a", "b"]
    count: Annotated[int, WholeNumber(minimum=1), Field(examples=[3])]


class QuestionForm(BaseModel):
    """Something else."""

    text: str


def test_bodies_and_answers_of_a_shop_may_be_any_models(tmp_path: Path) -> None:
    def tree(call: Call[Question]) -> Node:
        return Node(name="root", parts=[])

    def other(call: Call[QuestionForm]) -> dict[str, object]:
        return {}

    told = document_of(
        tmp_path,
        [
            Operation("POST", "/tree/", tree, body=Question, work=Work.WRITE, idempotent=True),
            Operation("POST", "/other/", other, body=QuestionForm),
            Operation("HEAD", "/head/", other),
        ],
    )
    validate(told)
    body = operations_of(told)["POST /tree/"]["requestBody"]["content"]
    assert body["application/json"]["example"] == {"kind": "a", "count": 3}
    form = body["multipart/form-data"]
    assert (form["schema"], form["example"]) == (
        {"$ref": "#/components/schemas/QuestionForm_"},
        {"kind": "a", "count": "3"},
    )
    assert success_of(operations_of(told)["POST /tree/"]) == {"schema": {"$ref": "#/components/schemas/Node"}}
    assert set(told["components"]["schemas"]["QuestionForm"]["properties"]) == {"text"}
    assert success_of(operations_of(told)["POST /other/"])["schema"]["type"] == "object"
    assert "HEAD /head/" in operations_of(told)
