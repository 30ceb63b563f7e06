"""The cache of public answers: a pure ASGI layer in front of all that costs.

It keeps whole answers, as everything behind it has made them, CORS headers and all, by all that they depend on. Each is
given out only after the watch has found it current, so nobody ever gets an old one.
"""

import asyncio
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webstore_kit.core.errors import NotAcceptable
from webstore_kit.core.watch import Stamp, Watch
from webstore_kit.http.encodings import IDENTITY, accepted, encoded
from webstore_kit.http.kept import Answer, Form, Headers, Kept
from webstore_kit.http.negotiation import require_json
from webstore_kit.http.urls import HOST

TICKET = "webstore_kit.ticket"
"""The place in the scope where an operation finds the ticket that it stamps."""
LARGE = 64 * 1024
"""Bytes of a body that takes too long to be compressed in the event loop."""
LONGEST = 1024
"""Bytes of path and query; nothing is kept for a request that has more."""
SHORT, REMEMBERED = 256, 4096
"""Bytes of path and query, or of a header, that are remembered with what they mean, and how many of them."""


class Ticket:
    """Goes with a request to the operation; comes back with a stamp where the answer may be kept."""

    __slots__ = ("stamp",)

    def __init__(self) -> None:
        self.stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What the cache has to know of the store.

    `meaning` says what a path with a query asks for, as a text that is the same for all that mean the same; None where
    that is not public.
    """

    watch: Watch
    space: int
    meaning: Callable[[str, bytes], str | None]
    origins: Collection[str]
    has_base_url: bool
    threads: Callable[[], Executor]


class _Asked:
    """What a request asks for, as far as the answer depends on it."""

    __slots__ = ("accept", "encoding", "host", "is_odd", "known", "origin")

    def __init__(self, headers: Headers) -> None:
        self.host: bytes | None = None
        self.origin: bytes | None = None
        self.accept: bytes | None = None
        self.known: bytes | None = None
        self.encoding = IDENTITY
        self.is_odd = False
        """Whether it has a body, or two headers of which others may heed another one."""
        for name, value in headers:
            if name == b"host":
                self.is_odd = self.is_odd or self.host is not None
                self.host = value
            elif name == b"accept-encoding":
                self.encoding = accepted(value) if len(value) <= SHORT else IDENTITY
            elif name == b"accept":
                self.is_odd = self.is_odd or self.accept is not None or len(value) > SHORT
                self.accept = value
            elif name == b"if-none-match":
                self.known = value if self.known is None else self.known + b"," + value
            elif name == b"origin":
                self.is_odd = self.is_odd or self.origin is not None
                self.origin = value
            elif name in (b"content-length", b"transfer-encoding"):
                self.is_odd = True


class AnswerCache:
    """Answers GET and HEAD of the public operations from what is kept, and keeps what others ask for the first time.

    Several who ask for the same at once get it from one making.
    """

    def __init__(self, app: ASGIApp, scene: Scene) -> None:
        self.app = app
        self._scene = scene
        self._watch = scene.watch
        self._kept = Kept(scene.space)
        self._making: dict[Hashable, asyncio.Future[Answer | None]] = {}
        self._forming: dict[Hashable, asyncio.Future[bytes | None]] = {}
        self._meaning = lru_cache(REMEMBERED)(scene.meaning)
        self._origins = {origin.encode() for origin in scene.origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        asked = _Asked(scope["headers"])
        key = self._key(scope, asked)
        if key is None:
            return await self.app(scope, receive, send)
        answer = self._kept.get(key)
        if answer is None or not await self._watch.is_current(answer.stamp):
            answer = await self._current(key, scope, receive, send)
            if answer is None:  # it was sent as it came, or is for nobody else
                return None
        form = answer.forms.get(asked.encoding) or await self._form(key, answer, asked.encoding)
        return await give(form, asked.known, send, is_head=scope["method"] == "HEAD")

    def _key(self, scope: Scope, asked: _Asked) -> Hashable | None:
        """All that the answer depends on but the encoding; None where it is not to be kept."""
        path, query, root = scope["path"], scope["query_string"], scope.get("root_path", "")
        length = len(path) + len(query)
        if asked.is_odd or length > LONGEST:
            return None
        meaning_of = self._meaning if length <= SHORT else self._scene.meaning
        meaning = meaning_of(path.removeprefix(root) if root else path, query)
        if meaning is None or (asked.accept and not _takes_json(asked.accept)):
            return None
        origin = asked.origin if asked.origin is None else self._class_of(asked.origin)
        if self._scene.has_base_url:
            return meaning, root, origin
        if asked.host is None or not _is_host(asked.host):
            return None
        return meaning, root, origin, scope["scheme"], asked.host

    def _class_of(self, origin: bytes) -> bytes:
        """The origin if it is one that is known: all others are answered alike."""
        return origin if origin in self._origins else b"*"

    async def _current(self, key: Hashable, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """A current answer, made now; None where that was no answer to be kept, and was sent."""
        is_first = True
        while (making := self._making.get(key)) is not None:
            answer = await asyncio.shield(making)
            if answer is None:
                break  # whatever it was, it is nobody else's
            # What was begun after this request came is current for it.
            if not is_first or await self._watch.is_current(answer.stamp):
                return answer
            is_first = False
        return await self._made(key, scope, receive, send)

    async def _made(self, key: Hashable, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        making = asyncio.get_running_loop().create_future()
        self._making.setdefault(key, making)
        answer = None
        try:
            answer = await self._of_app(scope, receive, send)
        finally:
            if self._making.get(key) is making:
                del self._making[key]
            making.set_result(answer)
        if answer is None:
            self._kept.drop(key)
        else:
            self._kept.put(key, answer)
        return answer

    async def _of_app(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        ticket, is_head = Ticket(), scope["method"] == "HEAD"
        held: list[Message] = []

        async def hold(message: Message) -> None:
            # An answer without a stamp is sent as it comes, and so is one that failed after it was stamped.
            if message["type"] == "http.response.start" and message["status"] != 200:
                ticket.stamp = None
            if ticket.stamp is not None:
                held.append(message)
            elif is_head and message["type"] == "http.response.body":
                await send({**message, "body": b""})
            else:
                await send(message)

        # Made as for GET: a HEAD has the same headers, and what it made can be kept.
        await self.app({**scope, "method": "GET", TICKET: ticket}, receive, hold)
        if ticket.stamp is None or not held:
            return None
        body = b"".join(message.get("body", b"") for message in held[1:])
        return Answer(ticket.stamp, _headers(held[0]["headers"]), body)

    async def _form(self, key: Hashable, answer: Answer, encoding: str) -> Form:
        if len(answer.body) < LARGE or encoding == IDENTITY:
            body = encoded(answer.body, encoding)
        else:
            body = await self._encoded_once(key, answer, encoding)
        form = answer.add(encoding, body)
        self._kept.grown(key, answer)
        return form

    async def _encoded_once(self, key: Hashable, answer: Answer, encoding: str) -> bytes | None:
        """The body in the encoding, made in a thread; by one of those who want it at once."""
        place = (key, id(answer), encoding)
        forming = self._forming.get(place)
        if forming is None:
            loop, threads = asyncio.get_running_loop(), self._scene.threads()
            forming = self._forming[place] = loop.run_in_executor(threads, encoded, answer.body, encoding)
            forming.add_done_callback(lambda _: self._forming.pop(place, None))
        return await asyncio.shield(forming)


@lru_cache(256)
def _takes_json(accept: bytes) -> bool:
    try:
        require_json(accept.decode("latin-1"))
    except NotAcceptable:
        return False
    return True


@lru_cache(256)
def _is_host(host: bytes) -> bool:
    # Others are not repeated in links, see `base_url`; then the answer depends on more than this header.
    return bool(HOST.fullmatch(host.decode("latin-1")))


def _headers(headers: Headers) -> Headers:
    """The headers of an answer that anybody may keep."""
    varies = b", ".join([*(value for name, value in headers if name == b"vary"), b"Accept-Encoding"])
    rest = [(name, value) for name, value in headers if name not in (b"vary", b"content-length")]
    return *rest, (b"vary", varies)


async def give(form: Form, known: bytes | None, send: Send, *, is_head: bool) -> None:
    """Send the answer; or that it is the one which the client has, by its ETag."""
    if known and _is_known(form.etag, known):
        await send({"type": "http.response.start", "status": 304, "headers": list(form.unchanged)})
        await send({"type": "http.response.body", "body": b""})
        return
    # A copy of the headers, as whoever the app is mounted in may add to them.
    await send({"type": "http.response.start", "status": 200, "headers": list(form.headers)})
    await send({"type": "http.response.body", "body": b"" if is_head else form.body})


def _is_known(etag: bytes, known: bytes) -> bool:
    if known == etag:
        return True
    return any(tag.strip().removeprefix(b"W/") in (etag, b"*") for tag in known.split(b","))
