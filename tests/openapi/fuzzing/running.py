"""Runs Schemathesis against a server, and reads what came of it."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.processes import ask, environment, once_up, run, serving
from tests.factories import PASSWORD

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROGRAM = "from schemathesis.cli import schemathesis; schemathesis()"


@dataclass(frozen=True)
class Report:
    """What came of a run."""

    code: int
    cases: int
    failures: int
    output: str

    @property
    def is_clean(self) -> bool:
        """Whether no request found anything."""
        return self.code == 0 and self.failures == 0


@contextmanager
def served(directory: Path, database_url: str) -> Iterator[str]:
    """A server of the demo catalogue, and its address."""
    variables = {"WEBSTORE_DATABASE_URL": database_url}
    assert run("init", cwd=directory, **variables).returncode == 0
    with serving("--demo", cwd=directory, **variables) as (address, _process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        yield address


def fuzz(address: str, directory: Path, *, examples: int, seed: int | None = None, phases: str = "") -> Report:
    """Send the requests; `examples` is how many at most for each operation, in each phase that makes them up."""
    name = f"fuzz{secrets.token_hex(4)}"
    who = {"username": name, "password": PASSWORD}
    ask(f"{address}/api/customer/registration/", "POST", who)
    access = ask(f"{address}/api/jwt/auth/", "POST", who)["access"]
    found = directory / "report.json"
    command = [sys.executable, "-c", PROGRAM, "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [f"{address}/api/openapi.json", "--checks", "all", "--max-examples", str(examples), "--no-color"]
    command += ["--continue-on-failure", "--report", "json", "--report-json-path", str(found)]
    command += ["--seed", str(seed)] if seed is not None else []
    command += ["--phases", phases] if phases else []
    variables = {"FUZZ_ADDRESS": address, "FUZZ_ACCESS_TOKEN": access, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment(SCHEMATHESIS_HOOKS="tests.openapi.fuzzing.hooks", **variables),
        capture_output=True,
        text=True,
        check=False,
    )
    told: dict[str, Any] = json.loads(found.read_text(encoding="utf-8")) if found.exists() else {}
    return Report(done.returncode, *_counts(told), done.stdout + done.stderr)


def _counts(told: dict[str, Any]) -> tuple[int, int]:
    cases = told.get("test_cases", {})
    return int(cases.get("generated", 0)), len(told["failures"]) if "failures" in told else -1
