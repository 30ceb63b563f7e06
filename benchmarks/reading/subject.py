"""The subject: all tables of reading, one after the other."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.load import Client
from benchmarks.reading import cold, crowds, footprint, growth, hot, mixed
from benchmarks.reading.bench import Bench, Size
from benchmarks.reading.figures import ASGI, OURS, STARLETTE, Amount, Growth, Rate
from benchmarks.reading.growth import MILLION
from benchmarks.reading.hot import UNCHANGED
from benchmarks.reading.peers import Peer

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """The rows of the tables."""

    rates: list[Rate] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)

    @property
    def unexpected(self) -> bool:
        """Whether our server answered anything with a status that it should not have; a peer may."""
        return any(row.other for row in self.rates if row.side in (OURS, UNCHANGED, STARLETTE, ASGI))


def steps(databases: Sequence[str]) -> int:
    """How often `measure` tells where it is."""
    return len(databases) + 7 * ("sqlite" in databases)


def measure(
    databases: Sequence[str], size: Size, client: Client, peers: Sequence[Peer], tell: Tell, *, million: bool
) -> Found:
    """Measure all tables; on PostgreSQL there are hot reads alone."""
    found = Found()
    with ExitStack() as exits:
        bench = Bench(size, client, peers, exits)
        for database in databases:
            tell(f"{database}: hot reads")
            found.rates.extend(hot.measure(bench, database))
        if "sqlite" in databases:
            _measure_sqlite(bench, found, tell, sizes=[*size.sizes, *([MILLION] if million else [])])
    return found


def _measure_sqlite(bench: Bench, found: Found, tell: Tell, sizes: Sequence[int]) -> None:
    tell("sqlite: cold lists")
    found.rates.extend(cold.measure(bench))
    tell(f"sqlite: growth, up to {sizes[-1]:,} products")
    found.growth.extend(growth.measure(bench, sizes))
    tell("sqlite: workers and connections")
    found.rates.extend(crowds.measure(bench))
    tell("sqlite: memory")
    found.amounts.extend(footprint.measure_memory(bench))
    tell("sqlite: start")
    found.amounts.extend(footprint.measure_start(bench))
    tell("sqlite: reads beside carts and checkouts")
    found.rates.extend(mixed.measure(bench))
    tell("sqlite: reads beside an import")
    found.rates.extend(mixed.measure_import(bench))
