"""The operation: takes one request through body, validation, thread, transaction and endpoint to one answer."""

import asyncio
import enum
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from starlette.convertors import Convertor, StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from webstore_kit.core.errors import StoreError
from webstore_kit.core.store import Store
from webstore_kit.http.body import drain, read_body
from webstore_kit.http.errors import Refusal, field_refusal, refuse
from webstore_kit.http.fields import validate
from webstore_kit.http.negotiation import require_json
from webstore_kit.http.query import Query
from webstore_kit.http.urls import base_url, route_path

Body = TypeVar("Body")
Authenticate = Callable[[Store, str | None], int]
"""Turns the Authorization header into the user's id, or raises Unauthorized."""


class Work(enum.Enum):
    """What an endpoint does; it decides the threads that it runs in and the transaction around it."""

    READ = "read"
    """Only reads: in a reader thread, inside `store.snapshot()`."""
    WRITE = "write"
    """Writes: in a writer thread, inside `store.transaction()`."""
    HASH = "hash"
    """Hashes a password: in a hashing thread; it opens short transactions itself, never around a hash."""


@dataclass(frozen=True)
class Call(Generic[Body]):
    """One request as an endpoint sees it."""

    store: Store
    body: Body
    """The validated body; None where the operation takes none."""
    params: Mapping[str, Any]
    """The parameters in the path."""
    query: Query
    base_url: str
    """The store's public address, without a slash at its end."""
    path: str
    """The path that was asked for, inside the store."""
    user_id: int
    """The user who asks; 0 where the operation does not ask who."""


class IdConvertor(Convertor[int]):
    """`{id:id}` in a path: a number of up to 18 digits, which fits the database; any other path is unknown."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Its digits."""
        return str(value)


class SlugConvertor(StringConvertor):
    """`{token:slug}` in a path: ASCII letters, digits, `-` and `_`."""

    regex = "[-a-zA-Z0-9_]+"


register_url_convertor("id", IdConvertor())
register_url_convertor("slug", SlugConvertor())


class Operation(Route):
    """One operation of the API, written down in a domain's `routes`.

    The path ends in a slash, and is answered without it too: browsers refuse a redirected preflight.

    `body` is the schema of the body; `check` validates it instead where that takes the store, and runs in the worker
    thread. `refusal` is how this operation writes a 400. `private` answers must not be kept by any cache.
    """

    def __init__(
        self,
        method: str,
        path: str,
        endpoint: Callable[[Call[Any]], Any],
        *,
        work: Work = Work.READ,
        body: type[BaseModel] | None = None,
        check: Callable[[Store, Any], Any] | None = None,
        status: int = 200,
        refusal: Refusal = field_refusal,
        authenticate: Authenticate | None = None,
        private: bool = True,
    ) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.app = self._respond
        assert self.path_regex.pattern.endswith("/$"), "the path of an operation ends in a slash"
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + r"?\Z")
        self.work = work
        self.body = body
        self.check = check
        self.status = status
        self.refusal = refusal
        self.authenticate = authenticate
        self.headers = {"Cache-Control": "no-store"} if private else {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request; OPTIONS that is no preflight learns which methods there are."""
        if scope["method"] == "OPTIONS":
            allowed = ", ".join(sorted({*(self.methods or ()), "OPTIONS"}))
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
        else:
            await super().handle(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except StoreError as error:
            response = refuse(error, self.refusal)
        if scope["method"] == "HEAD":
            response.body = b""  # the headers keep the length that GET has
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        require_json(request.headers.get("accept"))
        data = await self._read(request)
        store: Store = request.app.state.store
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads(store), self._perform, store, request, data)

    async def _read(self, request: Request) -> Any:
        limit = request.app.state.store.settings.max_body_size
        if self.body or self.check:
            return await read_body(request, limit)
        await drain(request, limit)
        return None

    def _perform(self, store: Store, request: Request, data: Any) -> Response:
        """The whole work of one request, in one thread; the answer is built before the commit."""
        store.ensure_ready()
        user_id = self._user_id(store, request.headers.get("authorization"))
        body = self._validated(store, data)
        with self._session(store):
            call = Call(
                store=store,
                body=body,
                params=request.path_params,
                query=Query(request.scope["query_string"]),
                base_url=base_url(request.scope, store.settings.base_url),
                path=route_path(request.scope),
                user_id=user_id,
            )
            return JSONResponse(self.endpoint(call), self.status, self.headers)

    def _user_id(self, store: Store, authorization: str | None) -> int:
        if self.authenticate is None:
            return 0
        with store.snapshot():
            return self.authenticate(store, authorization)

    def _validated(self, store: Store, data: Any) -> Any:
        if self.check:
            return self.check(store, data)
        return validate(self.body, data) if self.body else None

    def _threads(self, store: Store) -> Executor:
        return {Work.READ: store.readers, Work.WRITE: store.writers, Work.HASH: store.hashers}[self.work]

    def _session(self, store: Store) -> AbstractContextManager[None]:
        if self.work is Work.HASH:
            return nullcontext()
        return store.transaction() if self.work is Work.WRITE else store.snapshot()
