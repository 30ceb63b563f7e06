"""Examples, put together of those that the fields of a schema have."""

from collections.abc import Callable
from typing import Any

from webstore_kit.http.openapi.schemas import Schema, Schemas

DEEPEST = 20
"""Levels of an example; schemas that hold themselves have no end."""


class NoExampleError(LookupError):
    """A part of the schema has none."""


def example(schema: Schema, schemas: Schemas, depth: int = 0) -> Any:
    """A value that fits the schema; raises NoExampleError."""
    schema = schemas.resolved(schema)
    if depth > DEEPEST:
        raise NoExampleError
    if "const" in schema:
        return schema["const"]
    if known := schema.get("examples") or schema.get("enum"):
        return known[0]
    if options := schema.get("anyOf"):
        return example(options[0], schemas, depth + 1)
    make = _BY_TYPE.get(str(schema.get("type")))
    if make is None:
        raise NoExampleError
    return make(schema, schemas, depth + 1)


def _of_object(schema: Schema, schemas: Schemas, depth: int) -> Any:
    if "properties" in schema:
        required = schema.get("required", ())
        return {
            name: example(part, schemas, depth)
            for name, part in schema["properties"].items()
            if name in required or "examples" in part
        }
    if isinstance(schema.get("additionalProperties"), dict):
        return {"field": example(schema["additionalProperties"], schemas, depth)}
    raise NoExampleError


def _of_array(schema: Schema, schemas: Schemas, depth: int) -> Any:
    return [example(schema.get("items", {}), schemas, depth)]


_BY_TYPE: dict[str, Callable[[Schema, Schemas, int], Any]] = {"object": _of_object, "array": _of_array}
