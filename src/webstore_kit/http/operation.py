"""The operation: takes one request through body, validation, thread, transaction and endpoint to one answer."""

import asyncio
import enum
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from starlette.convertors import Convertor, StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from webstore_kit.core.errors import Busy, StoreError
from webstore_kit.core.glance import TooLongError
from webstore_kit.core.revision import revision
from webstore_kit.core.store import Store
from webstore_kit.core.watch import Stamp
from webstore_kit.http.answer import Answer
from webstore_kit.http.body import drain, parse
from webstore_kit.http.cache import TICKET
from webstore_kit.http.errors import NOT_KEPT, Refusal, field_refusal, refuse
from webstore_kit.http.fields import validate
from webstore_kit.http.idempotency import HEADER, Claim, Running, claim_of, keep_answer, kept_answer, lock_claim
from webstore_kit.http.negotiation import require_json
from webstore_kit.http.query import Parameter, Query, query_of
from webstore_kit.http.urls import base_url, route_path

logger = logging.getLogger("webstore_kit")

PUBLIC = {"Cache-Control": "public, no-cache"}
"""Anybody may keep the answer, and asks each time whether it is still current (RFC 9111, section 5.2.2.4)."""

Body = TypeVar("Body")
Result = TypeVar("Result")
Authenticate = Callable[[Store, str | None], int]
"""Turns the Authorization header into the user's id, or raises Unauthorized."""


