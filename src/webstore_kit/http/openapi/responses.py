"""What an operation answers: where all goes well, and each refusal."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from inspect import signature
from typing import Any

from webstore_kit.core.errors import (
    BodyTooLarge,
    Busy,
    InvalidInput,
    MalformedBody,
    NotAcceptable,
    NotFound,
    StoreError,
    Unauthorized,
    UnsupportedMedia,
)
from webstore_kit.http import idempotency
from webstore_kit.http.openapi.examples import NoExampleError, example
from webstore_kit.http.openapi.schemas import Schema, Schemas
from webstore_kit.http.operation import Operation

DETAIL, WHO, ANYTHING = "a refusal", "a refusal of who asks", "anything"
"""The names of kinds that all operations share."""
TEXT = {"type": "string"}
HEADERS: Mapping[str, tuple[str, Schema]] = {
    "Cache-Control": ("Whether the answer may be kept.", TEXT),
    "ETag": ("Which answer this is: send it as `If-None-Match` with the next request.", TEXT),
    "Retry-After": ("After how many seconds to try again.", {"type": "integer", "minimum": 0}),
    "WWW-Authenticate": ("The scheme to use.", TEXT),
    idempotency.REPLAYED: ("Where the answer is the one of an earlier request with this key.", {"const": "true"}),
}
FAULT = "A fault of the store; nothing was changed."


def responses(operation: Operation, name: str, schemas: Schemas) -> dict[str, Any]:
    """All that the operation may answer, by status; `name` is that of its kinds."""
    found = {str(operation.status): _success(operation, schemas.of(f"{name} answer"), schemas)}
    if operation.stamp:
        found["304"] = {"description": "It is the answer that the client has.", "headers": _headers(["ETag"])}
    for status, errors in _by_status(refusals(operation)).items():
        kind = f"{name} refusal" if status == 400 else _kind_of(errors)
        found[str(status)] = _refusal(errors, schemas.of(kind), schemas)
    apology = {"detail": "A server error occurred."}
    found["500"] = {"description": FAULT, "content": content(schemas.of(DETAIL), schemas, apology)}
    return dict(sorted(found.items()))


def refusals(operation: Operation) -> Iterator[type[StoreError]]:
    """The kinds of refusal that the operation knows."""
    takes_body = operation.body or operation.check
    if takes_body:
        yield from (MalformedBody, InvalidInput, UnsupportedMedia)
    elif operation.query:
        yield InvalidInput
    if "GET" not in (operation.methods or ()):
        yield BodyTooLarge
    if operation.idempotent:
        yield from (idempotency.KeyInvalid, idempotency.KeyInUse, idempotency.KeyReused)
    if operation.authenticate:
        yield Unauthorized
    if operation.param_convertors:
        yield NotFound
    yield from (NotAcceptable, Busy)
    yield from operation.raises


def content(schema: Schema, schemas: Schemas, shown: Any = None) -> dict[str, Any]:
    """JSON of the schema, with an example where there is one."""
    media: dict[str, Any] = {"schema": schema}
    with suppress(NoExampleError):
        media["example"] = example(schema, schemas) if shown is None else shown
    return {"application/json": media}


def _success(operation: Operation, schema: Schema, schemas: Schemas) -> dict[str, Any]:
    names = ["Cache-Control"]
    if operation.stamp:
        names.append("ETag")
    if operation.idempotent:
        names.append(idempotency.REPLAYED)
    phrase = HTTPStatus(operation.status).phrase
    return {"description": phrase, "headers": _headers(names), "content": content(schema, schemas)}


def _by_status(errors: Iterable[type[StoreError]]) -> dict[int, list[type[StoreError]]]:
    found: dict[int, list[type[StoreError]]] = {}
    for error in dict.fromkeys(errors):
        found.setdefault(error.status, []).append(error)
    return found


def _refusal(errors: list[type[StoreError]], schema: Schema, schemas: Schemas) -> dict[str, Any]:
    told = " ".join(map(_told, errors))
    headers = _headers(dict.fromkeys(name for error in errors for name in error.headers))
    shown = None if errors[0].status == 400 else _shown(errors[0])
    response = {"description": told, "headers": headers, "content": content(schema, schemas, shown)}
    return {part: value for part, value in response.items() if value}


def _shown(error: type[StoreError]) -> Any:
    """What it says; in general, where that depends on the request."""
    make: Callable[..., StoreError] = error
    if all(part.default is not part.empty for part in signature(make).parameters.values()):
        return make().body()
    return {"detail": _told(error)}


def _told(error: type[StoreError]) -> str:
    return (error.__doc__ or error.__name__).partition("\n")[0]


def _kind_of(errors: list[type[StoreError]]) -> str:
    if errors[0].status == 401:
        return WHO
    return DETAIL if all(error.body is StoreError.body for error in errors) else ANYTHING


def _headers(names: Iterable[str]) -> dict[str, Any]:
    unknown = ("", TEXT)
    told = {name: HEADERS.get(name, unknown) for name in names}
    return {name: {"description": description, "schema": schema} for name, (description, schema) in told.items()}
