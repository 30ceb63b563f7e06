"""The server: runs the app in uvicorn, in one process or several."""

import errno
import gc
import multiprocessing.connection
import os
import signal
import socket
import sys
import threading
from importlib.util import find_spec
from typing import Any

import uvicorn
from starlette.applications import Starlette

from webstore_kit.app import create_app
from webstore_kit.core.errors import CommandError
from webstore_kit.core.settings import PREFIX, Settings

THRESHOLDS = 10_000, 20, 50
"""For `gc.set_threshold`: requests leave few circles behind, and to look for these takes longer the more is kept."""
MOST_WORKERS = 8
"""More are started only where that many are asked for: each takes memory, and on SQLite all have one turn to write."""
FACTORY = "webstore_kit.server:served_app"
OPTIONS: Any = {
    "log_level": "warning",
    "access_log": False,  # paths carry the tokens of customers
    "proxy_headers": False,  # the app believes the proxies that its settings name; uvicorn's own trust would hide them
    "server_header": False,
    "lifespan": "on",
    "timeout_graceful_shutdown": 10,
}


def reserve(host: str, port: int) -> socket.socket:
    """A socket that holds the address to serve on, not listening yet; raises CommandError where it is not to be had."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} on {host} is in use. Stop what uses it, or choose another with --port."
        else:
            reason = f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --host and --port."
        raise CommandError(reason) from None
    return sock


def default_workers() -> int:
    """A process for each core that this one may use, as far as that is known; at most MOST_WORKERS."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


def description(settings: Settings, workers: int) -> str:
    """What serves, in a sentence."""
    names = " and ".join(name for name in ("uvloop", "httptools") if find_spec(name)) or "asyncio and h11"
    processes = "1 process" if workers == 1 else f"{workers} processes"
    answers = (
        f"up to {settings.cache_size / 2**20:.4g} MB of answers kept" if settings.cache_size else "no answers kept"
    )
    return f"{processes}, each with {names}, {settings.threads} threads to read, and {answers}; no access log"


def served_app() -> Starlette:
    """The app, in a process that does nothing else: the garbage collector leaves alone what was there at the start."""
    app = create_app()
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_after, args=[parent.sentinel], daemon=True).start()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    return app


def _end_after(parent: int) -> None:
    # Workers whose supervisor was killed would else go on, and hold the port, with nobody to stop them.
    multiprocessing.connection.wait([parent])
    os.kill(os.getpid(), signal.SIGTERM)


def serve(settings: Settings, sock: socket.socket, workers: int, reload: bool) -> None:
    """Serve until stopped, in processes that load the settings anew."""
    os.environ[f"{PREFIX}DIRECTORY"] = str(settings.directory)
    if settings.storefront:
        os.environ[f"{PREFIX}STOREFRONT"] = str(settings.storefront)
    if workers == 1 and not reload:
        _become_server(sock)
        return
    # uvicorn binds the socket that its processes share by itself; ours has shown that the address is to be had.
    host, port = sock.getsockname()[:2]
    sock.close()
    uvicorn.run(FACTORY, factory=True, host=host, port=port, workers=workers, reload=reload, **OPTIONS)


def _become_server(sock: socket.socket) -> None:
    """Serve in this process, without all that the command line has loaded, which takes half as much memory again."""
    if os.name == "nt":  # there is no exec that keeps the process
        _serve_on(sock)
        return
    sys.stdout.flush()
    sock.set_inheritable(True)
    # Threads that allocate by themselves, each from pages of its own, would leave much of these empty.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.execv(sys.executable, [sys.executable, "-m", "webstore_kit.server", str(sock.fileno())])  # noqa: S606 - no shell is wanted


def _serve_on(sock: socket.socket) -> None:
    uvicorn.Server(uvicorn.Config(served_app(), **OPTIONS)).run(sockets=[sock])


if __name__ == "__main__":
    _serve_on(socket.socket(fileno=int(sys.argv[1])))
