"""Absolute addresses: the public base of the store, as set or as the request came in."""

import re

from starlette.datastructures import Headers
from starlette.types import Scope

HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def base_url(scope: Scope, configured: str | None) -> str:
    """The public address of the store, without a slash at its end; the setting wins over the request."""
    if configured:
        return configured
    host = Headers(scope=scope).get("host", "")
    if not HOST.fullmatch(host):
        name, port = scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{scope['scheme']}://{host}{scope.get('root_path', '').rstrip('/')}"


def route_path(scope: Scope) -> str:
    """The request's path inside the store, without the prefix that it is mounted under."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
