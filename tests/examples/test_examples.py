"""The examples are listed, and their tests pass."""

import re
import subprocess
import sys
from pathlib import Path

from tests.cli.processes import environment
from tests.docs.pages import ROOT

EXAMPLES = ROOT / "examples"


def test_every_example_is_listed() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    folders = sorted(path.parent.name for path in EXAMPLES.glob("*/README.md"))
    assert folders == sorted(set(re.findall(r"\[`(\w+)/`\]\(\1/README\.md\)", listed)))
    assert {"django_shop", "fastapi_shop", "loyalty", "payments"} <= set(folders)


def test_the_tests_of_the_examples_pass(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-W", "error", "-p", "no:cacheprovider", "--basetemp", tmp_path / "t"],
        cwd=EXAMPLES,
        env=environment(PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ours = ("django_shop", "fastapi_shop", "loyalty", "payments")
    assert [name for name in ours if f"{name}/tests/test_{name}.py" not in done.stdout] == []
