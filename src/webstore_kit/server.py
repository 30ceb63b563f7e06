"""The server: runs the app in uvicorn, in one process or several."""

import errno
import os
import socket
from typing import Any

import uvicorn

from webstore_kit.app import create_app
from webstore_kit.core.errors import CommandError
from webstore_kit.core.settings import PREFIX, Settings

FACTORY = "webstore_kit:create_app"
OPTIONS: Any = {
    "log_level": "warning",
    "access_log": False,  # paths carry the tokens of customers
    "proxy_headers": False,  # the app believes the proxies that its settings name; uvicorn's own trust would hide them
    "server_header": False,
    "lifespan": "on",
    "timeout_graceful_shutdown": 10,
}


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on; raises CommandError where it cannot be had."""
    try:
        return socket.create_server((host, port), family=_family(host), backlog=2048, reuse_port=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} on {host} is in use. Stop what uses it, or choose another with --port."
        else:
            reason = f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --host and --port."
        raise CommandError(reason) from None


def serve(settings: Settings, listener: socket.socket, workers: int, reload: bool) -> None:
    """Serve until stopped. Several workers, and reloading, are processes that load the settings anew."""
    if workers == 1 and not reload:
        uvicorn.Server(uvicorn.Config(create_app(settings), **OPTIONS)).run(sockets=[listener])
        return
    os.environ[f"{PREFIX}DIRECTORY"] = str(settings.directory)
    # uvicorn binds the socket that its processes share by itself; ours has shown that the port is to be had.
    host, port = listener.getsockname()[:2]
    listener.close()
    uvicorn.run(FACTORY, factory=True, host=host, port=port, workers=workers, reload=reload, **OPTIONS)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
