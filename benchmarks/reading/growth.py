"""Growth: what a single request takes that nobody has sent before, in stores of several sizes."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median

from benchmarks.figures import OK, Outcome
from benchmarks.reading.bench import Bench, Stand
from benchmarks.reading.figures import Growth, Target, at_least, per_second, ratio
from benchmarks.reading.shop import LIST, Paths
from benchmarks.reading.wire import get

KINDS: Mapping[str, Callable[[Paths], str]] = {
    "first page": Paths.first_page,
    "deep page": Paths.last_page,
    "deep page by price": Paths.last_page_by_price,
    "of a brand": Paths.of_brand,
    "of a brand, from a price": Paths.of_brand_and_price,
    "between prices": Paths.prices,
    "of a category": Paths.of_category,
    "deep page of a category by price": Paths.last_of_category,
    "search: a rare word": Paths.rare_word,
    "search: a frequent word": Paths.frequent_word,
    "search: two letters": Paths.two_letters,
    "search: no such word": Paths.no_word,
}
HOT = "hot list"
MILLION = 1_000_000
MOST_MS = 60
"""Target: what each request takes in a store of a million products."""
LEAST_OF_FIRST = 0.95
"""Target: the rate of hot lists, as a share of that in the store of the other tables; no rate is the same twice."""


def measure(bench: Bench, sizes: Sequence[int]) -> list[Growth]:
    """Measure stores of these sizes, in turn."""
    stands = {products: bench.stand("sqlite", products) for products in sizes}
    paths = {products: Paths(stand.shop) for products, stand in stands.items()}
    sides: dict[tuple[str, int], Callable[[], Outcome]] = {}
    for what, kind in KINDS.items():
        sides |= {(what, size): partial(_singles, bench, stands[size], paths[size], kind) for size in sizes}
    for size in sizes:
        sides[HOT, size] = partial(bench.repeat, stands[size].server.address, [get(LIST)])
    outcomes = bench.rounds(sides)
    rows = [_row(what, size, outcomes[what, size]) for what, size in sides if what != HOT]
    return rows + [_hot_row(size, outcomes[HOT, size], outcomes[HOT, bench.size.products]) for size in sizes]


def _singles(bench: Bench, stand: Stand, paths: Paths, kind: Callable[[Paths], str]) -> Outcome:
    """One request of the kind after the other."""
    found = paths.some(bench.size.singles, kind)
    outcome = bench.once(stand.server.address, [get(path) for path in found], connections=1)
    if outcome.statuses[OK] != len(found):
        raise AssertionError(f"{outcome.statuses} for {', '.join(found)}")
    return outcome


def _row(what: str, products: int, outcomes: Sequence[Outcome]) -> Growth:
    latencies = [1000 * latency for outcome in outcomes for latency in outcome.latencies]
    ms = median(latencies)
    targets = [Target(f"{MOST_MS} ms", ms < MOST_MS)] if products == MILLION else []
    return Growth(what, products, ms=ms, longest_ms=max(latencies), targets=targets)


def _hot_row(products: int, outcomes: Sequence[Outcome], first: Sequence[Outcome]) -> Growth:
    of_first = ratio(outcomes, first, per_second)
    targets = [at_least(of_first, LEAST_OF_FIRST, "the first")] if products == MILLION else []
    rate = median(map(per_second, outcomes))
    return Growth(HOT, products, per_second=rate, of_first=of_first, targets=targets)
