"""Examples, put together of those that the fields of a schema have."""

from collections.abc import Callable
from typing import Any

from webstore_kit.http.openapi.schemas import Schema, Schemas


class NoExampleError(LookupError):
    """A part of the schema has none."""


def example(schema: Schema, schemas: Schemas) -> Any:
    """A value that fits the schema; raises NoExampleError."""
    schema = schemas.resolved(schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if options := schema.get("anyOf"):
        return example(options[0], schemas)
    make = _BY_TYPE.get(schema.get("type", ""))
    if make is None:
        raise NoExampleError
    return make(schema, schemas)


def _of_object(schema: Schema, schemas: Schemas) -> Any:
    if "properties" in schema:
        required = schema.get("required", ())
        return {
            name: example(part, schemas)
            for name, part in schema["properties"].items()
            if name in required or "examples" in part
        }
    if isinstance(schema.get("additionalProperties"), dict):
        return {"field": example(schema["additionalProperties"], schemas)}
    raise NoExampleError


def _of_array(schema: Schema, schemas: Schemas) -> Any:
    return [example(schema.get("items", {}), schemas)]


_BY_TYPE: dict[str, Callable[[Schema, Schemas], Any]] = {"object": _of_object, "array": _of_array}
