"""The bare apps: each answers one path with bytes that are made before, in uvicorn as `webstore serve` runs it."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import Any, NamedTuple

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webstore_kit.server import OPTIONS

PATIENCE = 60
"""Seconds that the processes may take to start."""


class Answer(NamedTuple):
    """What an app answers."""

    path: str
    """Without a query."""
    body: bytes


Make = Callable[[Answer], Any]
"""Makes the app of an answer."""
App = tuple[Make, Answer]


def starlette_app(answer: Answer) -> Any:
    """A Starlette app of one route, as its documentation would write it."""

    async def endpoint(request: Request) -> Response:
        return Response(answer.body, media_type="application/json")

    return Starlette(routes=[Route(answer.path, endpoint)])


def asgi_app(answer: Answer) -> Any:
    """The least that an app can be: it looks at nothing."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer.body))]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return app


@contextmanager
def served(apps: Sequence[App], workers: int = 1) -> Iterator[list[str]]:
    """The addresses of these apps, one each. All are in the same processes, of which there are as many as workers."""
    context = get_context("spawn")
    ready = context.Semaphore(0)
    with ExitStack() as exits:
        sockets = [exits.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in apps]
        for _ in range(workers):
            process = context.Process(target=_serve, args=(apps, sockets, ready), daemon=True)
            process.start()
            exits.callback(process.join)
            exits.callback(process.kill)
        for _ in range(workers):
            if not ready.acquire(timeout=PATIENCE):
                raise TimeoutError("a bare app did not start")
        yield [f"http://127.0.0.1:{sock.getsockname()[1]}" for sock in sockets]


def _serve(apps: Sequence[App], sockets: Sequence[socket.socket], ready: Any) -> None:
    uvloop.run(_serve_all([make(answer) for make, answer in apps], sockets, ready))


async def _serve_all(apps: Sequence[Any], sockets: Sequence[socket.socket], ready: Any) -> None:
    # A server for each app, in one event loop: those that are not asked do nothing.
    servers = [uvicorn.Server(uvicorn.Config(app, **{**OPTIONS, "lifespan": "off"})) for app in apps]
    asyncio.get_running_loop().call_soon(ready.release)
    await asyncio.gather(*(server.serve([sock]) for server, sock in zip(servers, sockets, strict=True)))
