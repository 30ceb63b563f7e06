"""Connections to allowed addresses alone: a name is resolved once, checked, and connected to as it was checked.

Every wait on them ends with the time that a picture is given, and soon after they are told to stop.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any

import httpcore2

from webstore_kit.importing.pictures.addresses import AllowedAddresses
from webstore_kit.importing.pictures.errors import Stopped, TooSlow, Unobtainable

Resolve = Callable[[str, int], Sequence[str]]
"""Finds the IP addresses of a host, by its name and a port; raises OSError."""
LONGEST_WAIT = 0.2
"""Seconds between two looks whether to stop."""
NO_SUCH_HOST = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

_deadline: ContextVar[float] = ContextVar("picture_deadline")


class _TimeIsUp(Exception):
    """The whole time of a picture is over."""


class Allowance:
    """The seconds that may be spent on one picture, with all its tries; pauses in between are not counted."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left = seconds

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Inside, what this thread does on connections has to end in the time that is left, or is TooSlow."""
        started = time.monotonic()
        token = _deadline.set(started + self._left)
        try:
            yield
        except _TimeIsUp:
            raise TooSlow(f"it took longer than {self._seconds:g} seconds") from None
        finally:
            _deadline.reset(token)
            self._left -= time.monotonic() - started


def resolved(host: str, port: int) -> list[str]:
    """The IP addresses of a host as the system finds them, in the order to be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedNetwork(httpcore2.NetworkBackend):
    """Makes the connections of a pool. `stopped` ends all waiting on them, with Stopped."""

    def __init__(self, allowed: AllowedAddresses, resolve: Resolve = resolved) -> None:
        self.stopped = threading.Event()
        self._allowed = allowed
        self._resolve = resolve
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of the host that answers; raises Unobtainable where one is not allowed.

        The name is not resolved again, so that no other answer can come between the check and the connection.
        """
        addresses = self._addresses(host, port)
        end = time.monotonic() + _time_left(timeout)
        for number, address in enumerate(addresses):
            # Each address has its share, or a dead one would leave no time for those behind it.
            share = max(0.001, end - time.monotonic()) / (len(addresses) - number)
            try:
                stream = self._sockets.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if address == addresses[-1]:
                    raise
            else:
                return _GuardedStream(stream, self.stopped)
        raise httpcore2.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        if self.stopped.is_set():
            raise Stopped
        try:
            addresses = self._resolve(host, port)
        except socket.gaierror as error:
            if error.errno in NO_SUCH_HOST:
                raise Unobtainable(f"there is no host {host}") from None
            raise httpcore2.ConnectError(error) from error
        except (OSError, UnicodeError):  # a name that no resolver takes
            raise Unobtainable(f"there is no host {host}") from None
        self._allowed.check(host, addresses)
        return addresses


class _GuardedStream(httpcore2.NetworkStream):
    """A connection whose waiting ends in time."""

    def __init__(self, stream: httpcore2.NetworkStream, stopped: threading.Event) -> None:
        self._stream = stream
        self._stopped = stopped

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        end = time.monotonic() + _time_left(timeout)
        while True:
            if self._stopped.is_set():
                raise Stopped
            try:
                return self._stream.read(max_bytes, min(_time_left(timeout), LONGEST_WAIT))
            except httpcore2.ReadTimeout:
                if time.monotonic() >= end:
                    _time_left(timeout)  # says so, where it is the whole time that is over
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _time_left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _time_left(timeout))
        return _GuardedStream(stream, self._stopped)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _time_left(timeout: float | None) -> float:
    """The seconds that one wait may last; raises _TimeIsUp where the whole time is over."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise _TimeIsUp
    return left if timeout is None else min(left, timeout)
