"""Fetches pictures over HTTP: from allowed addresses, within a time and a size, and again where it helps.

Neither proxies nor credentials of the environment are used, as through a proxy no address could be checked.
"""

import email.utils
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from ssl import SSLContext, SSLError
from typing import Self

import httpcore2
import httpx2

from webstore_kit.importing.pictures.addresses import AllowedAddresses
from webstore_kit.importing.pictures.connections import Allowance, GuardedNetwork, Resolve, resolved
from webstore_kit.importing.pictures.errors import Passing, Stopped, Unobtainable
from webstore_kit.importing.pictures.hosts import Hosts
from webstore_kit.importing.pictures.sizes import too_large

MOST_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
MAY_PASS = {408, 425, 429}
"""Answers after which asking again helps; so do those from 500 on."""
MOST_CONNECTIONS = 64
KEPT_OPEN = 16
"""Connections that wait for the next picture of their host, for at most `KEPT_FOR` seconds."""
KEPT_FOR = 15.0
_HOST = re.compile(rb"[A-Za-z0-9._:-]+")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]+:)?//|data:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a picture is waited for, in seconds, and how often it is asked for.

    `connect` and `read` are for one wait each; `total` is for the whole of a picture but for the pauses between tries.
    The pauses double from `first_pause` on; `longest_pause` is also the most that a host may ask for.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    tries: int = 4
    first_pause: float = 1.0
    longest_pause: float = 30.0

    def pauses(self) -> Iterator[float]:
        """The seconds before each further try."""
        return (min(self.longest_pause, self.first_pause * 2**number) for number in range(self.tries - 1))


def is_address(source: str) -> bool:
    """Whether a source is an address, of any scheme, rather than the name of a file."""
    return _ADDRESS.match(source) is not None


class Fetcher:
    """Fetches pictures; for any number of threads. It is a context manager, which closes its connections.

    `max_size` is in bytes; `private_hosts` as in the setting `picture_private_hosts`. `pause` sleeps for so many
    seconds, and `resolve` finds the IP addresses of a host.
    """

    def __init__(
        self,
        max_size: int,
        private_hosts: Iterable[str] = (),
        patience: Patience = Patience(),
        *,
        resolve: Resolve = resolved,
        pause: Callable[[float], object] | None = None,
        ssl_context: SSLContext | None = None,
    ) -> None:
        self._max_size = max_size
        self._patience = patience
        self._hosts = Hosts()
        self._network = GuardedNetwork(AllowedAddresses(private_hosts), resolve)
        self._pause = pause or self._network.stopped.wait
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context or httpx2.create_ssl_context(),
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=KEPT_OPEN,
            keepalive_expiry=KEPT_FOR,
            network_backend=self._network,
        )

    @property
    def stopped(self) -> threading.Event:
        """Once it is set, every fetch under way soon raises Stopped."""
        return self._network.stopped

    def fetch(self, address: str) -> bytes:
        """What is at the address. Raises Unobtainable, and Stopped."""
        allowance = Allowance(self._patience.total)
        url = _checked(address)
        for _ in range(MOST_REDIRECTS + 1):
            with self._hosts.turn(url.netloc.decode("ascii")):
                answer = self._asked(url, allowance)
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise Unobtainable(f"it is redirected more than {MOST_REDIRECTS} times")

    def _asked(self, url: httpx2.URL, allowance: Allowance) -> bytes | httpx2.URL:
        """The bytes there, or the address to which the host sends us on; asked for until it may not help any more."""
        for pause in self._patience.pauses():
            try:
                return self._answer(url, allowance)
            except Passing as error:
                asked_for = pause if error.pause is None else error.pause
                self._pause(min(self._patience.longest_pause, asked_for))
            if self.stopped.is_set():
                raise Stopped
        return self._answer(url, allowance)

    def _answer(self, url: httpx2.URL, allowance: Allowance) -> bytes | httpx2.URL:
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        times = {"connect": self._patience.connect, "read": self._patience.read, "write": self._patience.read}
        with (
            _failures(url.host),
            allowance.spending(),
            self._pool.stream("GET", target, headers=_headers(url), extensions={"timeout": times}) as response,
        ):
            headers = httpx2.Headers(response.headers)
            if response.status in REDIRECTS and "location" in headers:
                return _checked(headers["location"], url)
            _require_ok(url.host, response.status, headers)
            return self._body(response, headers)

    def _body(self, response: httpcore2.Response, headers: httpx2.Headers) -> bytes:
        if headers.get("content-encoding", "identity").lower() != "identity":
            # Nothing but "identity" was asked for, and what unpacks could be a bomb.
            raise Unobtainable("the host packs its answer in a way that was not asked for")
        length = headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 18 or int(length) > self._max_size):
            raise too_large(self._max_size)
        content = bytearray()
        for part in response.iter_stream():
            content += part
            if len(content) > self._max_size:
                raise too_large(self._max_size)
        return bytes(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._pool.close()


def _checked(address: str, base: httpx2.URL | None = None) -> httpx2.URL:
    """The address, if need be as seen from another one; raises Unobtainable where it is none that is fetched."""
    try:
        url = httpx2.URL(f"https:{address}" if base is None and address.startswith("//") else address)
        url = base.join(url) if base else url
    except (httpx2.InvalidURL, ValueError):
        raise Unobtainable("it is no valid address") from None
    if url.scheme not in ("http", "https"):
        raise Unobtainable("only addresses that begin with http:// or https:// are fetched")
    if url.userinfo:
        raise Unobtainable("its address holds a user name or a password")
    if not _HOST.fullmatch(url.raw_host) or not (url.port is None or 0 < url.port < 65536):
        raise Unobtainable("it is no valid address")
    return url


def _headers(url: httpx2.URL) -> dict[bytes | str, bytes | str]:
    return {
        "Host": url.netloc,
        "User-Agent": f"webstore-kit/{version('webstore-kit')}",
        "Accept": "image/*",
        "Accept-Encoding": "identity",
    }


def _require_ok(host: str, status: int, headers: httpx2.Headers) -> None:
    if status == HTTPStatus.OK:
        return
    try:
        reason = f"{host} answers {status} {HTTPStatus(status).phrase}"
    except ValueError:
        reason = f"{host} answers {status}"
    if status in MAY_PASS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Passing(reason, _retry_after(headers.get("retry-after", "")))
    raise Unobtainable(reason)


def _retry_after(text: str) -> float | None:
    """The seconds that the header `Retry-After` asks for: a number, or until a time."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


@contextmanager
def _failures(host: str) -> Iterator[None]:
    """Inside, what goes wrong with a connection becomes Passing or Unobtainable."""
    try:
        yield
    except httpcore2.TimeoutException:
        raise Passing(f"{host} does not answer in time") from None
    except httpcore2.ConnectError as error:
        if error.args and isinstance(error.args[0], SSLError):
            raise Unobtainable(f"{host} has no valid certificate") from None
        raise Passing(f"{host} cannot be reached") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        raise Passing(f"the connection to {host} breaks off") from None
