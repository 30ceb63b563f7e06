"""The document: all operations of an app, in OpenAPI 3.1."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

from starlette.routing import BaseRoute

from webstore_kit.core.parts import AddedField
from webstore_kit.http.added_fields import COMPONENTS
from webstore_kit.http.errors import Detail, WhoRefused
from webstore_kit.http.openapi.operations import SECURITY, SHOP, described, kinds, method_of, tag_of, told_of_tag
from webstore_kit.http.openapi.responses import ANYTHING, DETAIL, WHO
from webstore_kit.http.openapi.schemas import Kind, Schemas
from webstore_kit.http.operation import Operation

INFO = """The back end of a web store.

Paths are answered without their last slash too. GET answers HEAD, and another method than those of a path is 405 with
`Allow`. Bodies may be JSON or forms; texts in them are trimmed, and fields that are not known are ignored. Money is
text with two decimals, a time is ISO 8601 in UTC. A refused request has changed nothing, and says why: `detail`, or the
messages of each field that is wrong.
"""
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The access token that a login answers.",
}


def document(routes: Iterable[BaseRoute], base_url: str, fields: Iterable[AddedField] = ()) -> dict[str, Any]:
    """The document of the operations among the routes, as they are served under this address.

    `fields` are those that extensions add to answers. An operation that comes after another with its method and path is
    never reached, and not there.
    """
    operations = _reached(routes)
    names = operation_ids(operations)
    schemas = _schemas(operations, names)
    for field in fields:
        schemas.add_field(COMPONENTS[field.answer], field.name, field.type)
    paths = _paths(operations, names, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Webstore API", "version": version("webstore-kit"), "description": INFO},
        "servers": [{"url": base_url}],
        "tags": _tags(operations),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.named.items())),
            "securitySchemes": {SECURITY: BEARER},
        },
    }


def operation_ids(operations: Sequence[Operation]) -> list[str]:
    """The ids of the operations: the names of their endpoints, in camel case.

    Of several with one name the last keeps it, which is the store's own, as a shop's come first. The others get method
    and path added: `getProductGetApiShopProductId`.
    """
    plain = [_camel(operation.name) or "operation" for operation in operations]
    left, taken, ids = Counter(plain), set(plain), []
    for name, operation in zip(plain, operations, strict=True):
        left[name] -= 1
        words = f"{name}_{method_of(operation).lower()}_{operation.path_format}"
        ids.append(_free(_camel(words), taken) if left[name] else name)
    return ids


def _reached(routes: Iterable[BaseRoute]) -> list[Operation]:
    found: dict[tuple[str, str], Operation] = {}
    for route in routes:
        if isinstance(route, Operation):
            found.setdefault((method_of(route), _shape(route)), route)
    return list(found.values())


def _shape(operation: Operation) -> str:
    return re.sub(r"{\w+}", "{}", operation.path_format)


def _camel(name: str) -> str:
    words: list[str] = re.findall(r"[A-Za-z0-9]+", name)
    return "".join([*words[:1], *(word[:1].upper() + word[1:] for word in words[1:])])


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}{number}"
    taken.add(free)
    return free


def _schemas(operations: Sequence[Operation], names: Sequence[str]) -> Schemas:
    shared = [Kind(DETAIL, "serialization", Detail), Kind(WHO, "serialization", WhoRefused)]
    own = (kind for operation, name in zip(operations, names, strict=True) for kind in kinds(operation, name))
    return Schemas([*shared, Kind(ANYTHING, "serialization", dict[str, Any]), *own])


def _tags(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    told: dict[str, str] = {}
    for operation in operations:
        told.setdefault(tag_of(operation), "" if operation.tag else told_of_tag(operation))
    told = {name: "What this shop adds." if name == SHOP else text for name, text in told.items()}
    return [{"name": name, **({"description": text} if text else {})} for name, text in told.items()]


def _paths(operations: Sequence[Operation], names: Sequence[str], schemas: Schemas) -> dict[str, Any]:
    # Paths that differ in the names of their parameters alone are one path for OpenAPI, with the names of the first.
    paths: dict[str, Any] = {}
    by_shape: dict[str, str] = {}
    for operation, name in zip(operations, names, strict=True):
        path = by_shape.setdefault(_shape(operation), operation.path_format)
        told = described(operation, name, re.findall(r"{(\w+)}", path), schemas)
        paths.setdefault(path, {})[method_of(operation).lower()] = told
    return paths
