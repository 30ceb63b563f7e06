"""Cold reads: lists that nobody has asked for before, so that each is read from the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from benchmarks.figures import Outcome
from benchmarks.reading.bare_apps import starlette_app
from benchmarks.reading.bench import CONNECTIONS, Bench
from benchmarks.reading.figures import OURS, STARLETTE, Outcomes, Rate, at_least, rate
from benchmarks.reading.shop import LIST, Paths
from benchmarks.reading.wire import get

TITLE = "cold lists on sqlite"
MIXED = "all kinds in turn"
KINDS: Mapping[str, Callable[[Paths], str]] = {
    "any page": Paths.page,
    "between prices": Paths.prices,
    "any page of a brand": Paths.brand,
    "any page of a category": Paths.category,
    "search for two words": Paths.search,
    "part of a title": Paths.title,
}
LEAST_OF_STARLETTE = 0.15
"""Target: the rate as a share of that of bare Starlette with one hot list, of all kinds in turn."""


def measure(bench: Bench) -> list[Rate]:
    """Measure all kinds of lists in turn, and each by itself."""
    stand, size = bench.stand("sqlite", bench.size.products), bench.size
    ours, paths = stand.server.address, Paths(stand.shop)
    mixed = [_requests(paths, size.cold, *KINDS.values()) for _ in range(size.all_rounds)]
    sides = {OURS: _sending(bench, ours, mixed)}
    sides |= {peer.name: _sending(bench, peer.address, mixed) for peer in bench.peers}
    for name, kind in KINDS.items():
        sides[name] = _sending(bench, ours, [_requests(paths, size.cold // 6, kind) for _ in range(size.all_rounds)])
    starlette = bench.bare()[starlette_app, LIST]
    bare: dict[str, Callable[[], Outcome]] = {STARLETTE: partial(bench.repeat, starlette, [get(LIST)])}
    outcomes = bench.rounds(bare | sides)
    return [_row(side, outcomes) for side in (STARLETTE, *sides)]


def _requests(paths: Paths, number: int, *kinds: Callable[[Paths], str]) -> list[bytes]:
    return [get(path) for path in paths.some(number, *kinds)]


def _sending(bench: Bench, address: str, batches: Sequence[Sequence[bytes]]) -> Callable[[], Outcome]:
    """Sends the next of the batches."""
    left = iter(batches)
    return lambda: bench.once(address, next(left))


def _row(side: str, outcomes: Outcomes) -> Rate:
    what = side if side in KINDS else "list, hot" if side == STARLETTE else MIXED
    bare = () if side == STARLETTE else outcomes[STARLETTE]
    name = OURS if side in KINDS else side
    row = rate(TITLE, what, name, outcomes[side], connections=CONNECTIONS, starlette=bare)
    row = replace(row, p99_of_starlette=None)  # of what it does not do
    return replace(row, targets=[at_least(row.of_starlette, LEAST_OF_STARLETTE, STARLETTE)]) if side == OURS else row
