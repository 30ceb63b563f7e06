"""Requests as bytes, and single answers as they are."""

import http.client
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

HOST = "benchmark"
"""What all requests call the server, as the answers have it in their links."""
PATIENCE = 60
"""Seconds."""


class Fetched(NamedTuple):
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def get(path: str, **headers: str) -> bytes:
    """The bytes of a GET; `_` in the name of a header stands for `-`."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", *(f"{_name(key)}: {value}" for key, value in headers.items())]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii")


def fetched(address: str, path: str, **headers: str) -> Fetched:
    """The answer of a server to the same GET."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        names = {_name(key): value for key, value in headers.items()}
        connection.request("GET", path, headers={"Host": HOST, "Accept-Encoding": "identity", **names})
        answer = connection.getresponse()
        return Fetched(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def _name(key: str) -> str:
    return key.replace("_", "-").title()
