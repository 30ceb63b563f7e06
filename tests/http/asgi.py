"""Requests as a server hands them to the app: with headers that are sent twice, clients that go, and odd addresses."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Got:
    """An answer; one that never came has the status 0."""

    status: int
    headers: Pairs
    body: bytes


async def sends_nothing() -> Message:
    """A client that sends no body, and stays."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def has_gone() -> Message:
    """A client that has closed the connection."""
    return {"type": "http.disconnect"}


async def breaks() -> Message:
    """A server that fails."""
    raise RuntimeError


async def ask(app: ASGIApp, path: str, headers: Pairs, receive: Receive = sends_nothing, **others: Any) -> Got:
    """The answer to a GET, or to what `others` of the scope say."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "server": ("testserver", 80),
        "client": ("192.0.2.7", 1),
        "state": {},
    }
    await app({**scope, **others}, receive, send)
    if not messages:
        return Got(0, [], b"")
    sent = sorted((name.decode(), value.decode()) for name, value in messages[0]["headers"])
    return Got(messages[0]["status"], sent, b"".join(message.get("body", b"") for message in messages[1:]))


def run(client: TestClient, work: Callable[[], Awaitable[Any]]) -> Any:
    """The result of the work, done in the event loop of the client's app."""
    assert client.portal is not None
    return client.portal.call(work)
