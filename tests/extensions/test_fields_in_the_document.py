"""The document of the API has the fields that extensions add to answers."""

from typing import Any

from starlette.testclient import TestClient
from typing_extensions import TypedDict

from webstore_kit import AddedField, Extension, Settings, create_app


class Shelf(TypedDict):
    """Where it lies."""

    row: int


def test_added_fields_are_in_the_document_with_their_types(settings: Settings) -> None:
    def nothing(store: object, ids: object) -> dict[int, Any]:
        return {}

    fields = [
        AddedField("product", "shelf", Shelf, nothing),
        AddedField("preview", "stars", int, nothing),
        AddedField("order", "note", Any, nothing),
    ]
    with TestClient(create_app(settings, extensions=[Extension(name="more", fields=fields)])) as client:
        schemas = client.get("/api/openapi.json").json()["components"]["schemas"]
    assert schemas["ProductOut"]["properties"]["shelf"]["anyOf"] == [
        {"$ref": "#/components/schemas/Shelf"},
        {"type": "null"},
    ]
    assert schemas["Shelf"]["properties"]["row"]["type"] == "integer"
    assert schemas["Preview"]["properties"]["stars"]["anyOf"] == [{"type": "integer"}, {"type": "null"}]
    assert "stars" in schemas["Preview"]["required"]
    assert "note" in schemas["OrderOut"]["properties"]
    assert "shelf" not in schemas["Preview"]["properties"]
