"""Runs the shell commands of a page in a folder, and tells what they print beside what the page shows."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.cli.processes import COMMAND, environment
from tests.docs.pages import ROOT, Block, blocks, text_of

VOLATILE = {
    "<uuid>": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "<time>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "<minute>": r"\d{4}-\d\d-\d\d \d\d:\d\d",
    "<jwt>": r"eyJ[\w.-]+",
}
END = "<end of the block>"
SHOWN = {"text", "json"}
"""The languages of blocks that show what the commands in the block before them print."""


@dataclass(frozen=True)
class Step:
    """A block of commands, and the block that shows what they print, if there is one."""

    commands: str
    shown: Block | None


@dataclass(frozen=True)
class Outcome:
    """What a block of commands printed, on standard output and standard error, and its last exit code."""

    printed: str
    code: int


def steps(page: str) -> list[Step]:
    """The blocks of commands of the page."""
    told = blocks(text_of(page))
    return [
        Step(block.text, following if following and following.language in SHOWN else None)
        for block, following in zip_longest(told, told[1:])
        if block.language == "sh"
    ]


def write_programs(page: str, folder: Path) -> None:
    """Save the programs of the page under the names in their first lines, such as `# acme.py`."""
    for block in blocks(text_of(page), "python"):
        name = re.match(r"# ([\w/]+\.py)\n", block.text)
        if name:
            (folder / name[1]).parent.mkdir(exist_ok=True)
            (folder / name[1]).write_text(block.text, encoding="utf-8")


def write_commands(folder: Path) -> None:
    """Make the commands `webstore` and `python` in the folder, of this Python, and `curl` where there is none."""
    commands = {"webstore": COMMAND, "python": [sys.executable]}
    if shutil.which("curl") is None:
        commands["curl"] = [sys.executable, str(ROOT / "tests" / "docs" / "curl.py")]
    for name, command in commands.items():
        words = " ".join(f'"{word}"' for word in command)
        (folder / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)


def run(asked: Iterable[Step], folder: Path, path: str) -> list[Outcome]:
    """Run the commands one after the other, in one shell that begins in the folder."""
    script = "\n".join(["exec 2>&1", *(f"{step.commands}\necho '{END}'$?" for step in asked)])
    bash = shutil.which("bash") or "bash"
    done = subprocess.run(
        [bash, "-uo", "pipefail", "-c", script],
        cwd=folder,
        env=environment(PATH=path, LOGNAME="ann", COLUMNS="120"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = re.findall(rf"(.*?){END}(\d+)\n", done.stdout, re.DOTALL)
    return [Outcome(printed, int(code)) for printed, code in found]


def differences(asked: Sequence[Step], outcomes: Sequence[Outcome], codes: Sequence[int] = (0, 3)) -> list[Any]:
    """Where the page shows something else than was printed, or a command failed."""
    assert len(outcomes) == len(asked)
    return [
        (step.commands, outcome.code, outcome.printed)
        for step, outcome in zip(asked, outcomes, strict=True)
        if outcome.code not in codes
        or (step.shown and meaning(Block(step.shown.language, outcome.printed)) != meaning(step.shown))
    ]


def meaning(block: Block) -> Any:
    """What the block says, without what is another each time."""
    text = block.text.replace("\ufeff", "")
    for name, pattern in VOLATILE.items():
        text = re.sub(pattern, name, text)
    return json.loads(text) if block.language == "json" else text.strip()
