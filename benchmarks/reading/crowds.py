"""Crowds: the hot list with one worker and two, asked through few connections and many."""

from collections.abc import Callable
from functools import partial

from benchmarks.figures import Outcome
from benchmarks.reading.bare_apps import starlette_app
from benchmarks.reading.bench import Bench
from benchmarks.reading.figures import OURS, STARLETTE, Rate, rate
from benchmarks.reading.shop import LIST
from benchmarks.reading.wire import get

WORKERS = (1, 2)


def measure(bench: Bench) -> list[Rate]:
    """Measure each number of workers and connections, beside bare Starlette with as many workers."""
    rows = []
    for workers in WORKERS:
        ours = bench.stand("sqlite", bench.size.products, workers).server.address
        starlette = bench.bare(workers=workers)[starlette_app, LIST]
        for connections in bench.size.connections:
            rows += _rows(bench, ours, starlette, workers, connections)
    return rows


def _rows(bench: Bench, ours: str, starlette: str, workers: int, connections: int) -> list[Rate]:
    addresses = {STARLETTE: starlette, OURS: ours}
    sides: dict[str, Callable[[], Outcome]] = {
        side: partial(bench.repeat, address, [get(LIST)], connections) for side, address in addresses.items()
    }
    outcomes = bench.rounds(sides)
    return [
        rate(
            "workers and connections on sqlite, hot list",
            "",
            side,
            outcomes[side],
            workers=workers,
            connections=connections,
            starlette=outcomes[STARLETTE] if side == OURS else (),
        )
        for side in sides
    ]
