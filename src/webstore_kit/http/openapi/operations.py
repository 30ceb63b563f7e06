"""One operation as the document describes it."""

import inspect
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from starlette.convertors import Convertor, FloatConvertor, IntegerConvertor, UUIDConvertor

from webstore_kit.http import idempotency
from webstore_kit.http.openapi.forms import as_form
from webstore_kit.http.openapi.responses import content, responses
from webstore_kit.http.openapi.schemas import Kind, Schemas, returned
from webstore_kit.http.operation import IdConvertor, Operation

SECURITY = "bearer"
"""The name of the scheme in the document."""
OWN_PACKAGE = "webstore_kit"
SHOP = "shop"
"""The tag of operations that a shop adds."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "description": "A key of your choice: a request that is sent again with it is done once, and answered alike.",
    "schema": {"type": "string", "maxLength": idempotency.LONGEST_KEY, "pattern": "^[ -~]*[!-~][ -~]*$"},
}
KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the answer that the client has.",
    "schema": {"type": "string"},
}


def method_of(operation: Operation) -> str:
    """The method; GET, where HEAD is answered too."""
    methods = operation.methods or {"GET"}
    return min(methods - {"HEAD"} or methods)


def tag_of(operation: Operation) -> str:
    """Its own tag; or the domain that it is in, or `shop` where it is none of ours."""
    package, _, place = str(getattr(operation.endpoint, "__module__", "")).partition(".")
    return operation.tag or (place.partition(".")[0] if package == OWN_PACKAGE and place else SHOP)


def told_of_tag(operation: Operation) -> str:
    """The first line of the docstring of the module where the operation's endpoint is."""
    module = sys.modules.get(getattr(operation.endpoint, "__module__", ""))
    return (getattr(module, "__doc__", None) or "").partition("\n")[0]


def kinds(operation: Operation, name: str) -> Iterator[Kind]:
    """The types whose schemas the description takes."""
    yield Kind(f"{name} answer", "serialization", returned(operation.endpoint))
    yield Kind(f"{name} refusal", "serialization", returned(operation.refusal))
    if operation.body:
        yield Kind(f"{name} body", "validation", operation.body)


def described(operation: Operation, name: str, parameters: Sequence[str], schemas: Schemas) -> dict[str, Any]:
    """The operation with this id; `parameters` are the names that the document has for those in its path."""
    summary, _, description = inspect.cleandoc(getattr(operation.endpoint, "__doc__", None) or "").partition("\n")
    parts: dict[str, Any] = {
        "operationId": name,
        "tags": [tag_of(operation)],
        "summary": summary,
        "description": description.strip(),
        "parameters": [*_in_path(operation, parameters), *_in_query(operation), *_in_headers(operation)],
        "requestBody": _body(operation, name, schemas),
        "responses": responses(operation, name, schemas),
        "security": [{SECURITY: []}] if operation.authenticate else [],
    }
    return {part: value for part, value in parts.items() if value}


def _in_path(operation: Operation, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name, convertor in zip(names, operation.param_convertors.values(), strict=True):
        yield {"name": name, "in": "path", "required": True, "schema": _path_schema(convertor)}


def _path_schema(convertor: Convertor[Any]) -> dict[str, Any]:
    if isinstance(convertor, IdConvertor):
        return {"type": "integer", "format": "int64", "minimum": 0, "maximum": 10**18 - 1, "examples": [5]}
    if isinstance(convertor, IntegerConvertor):
        return {"type": "integer", "minimum": 0}
    if isinstance(convertor, FloatConvertor):
        return {"type": "number", "minimum": 0}
    if isinstance(convertor, UUIDConvertor):
        return {"type": "string", "format": "uuid"}
    return {"type": "string", "pattern": f"^{convertor.regex}$"}


def _in_query(operation: Operation) -> Iterator[dict[str, Any]]:
    for parameter in operation.query:
        yield {
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }


def _in_headers(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.stamp:
        yield KNOWN
    if operation.idempotent:
        yield KEY


def _body(operation: Operation, name: str, schemas: Schemas) -> dict[str, Any] | None:
    if not (operation.body or operation.check):
        return None
    schema = schemas.of(f"{name} body")
    told = content(schema, schemas)
    # Where there is no parameter that may be left out, openapi-python-client (0.29) makes a module of several kinds of
    # body that cannot be imported. The store takes forms there too, as the description of the whole says.
    if any(_in_query(operation)) or any(_in_headers(operation)):
        (form,) = content(as_form(schema, schemas), schemas).values()
        told |= dict.fromkeys(FORMS, form)
    return {"required": bool(schemas.resolved(schema).get("required")), "content": told}
