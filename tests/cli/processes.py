"""Runs the command `webstore` as a process of its own, as a person or a service manager would, and asks its server."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

COMMAND = [sys.executable, "-m", "webstore_kit"]


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without any of our own variables, and with those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEBSTORE_")}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "200", **variables}


def run(*arguments: str, cwd: Path, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        input=stdin,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def serving(*arguments: str, cwd: Path, **variables: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `webstore serve` on a free port; gives its address and the process, and stops it in the end.

    Without `--workers` it is one process, which is up sooner than several.
    """
    workers = () if "--workers" in arguments else ("--workers", "1")
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *workers, *arguments],
        cwd=cwd,
        env=environment(PYTHONUNBUFFERED="1", **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield _address(process), process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def ask(url: str, method: str = "GET", body: Any = None, timeout: float = 20) -> Any:
    """Send JSON and answer the JSON that comes back."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.load(answer)


def once_up(work: Callable[[], Any], seconds: float = 20) -> Any:
    """The result of the work, tried again while the server does not listen yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            return work()
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"http://\S+/", line)
        if found:
            return found.group().rstrip("/")
    raise AssertionError(f"the server did not start: {''.join(said)}")
