"""The servers: real processes of `webstore serve`, that can be killed and come back on the same port."""

import http.client
import os
import random
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from webstore_kit.core.errors import CommandError
from webstore_kit.core.settings import PREFIX
from webstore_kit.selftest.scratch import Scratch

HOST = "127.0.0.1"
# Below the range from which systems take ports for outgoing connections. In it, a client that tries to reach a killed
# server could be given that server's port for its own end, and so be connected to itself.
PORTS = range(20_000, 32_000)
START_TIME = 60.0
"""Seconds that a server may take until it answers."""
STOP_TIME = 15.0


class Server:
    """One server: what `webstore serve --workers` runs as one of its workers."""

    def __init__(self, port: int, folder: Path, environment: dict[str, str]) -> None:
        self.port = port
        self.log = folder / f"server-{port}.log"
        self._command = [sys.executable, "-m", "webstore_kit", "serve", "--host", HOST, "--port", str(port)]
        self._command += ["--dir", str(folder), "--workers", "1"]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._requests = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the process; it takes a moment until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """End the process as a power cut would: it gets no chance to finish anything."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ask the process to end, and wait until it has."""
        if self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIME)
            self.kill()

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone, though nobody killed it since it was started."""
        return self._process is not None and self._process.poll() is not None

    @property
    def is_at_work(self) -> bool:
        """Whether it has requests to answer."""
        return self._requests > 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Inside, the server has one more request to answer."""
        with self._lock:
            self._requests += 1
        try:
            yield
        finally:
            with self._lock:
                self._requests -= 1

    def wait_until_up(self) -> None:
        """Wait for the first answer; raises CommandError where there is none in time."""
        deadline = time.monotonic() + START_TIME
        while not self._answers():
            if self.has_ended or time.monotonic() > deadline:
                raise CommandError(f"A server did not start: {self.last_words()}")
            time.sleep(0.05)

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing.")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/api/product/brands/all/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def running(place: Scratch, number: int) -> Iterator[Sequence[Server]]:
    """So many servers on the scratch database, all of them up; stopped in the end."""
    environment = _environment(place)
    servers = [Server(port, place.folder, environment) for port in _free_ports(number)]
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait_until_up()
        yield servers
    finally:
        for server in servers:
            server.stop()


def _environment(place: Scratch) -> dict[str, str]:
    # Nothing of the shop's own settings: they may name its database.
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    secret = secrets.token_urlsafe(48)
    return {**others, f"{PREFIX}DATABASE_URL": place.url, f"{PREFIX}SECRET_KEY": secret, "PYTHONUNBUFFERED": "1"}


def _free_ports(number: int) -> list[int]:
    candidates = random.sample(PORTS, len(PORTS))
    ports: list[int] = []
    while len(ports) < number:
        if not candidates:
            raise CommandError(f"No free port between {PORTS.start} and {PORTS.stop} on {HOST}.")
        port = candidates.pop()
        with suppress(OSError), socket.create_server((HOST, port)):
            ports.append(port)
    return ports
