"""Errors on the wire: every refusal and every fault becomes JSON in the contract's shape."""

import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NotRequired, cast

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import TypedDict

from webstore_kit.core.errors import DatabaseNotReady, ExtensionError, StoreError

logger = logging.getLogger("webstore_kit")

NOT_KEPT = {"Cache-Control": "no-store"}
"""A product that is not there may be there in a moment; without this, caches may keep that it is not (RFC 9111)."""
FieldErrors = dict[str, Annotated[list[str], Field(examples=[["This field is required."]])]]
Refusal = Callable[[StoreError], Mapping[str, Any]]
"""How an operation writes a 400: from the error to the JSON object."""


class Detail(TypedDict):
    """Why a request is refused."""

    detail: Annotated[str, Field(description="A sentence for people.", examples=["Not found."])]


class TriedToken(TypedDict):
    """What was wrong with a token."""

    token_class: Annotated[str, Field(examples=["AccessToken"])]
    token_type: Annotated[str, Field(examples=["access"])]
    message: Annotated[str, Field(examples=["Token is invalid or expired"])]


class WhoRefused(Detail):
    """Why it is not known who asks."""

    code: NotRequired[Annotated[str, Field(description="The same for the same reason, for programs.")]]
    messages: NotRequired[list[TriedToken]]


def field_refusal(error: StoreError) -> FieldErrors | Detail:
    """The usual way: `{"field": ["message"]}` where fields are at fault, else `{"detail": "..."}`."""
    return cast("FieldErrors | Detail", error.body())


def refuse(error: StoreError, refusal: Refusal = field_refusal) -> Response:
    """The answer that tells the client of the error; only a 400 is written in the operation's own way."""
    content = refusal(error) if error.status == 400 else error.body()
    return JSONResponse(content, error.status, {**NOT_KEPT, **(error.headers or {})})


async def on_store_error(request: Request, error: Exception) -> Response:
    """The handler for refusals raised outside our operations, in routes that a shop adds."""
    assert isinstance(error, StoreError)
    return refuse(error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """The handler for what Starlette itself refuses: unknown paths and methods, broken forms."""
    assert isinstance(error, HTTPException)
    headers = {**NOT_KEPT, **(error.headers or {})}
    detail = error.detail
    if error.status_code == 404:
        detail = "Not found."
    elif error.status_code == 405:
        detail = f'Method "{request.method}" not allowed.'
        allowed = {method.strip() for method in headers.get("Allow", "GET, HEAD").split(",")}
        headers["Allow"] = ", ".join(sorted({*allowed, "OPTIONS"}))
    return JSONResponse({"detail": detail}, error.status_code, headers)


class FaultBoundary:
    """The innermost middleware: a fault of ours becomes a plain 500, inside CORS so that browsers may read it.

    The log line names the place and the kind of the fault, not its text, which may quote what a client sent; the
    whole traceback is logged at level DEBUG.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            return  # nobody is left to be answered, and nothing was done yet
        except (Exception, SystemExit) as fault:  # some library of a shop's may call sys.exit, which ends no server
            if scope["type"] != "http":
                raise
            _log(fault, scope)
            if not started:
                await _apology(fault)(scope, receive, send)


def _apology(fault: BaseException) -> Response:
    if isinstance(fault, DatabaseNotReady):
        return JSONResponse({"detail": "The store is not ready."}, 503, NOT_KEPT)
    return JSONResponse({"detail": "A server error occurred."}, 500, NOT_KEPT)


def _log(fault: BaseException, scope: Scope) -> None:
    if isinstance(fault, (DatabaseNotReady, ExtensionError)):
        logger.error("%s", fault)  # its text is ours
        return
    place = traceback.extract_tb(fault.__traceback__)[-1]
    operation = getattr(scope.get("endpoint"), "__name__", "?")
    module = place.filename.replace("\\", "/").rpartition("/")[2]
    logger.error("%s %s failed: %s at %s:%s", scope["method"], operation, type(fault).__name__, module, place.lineno)
    logger.debug("The fault above", exc_info=fault)
