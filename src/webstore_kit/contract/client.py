"""The client: sends requests byte for byte as they are given, follows no redirect, and waits only so long."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

import httpx2

LARGEST = 32 * 2**20
"""Bytes of an answer that are read; no answer of a store has more."""

TRIES = 3
"""How often a request is sent to a server that is busy."""
LONGEST_PAUSE = 2.0
"""Seconds in between, whatever the server says."""
IDLE = 2.0
"""Seconds after which a connection is not used again: servers close idle ones, many after five."""


class NoAnswer(Exception):
    """There is no answer; the text says why, as the end of a sentence."""


class BadAddress(ValueError):
    """The address of the store is none; the text says why."""


@dataclass(frozen=True)
class Request:
    """A request. The target begins with a slash and comes after the address of the store."""

    method: str
    target: str
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Their names are found in upper and in lower case."""
    content: bytes

    @property
    def media_type(self) -> str:
        """The media type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """Asks one server, from any number of threads at once."""

    def __init__(self, address: str, timeout: float) -> None:
        self.address = address
        self._timeout = timeout
        self._url = httpx2.URL(address)
        self._prefix = self._url.raw_path.decode("ascii").rstrip("/")
        limits = httpx2.Limits(keepalive_expiry=IDLE)
        self._client = httpx2.Client(timeout=timeout, follow_redirects=False, limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, request: Request) -> Answer:
        """The answer; raises NoAnswer. Where the server is busy, and says when to come again, it is asked again."""
        for _ in range(TRIES - 1):
            answer = self._asked(request)
            pause = answer.headers.get("retry-after", "")
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE or not (pause.isascii() and pause.isdigit()):
                return answer
            time.sleep(min(float(pause), LONGEST_PAUSE))
        return self._asked(request)

    def _asked(self, request: Request) -> Answer:
        # `target` goes into the first line of the request as it is: httpx2 would mend a bad `%zz`.
        target = f"{self._prefix}{request.target}".encode("ascii")
        headers = {"Accept-Encoding": "identity", **request.headers}
        deadline = time.monotonic() + self._timeout
        with (
            self._failures(),
            self._client.stream(
                request.method,
                self._url,
                headers=[(name.encode(), value.encode()) for name, value in headers.items()],
                content=request.content,
                extensions={"target": target},
            ) as response,
        ):
            return Answer(response.status_code, response.headers, self._body(response, deadline))

    def _body(self, response: httpx2.Response, deadline: float) -> bytes:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if time.monotonic() > deadline:
                raise NoAnswer(f"was not answered in full within {self._timeout:g} seconds")
            if len(content) > LARGEST:
                raise NoAnswer(f"was answered with more than {LARGEST // 2**20} MB")
        return bytes(content)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except httpx2.TimeoutException:
            raise NoAnswer(f"was not answered within {self._timeout:g} seconds") from None
        except httpx2.ConnectError as error:
            raise NoAnswer(_unreachable(error)) from None
        except httpx2.RemoteProtocolError as error:
            raise NoAnswer(f"was answered with something that is not whole, or not HTTP: {error}") from None
        except httpx2.HTTPError as error:
            raise NoAnswer(f"broke off: {error or type(error).__name__}") from None


def checked_address(text: str) -> str:
    """The address of a store, without a slash at its end; raises BadAddress."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        raise BadAddress("It is no URL.") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise BadAddress("It has to begin with http:// or https:// and a host.")
    if url.query or url.fragment or url.userinfo:
        raise BadAddress("It is an address alone: no user, no query, no fragment.")
    return str(url).rstrip("/")


def _unreachable(error: Exception) -> str:
    causes: list[BaseException] = [error]
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    for found in causes:
        if isinstance(found, ssl.SSLCertVerificationError):
            return f"was not sent, as the certificate is not valid: {found.verify_message}"
        if isinstance(found, ssl.SSLError):
            return f"was not sent, as there is no TLS: {found.reason or found}"
    return f"was not sent, as the server cannot be reached: {error}"