class Work(enum.Enum):
    """What an endpoint does; it decides the threads that it runs in and the transaction around it."""

    READ = "read"
    """Only reads: in a reader thread, inside `store.snapshot()`."""
    WRITE = "write"
    """Writes: in a writer thread, by `store.submit()`, which may begin it anew."""
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

    @cached_property
    def revision(self) -> int:
        """The revision of the catalogue in the snapshot at work here."""
        return revision()


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

    `body` is the schema of the body. `check` validates it instead where that takes the store or a hash: it runs in a
    hashing thread, before the transaction; then `body` only says what is taken. `refusal` is how this operation writes
    a 400. An `idempotent` operation heeds the header Idempotency-Key; the keys are those of the customer whose token is
    in the body.

    An operation with a `stamp` is public: its answers may be kept. The function makes the stamp of a result, in the
    snapshot that it was read in; None where this one may not be kept. `heeds_query` says whether the query makes a
    difference. No other answer may be kept.

    `is_brief` says of a query whether it is read in a fraction of a millisecond as a rule; then that is tried in the
    event loop, where the database is SQLite (see `core/glance.py`).

    The rest is for the document of the API: `query` are the parameters that it reads, `raises` the refusals of its own,
    `tag` the group that it is shown in. What else the document says is in the docstring and the annotations of the
    endpoint (see `http/openapi`).
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
        idempotent: bool = False,
        stamp: Callable[[Call[Any], Any], Stamp | None] | None = None,
        heeds_query: bool = False,
        is_brief: Callable[[Query], bool] | None = None,
        query: Sequence[Parameter] = (),
        raises: Sequence[type[StoreError]] = (),
        tag: str | None = None,
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
        assert not idempotent or (work is Work.WRITE and not authenticate), "keys are for writes, by customer token"
        self.idempotent = idempotent
        self.signature = f"{method} {path}"
        assert stamp is None or (work is Work.READ and method == "GET" and not authenticate), "what is public is read"
        self.stamp = stamp
        self.heeds_query = heeds_query
        assert is_brief is None or (work is Work.READ and not (authenticate or check)), "what is brief only reads"
        self.is_brief = is_brief
        self.headers = PUBLIC if stamp else NOT_KEPT
        self.query = query
        self.raises = raises
        self.tag = tag

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
            if isinstance(error, Busy):
                self._count(request.app.state.store)
            response = refuse(error, self.refusal)
        if scope["method"] == "HEAD":
            response.body = b""  # the headers keep the length that GET has
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        require_json(request.headers.get("accept"))
        store: Store = request.app.state.store
        deadline = store.deadline()
        raw = await drain(request, store.settings.max_body_size)
        data = await parse(request, raw) if self.body or self.check else None
        if not store.is_ready:
            await _in_thread(store.readers, store.ensure_ready)
        if self.work is Work.WRITE:
            return await self._write(store, request, data, self._claim(request, data, raw), deadline)
        if store.glance and self.is_brief and self.is_brief(query_of(request.scope["query_string"])):
            with suppress(TooLongError):
                return self._perform(store, request, data, store.glance.snapshot)
        return await _in_thread(self._threads(store), self._perform, store, request, data, self._snapshot(store))

    async def _write(self, store: Store, request: Request, data: Any, claim: Claim | None, deadline: float) -> Response:
        running: Running = request.app.state.running
        with running.working_on(claim) if claim else nullcontext():
            try:
                call = await self._prepared(store, request, data)
            except StoreError:
                # What has been done may not be valid twice: a name that is free, say, is taken then.
                kept = await _in_thread(store.readers, self._kept, store, claim) if claim else None
                if kept is None:
                    raise
                return kept
            return await asyncio.wrap_future(store.submit(partial(self._once, call, claim), deadline))

    async def _prepared(self, store: Store, request: Request, data: Any) -> Call[Any]:
        if self.check or self.authenticate:
            return await _in_thread(self._threads(store), self._call, store, request, data)
        return self._call(store, request, data)

    def _claim(self, request: Request, data: Any, raw: bytes) -> Claim | None:
        if not self.idempotent:
            return None
        token = data.get("token", "") if isinstance(data, dict) else ""
        return claim_of(self.signature, str(token), request.headers.get(HEADER), raw)

    def _perform(
        self, store: Store, request: Request, data: Any, snapshot: Callable[[], AbstractContextManager[None]]
    ) -> Response:
        """The whole work of a request that does not write, in one thread."""
        call = self._call(store, request, data)
        with snapshot():
            result = self.endpoint(call)
            stamp = self.stamp(call, result) if self.stamp else None
        if ticket := request.scope.get(TICKET):
            ticket.stamp = stamp
        return Answer(result, self.status, NOT_KEPT if self.stamp and not stamp else self.headers)

    def _call(self, store: Store, request: Request, data: Any) -> Call[Any]:
        """The call, once it is known who asks and that the body is right."""
        user_id = self._user_id(store, request.headers.get("authorization"))
        return Call(
            store=store,
            body=self._validated(store, data),
            params=request.path_params,
            query=query_of(request.scope["query_string"]),
            base_url=base_url(request.scope, store.settings.base_url),
            path=route_path(request.scope),
            user_id=user_id,
        )

    def _once(self, call: Call[Any], claim: Claim | None) -> Response:
        """The work of a request that writes, in its transaction; the answer is built before the commit."""
        if claim is None:
            return self._result(call)
        lock_claim(call.store, claim)
        kept = kept_answer(call.store, claim, self.headers)
        if kept is not None:
            return kept
        response = self._result(call)
        keep_answer(call.store, claim, response)
        return response

    def _kept(self, store: Store, claim: Claim) -> Response | None:
        with store.snapshot():
            return kept_answer(store, claim, self.headers)

    def _result(self, call: Call[Any]) -> Response:
        return Answer(self.endpoint(call), self.status, self.headers)

    def _user_id(self, store: Store, authorization: str | None) -> int:
        if self.authenticate is None:
            return 0
        with store.snapshot():
            return self.authenticate(store, authorization)

    def _validated(self, store: Store, data: Any) -> Any:
        if self.check:
            return self.check(store, data)
        return validate(self.body, data) if self.body else None

    def _snapshot(self, store: Store) -> Callable[[], AbstractContextManager[None]]:
        return store.snapshot if self.work is Work.READ else nullcontext

    def _threads(self, store: Store) -> Executor:
        return store.hashers if self.check or self.work is Work.HASH else store.readers

    def _count(self, store: Store) -> None:
        store.times_busy += 1  # in the event loop, which is one thread
        logger.warning("%s was answered 503: the store is busy (%s since it started)", self.name, store.times_busy)


def meaning(operations: Sequence[Operation]) -> Callable[[str, bytes], str | None]:
    """What a path with a query asks of these operations; None where it is for none of them."""

    def found(path: str, query: bytes) -> str | None:
        for operation in operations:
            if operation.path_regex.match(path):
                return f"{path}?{query_of(query).meaning()}" if operation.heeds_query else path
        return None

    return found


async def _in_thread(threads: Executor, work: Callable[..., Result], *arguments: Any) -> Result:
    return await asyncio.get_running_loop().run_in_executor(threads, work, *arguments)
