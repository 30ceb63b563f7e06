"""The ceiling: how fast the client asks a server that does nothing, so that a reader sees that it is not the limit."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

import uvicorn

from benchmarks.figures import Outcome
from benchmarks.load import Client, Request, Talk, single
from webstore_kit.server import OPTIONS

CONNECTIONS = 64
ANSWER = b'{"status":true,"cart_items_count":2}'


def measure(client: Client, requests: int) -> Outcome:
    """Ask that many times, after as many that do not count."""
    with _serving() as address:
        client.ask(address, CONNECTIONS, partial(talks, requests))
        return client.ask(address, CONNECTIONS, partial(talks, requests))


def talks(count: int) -> list[Talk]:
    """Requests as long as a cart update."""
    return [single(Request("POST", "/", {"token": "0" * 36, "product_id": 1, "quantity": 1})) for _ in range(count)]


@contextmanager
def _serving() -> Iterator[str]:
    """The address of a bare uvicorn, set up as ours is."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        process = get_context("spawn").Process(target=_serve, args=(sock,), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        finally:
            process.terminate()
            process.join()


def _serve(sock: socket.socket) -> None:
    uvicorn.Server(uvicorn.Config(_answer, **{**OPTIONS, "lifespan": "off"})).run(sockets=[sock])


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})
