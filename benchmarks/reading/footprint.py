"""The footprint of a server: the memory that it takes with a full cache, and how soon it answers."""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

from benchmarks import servers
from benchmarks.reading.bench import Bench
from benchmarks.reading.figures import Amount, Target
from benchmarks.reading.shop import LIST, Paths, Shop
from benchmarks.reading.wire import fetched, get
from tests.cli.processes import serving
from tests.factories import SECRET
from webstore_kit import Settings

ENCODINGS = ("identity", "gzip", "zstd")
OVERHEAD = 4200
"""Bytes that the cache reckons for each answer in three forms beside its bodies."""
PLENTY = 1.25
"""How many times as much as fits is asked for, so that the cache is full."""
SAMPLE = 20
CONNECTIONS = 8
MOST_MB = 120
"""Target: resident memory of a worker with a full cache."""
PROC = Path("/proc")
IMPORT = "import time; start = time.perf_counter(); import webstore_kit; print(time.perf_counter() - start)"
NAP = 0.005
"""Seconds between two questions whether the server is up."""


def measure_memory(bench: Bench) -> list[Amount]:
    """Measure the memory of a server of the largest of the stores, where the kernel tells it as Linux does."""
    size = bench.size
    if not (PROC / "self" / "smaps_rollup").exists():
        return []
    settings = bench.template("sqlite", size.sizes[-1]).copy()
    with servers.served(settings, 1, cache_size=size.cache_bytes) as server:
        fresh = _mb(server.pid, "status", "VmRSS")
        answers = _fill(bench, server.address, Paths(Shop.of(settings)))
        resident, peak = (_mb(server.pid, "status", name) for name in ("VmRSS", "VmHWM"))
        own = _mb(server.pid, "smaps_rollup", "Pss")
    target = Target(f"{MOST_MB} MB", resident < MOST_MB)
    return [
        Amount(f"memory with {size.sizes[-1]:,} products, at the start", fresh, "MB"),
        Amount(f"memory after {answers:,} answers in 3 encodings", resident, "MB", [target]),
        Amount("of that its own, what is shared by share (PSS)", own, "MB"),
        Amount("memory at most", peak, "MB"),
    ]


def _fill(bench: Bench, address: str, paths: Paths) -> int:
    """Ask for more than the cache has space for, each answer in all encodings; answers how many that were."""
    sample = paths.some(SAMPLE, Paths.page)
    forms = (len(fetched(address, path, accept_encoding=name).body) for path in sample for name in ENCODINGS)
    each = OVERHEAD + sum(forms) / SAMPLE
    number = int(PLENTY * bench.size.cache_bytes / each) + 1
    found = paths.some(number, Paths.first_page, Paths.of_brand, Paths.page)
    bench.once(address, [get(path, accept_encoding=name) for path in found for name in ENCODINGS], CONNECTIONS)
    return number


def measure_start(bench: Bench) -> list[Amount]:
    """Measure how soon a server answers that has the store of the other tables."""
    settings = bench.template("sqlite", bench.size.products).copy()
    starts = range(bench.size.starts)
    return [
        Amount("start, from `webstore serve` to the first answer", median(_answers_in(settings) for _ in starts), "s"),
        Amount("start, of which `import webstore_kit`", median(_imports_in() for _ in starts), "s"),
    ]


def _answers_in(settings: Settings) -> float:
    variables = {"WEBSTORE_DATABASE_URL": settings.database_url, "WEBSTORE_SECRET_KEY": SECRET}
    started = time.monotonic()
    with serving(cwd=settings.directory, **variables) as (address, _):
        while True:
            with suppress(OSError):
                fetched(address, LIST)
                return time.monotonic() - started
            time.sleep(NAP)


def _imports_in() -> float:
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _mb(pid: int, file: str, name: str) -> float:
    """A figure that the kernel has of a process, which it tells in kB."""
    lines = (PROC / str(pid) / file).read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 2**10
