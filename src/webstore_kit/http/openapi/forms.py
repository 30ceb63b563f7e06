"""Bodies that are sent as forms: the same fields, but every value is a text."""

from typing import Any

from webstore_kit.http.openapi.schemas import PLACE, Schema, Schemas

OF_NUMBERS = ("minimum", "maximum")


def as_form(schema: Schema, schemas: Schemas) -> Schema:
    """The schema of the body as a form; it gets a name of its own where it is another."""
    model = schemas.resolved(schema)
    form = {**model, "properties": {name: _as_text(part) for name, part in model.get("properties", {}).items()}}
    if "$ref" not in schema or form["properties"] == model.get("properties"):
        return schema
    name = schema["$ref"].removeprefix(PLACE) + "Form"
    return schemas.add(name, {**form, "title": name})


def _as_text(schema: Schema) -> Schema:
    kinds = schema.get("type")
    if not (isinstance(kinds, list) and "string" in kinds):
        return schema
    text: dict[str, Any] = {part: value for part, value in schema.items() if part not in OF_NUMBERS}
    if "examples" in text:
        text["examples"] = [str(value) for value in text["examples"]]
    return {**text, "type": "string"}
