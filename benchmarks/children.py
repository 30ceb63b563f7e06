"""Child processes: each does one thing to one store, and says as JSON what that took: that thing and nothing else."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from webstore_kit import Settings

ROOT = Path(__file__).parent.parent
STATUS = Path("/proc/self/status")
SECRET = "a-secret-for-benchmarks-0123456789"


@dataclass(frozen=True)
class Passage:
    """What it took."""

    started: float
    """Of `time.monotonic()`, which all processes of a machine share."""
    seconds: float
    own_seconds: float
    """Seconds of a processor that the child spent itself."""
    peak_mb: float
    """Memory that the child had at most, in MB of 2^20 bytes."""


class Failed(Exception):
    """A child came to no good end; what it said on standard error."""


def command(module: str, settings: Settings, *arguments: object) -> list[str]:
    """What starts a module of this package as a child, for a store."""
    place = settings.directory, settings.database_url
    return [sys.executable, "-m", f"benchmarks.{module}", *map(str, (*place, *arguments))]


def run(module: str, settings: Settings, *arguments: object) -> Passage:
    """Run a child to its end. Raises Failed."""
    done = subprocess.run(command(module, settings, *arguments), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(done.stderr)
    return Passage(**json.loads(done.stdout))


def told() -> tuple[Settings, list[str]]:
    """In a child: the settings of its store, and its other arguments."""
    directory, database_url, *others = sys.argv[1:]
    return Settings.load(directory=Path(directory), database_url=database_url, secret_key=SECRET), others


def tell(work: Callable[[], object]) -> None:
    """In a child: do the work, and say what it took."""
    started, spent = time.monotonic(), time.process_time()
    work()
    seconds, own_seconds = time.monotonic() - started, time.process_time() - spent
    sys.stdout.write(json.dumps(asdict(Passage(started, seconds, own_seconds, _peak_mb()))))


def _peak_mb() -> float:
    # What getrusage has on Linux counts the parent in, as it was when it started the child.
    if STATUS.exists():
        (line,) = (line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
