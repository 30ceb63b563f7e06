"""Runs the command `webstore` as a process of its own, as a person or a service manager would."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """Run `webstore serve` on a free port; gives its address and the process, and stops it in the end."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
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


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"http://\S+/", line)
        if found:
            return found.group().rstrip("/")
    raise AssertionError(f"the server did not start: {''.join(said)}")
