"""Middleware, pure ASGI: what a trusted proxy says of a request, and bodies that nobody reads."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webstore_kit.http.urls import HOST

MOST_DISCARDED = 64 * 1024 * 1024
"""Bytes of a body that are read only so that its sender gets the answer; beyond them the connection is cut."""


class DiscardUnread:
    """Reads what an answer leaves unread of a request's body, before the answer is sent.

    A server that closes a connection with a body still coming in resets it, and the client sees a broken connection in
    place of the 404 or 413. A client that asked with `Expect: 100-continue` waits for the answer before it sends.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if not _sends_body(scope):
            await self.app(scope, receive, send)
            return
        unread = True

        async def watch() -> Message:
            nonlocal unread
            message = await receive()
            unread = bool(message.get("more_body", False))
            return message

        async def answer(message: Message) -> None:
            size = 0
            while unread and message["type"] == "http.response.start" and size < MOST_DISCARDED:
                size += len((await watch()).get("body", b""))
            await send(message)

        await self.app(scope, watch, answer)


class ForwardedHeaders:
    """Takes scheme and host from X-Forwarded-Proto and X-Forwarded-Host where a trusted proxy sent them.

    Of several values the last counts, which the nearest proxy added; anyone could have sent the others.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self.app = app
        self.networks = [ip_network(network) for network in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if self.networks and scope["type"] in ("http", "websocket") and self._is_trusted(scope):
            scope = _as_forwarded(scope)
        await self.app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        try:
            address = ip_address(client[0]) if client else None
        except ValueError:  # a unix socket or a test client has no address
            return False
        return address is not None and any(address in network for network in self.networks)


def _sends_body(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    names = {name for name, _ in scope["headers"]}
    return bool(names & {b"content-length", b"transfer-encoding"}) and b"expect" not in names


def _as_forwarded(scope: Scope) -> Scope:
    headers = Headers(scope=scope)
    scope = dict(scope)
    scheme = _last(headers, "x-forwarded-proto").lower()
    if scheme in ("http", "https"):
        scope["scheme"] = scheme
    host = _last(headers, "x-forwarded-host")
    if HOST.fullmatch(host):
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope["headers"] = [*others, (b"host", host.encode("ascii"))]
    return scope


def _last(headers: Headers, name: str) -> str:
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()
