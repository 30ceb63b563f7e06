"""Reads beside writes: while others fill carts and buy, and while another process imports a catalogue.

The connections that read do nothing else, and they do the same alone and beside the writes. So what they lose is what
the writes cost them, and not the time for which they would wait for writes of their own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from benchmarks import children
from benchmarks.children import Passage
from benchmarks.figures import OK, Outcome
from benchmarks.importing import MOST_ROUNDS, write_file
from benchmarks.load import LONGEST_RUN, Group, Request, Talk, repeated
from benchmarks.reading.bench import CONNECTIONS, Bench, Stand
from benchmarks.reading.figures import OURS, Rate, Target, at_least, rate
from benchmarks.reading.shop import SEED, Shop
from benchmarks.reading.wire import get
from tests.factories import DELIVERY, add_customer
from webstore_kit import Settings, Store
from webstore_kit.inventory.services import set_stock

WORKERS = (1, 2)
BUYERS = 32
"""Connections that write, one after the other each."""
PRODUCTS, PLENTY = 50, 1_000_000
"""The products that are bought, and how many there are of each."""
UPDATES = 9
"""Changes of a cart before it is bought."""
WRITES_A_READ = 1 / 9
"""So that nine of ten requests are reads."""
LEAST_KEPT, LONGEST_MS = 0.7, 500
"""Targets: the rate of the reads as a share of that alone, and how long a request takes at most."""


def measure(bench: Bench) -> list[Rate]:
    """Measure reads beside carts and checkouts, with one worker and with two."""
    return [row for workers in WORKERS for row in _beside_buyers(bench, workers)]


def measure_import(bench: Bench) -> list[Rate]:
    """Measure reads beside imports, each of as many further products."""
    stand, products = bench.stand("sqlite", bench.size.products), bench.size.products
    seeds = range(SEED + 1, SEED + 1 + min(bench.size.rounds, MOST_ROUNDS))
    pairs = [_beside_import(bench, stand, seed) for seed in seeds]
    alone, beside = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    row = partial(rate, f"reads beside an import of {products:,} products on sqlite", side=OURS)
    return [
        row("reads alone", outcomes=alone, connections=CONNECTIONS),
        row("reads beside the import", outcomes=beside, connections=CONNECTIONS, alone=alone),
    ]


def buying(tokens: Sequence[str]) -> list[Talk]:
    """What these customers send: cart updates, and now and then a checkout; without an end."""
    return [_buying(token, 7 * place) for place, token in enumerate(tokens)]


def _buying(token: str, first: int) -> Talk:
    for number in count(1):
        if number % (UPDATES + 1) == 0:
            yield Request("PUT", "/api/order/finalize/", {**DELIVERY, "token": token}).wire()
            continue
        change = {"token": token, "product_id": 1 + (first + number) % PRODUCTS, "quantity": 1 + number % 2}
        yield Request("POST", "/api/order/cart/update/", change).wire()


def _beside_buyers(bench: Bench, workers: int) -> list[Rate]:
    stand = bench.stand("sqlite", bench.size.products, workers)
    reads = Group(CONNECTIONS, partial(repeated, _requests(stand.shop), CONNECTIONS, bench.size.seconds))
    writes = Group(BUYERS, partial(buying, _open(stand.settings)), WRITES_A_READ)

    def asked(*groups: Group) -> list[Outcome]:
        return bench.client.ask_together(stand.server.address, groups).result()

    outcomes = bench.rounds({"alone": partial(asked, reads), "beside": partial(asked, reads, writes)})
    alone, beside, written = (
        [found[place] for found in outcomes[side]] for side, place in (("alone", 0), ("beside", 0), ("beside", 1))
    )
    counts = [sum(len(outcome.latencies) for outcome in those) for those in (beside, written)]
    row = partial(rate, "reads beside carts and checkouts on sqlite", side=OURS, workers=workers)
    rows = [
        row("reads alone", outcomes=alone, connections=CONNECTIONS),
        row("reads beside the writes", outcomes=beside, connections=CONNECTIONS, alone=alone),
        row(f"the writes, {counts[1] / sum(counts):.1%} of all", outcomes=written, connections=BUYERS),
    ]
    return [rows[0], *(replace(line, targets=_targets(line)) for line in rows[1:])]


def _targets(row: Rate) -> list[Target]:
    targets = [] if row.kept is None else [at_least(row.kept, LEAST_KEPT, "alone")]
    return [*targets, Target(f"{LONGEST_MS} ms", row.longest_ms <= LONGEST_MS and not row.other)]


def _requests(shop: Shop) -> list[bytes]:
    return [get(address.path) for address in shop.addresses]


def _open(settings: Settings) -> list[str]:
    """Make customers, and plenty of what they buy; answers their tokens."""
    store = Store(settings)
    with store.transaction():
        for product in range(1, PRODUCTS + 1):
            set_stock(store, product, PLENTY)
    tokens = [add_customer(store) for _ in range(BUYERS)]
    store.close()
    return tokens


def _beside_import(bench: Bench, stand: Stand, seed: int) -> tuple[Outcome, Outcome]:
    """The reads alone, and beside an import into the same store."""
    requests, folder = _requests(stand.shop), stand.settings.directory
    file, end = folder / f"{seed}.csv", folder / f"{seed}.imported"
    write_file(file, bench.size.products, seed)
    for _ in range(2):  # the first time does not count
        alone = bench.repeat(stand.server.address, requests)
    group = Group(CONNECTIONS, partial(repeated, requests, CONNECTIONS, LONGEST_RUN, end))
    reading = bench.client.ask_together(stand.server.address, [group])
    try:
        passage = children.run("importing_ours", stand.settings, file)
    finally:
        end.touch()
    return alone, _during(passage, reading.result()[0])


def _during(passage: Passage, outcome: Outcome) -> Outcome:
    """Of an outcome the answers that came while the import was at work, and not before or after."""
    started, ended = passage.started, passage.started + passage.seconds
    both = zip(outcome.ends, outcome.latencies, strict=True)
    latencies = [latency for end, latency in both if started < end <= ended]
    other = outcome.statuses.total() - outcome.statuses[OK]  # of all the time: there should be none
    return Outcome(passage.seconds, latencies, Counter({OK: len(latencies) - other, 0: other}))
