"""An app that a real server serves in a thread of this process, and that can be made to deviate."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """A whole answer; the status 0 is one that breaks off."""

    status: int
    headers: Pairs
    body: bytes


@dataclass(frozen=True)
class Sabotage:
    """One thing that a server does otherwise: with what it is asked, or with what it has answered."""

    asked: Callable[[Scope], Scope] = lambda scope: scope
    answered: Callable[[Scope, Reply], Reply] = lambda scope, reply: reply


class Deviating:
    """The app, with a sabotage that can be changed while it is served."""

    def __init__(self, app: ASGIApp) -> None:
        self.sabotage = Sabotage()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(self.sabotage.asked(scope), receive, keep)
        reply = self.sabotage.answered(scope, _reply(messages))
        headers = [
            (name.encode(), value.encode("latin-1")) for name, value in reply.headers if name != "content-length"
        ]
        if scope["method"] != "HEAD" and reply.status not in (204, 304):
            headers.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address at which the app is served inside the block."""
    sock = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        sock.close()


def _reply(messages: list[Message]) -> Reply:
    headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in messages[0]["headers"]]
    return Reply(messages[0]["status"], headers, b"".join(message.get("body", b"") for message in messages[1:]))
