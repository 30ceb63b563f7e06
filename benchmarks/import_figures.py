"""The figures of imports: rows of two tables, of what imports take and of what writes wait beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from benchmarks.children import Passage
from benchmarks.figures import BUSY, Outcome

LEAST_OF_BARE = 0.5
"""Target: the rate of an import as a share of the bare one, on SQLite."""
MOST_MB = 150
"""Target: memory that an import takes at most."""
LEAST_PER_SECOND, AS_SECONDS = 5000, "100,000 in 20 s"
"""Target: the rate of an import on PostgreSQL, and the same in other words."""
MOST_GROWTH = 1.05
"""Target: the memory of a million, as a multiple of that of the smaller import; it is never twice quite the same."""
LONGEST_MS = 200
"""Target: how long a write beside an import takes at most; on SQLite it waits for the lock that the import has."""


@dataclass(frozen=True)
class Import:
    """A row of the first table: medians over the rounds, but for the memory, which is the most of all of them."""

    database: str
    what: str
    products: int
    per_second: float
    seconds: float
    own_seconds: float
    """Seconds of a processor."""
    peak_mb: float
    of_bare: float | None = None
    """The rate as a share of the bare one beside it."""
    of_first: float | None = None
    """The rate as a share of that of the import into an empty store beside it."""
    target: str = ""
    reached: bool | None = None
    """Whether the target is; None where there is none."""


@dataclass(frozen=True)
class Waits:
    """A row of the second table: medians over the rounds, but for `longest_ms`, which is the longest of all of them."""

    database: str
    what: str
    writes: int
    """In all rounds."""
    per_second: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    busy: int
    """Writes whose turn did not come, in all rounds."""
    target: str = ""
    reached: bool | None = None


def import_rows(database: str, products: int, passages: Mapping[str, Sequence[Passage]]) -> list[Import]:
    """The rows of these, one passage a round; those of a round stand at the same place."""
    bare, first = passages["bare"], passages["import"]
    rows = [
        _row(database, "bare", products, bare),
        _judged(_row(database, "first import", products, first, bare=bare)),
        _row(database, "same file again", products, passages["again"], bare=bare, first=first),
        _row(database, "beside writes", products, passages["beside"], bare=bare, first=first),
    ]
    again = rows[2]
    rows[2] = replace(again, target="faster than the first", reached=(again.of_first or 0) > 1)
    return rows


def million_row(database: str, products: int, passage: Passage, passages: Mapping[str, Sequence[Passage]]) -> Import:
    """The row of one large import, whose memory is compared with that of the smaller ones."""
    most = max(smaller.peak_mb for smaller in passages["import"])
    row = _row(database, "a million", products, [passage])
    return replace(row, target="no more memory", reached=passage.peak_mb <= MOST_GROWTH * most)


def wait_rows(database: str, outcomes: Mapping[str, Sequence[Outcome]]) -> list[Waits]:
    """The rows of what writes took, alone and beside imports."""
    alone, beside = (_waits(database, what, outcomes[what]) for what in ("alone", "beside"))
    reached = beside.longest_ms <= LONGEST_MS and not beside.busy
    return [alone, replace(beside, target=f"{LONGEST_MS} ms, none busy", reached=reached)]


def _row(
    database: str,
    what: str,
    products: int,
    passages: Sequence[Passage],
    *,
    bare: Sequence[Passage] = (),
    first: Sequence[Passage] = (),
) -> Import:
    return Import(
        database=database,
        what=what,
        products=products,
        per_second=products / median(passage.seconds for passage in passages),
        seconds=median(passage.seconds for passage in passages),
        own_seconds=median(passage.own_seconds for passage in passages),
        peak_mb=max(passage.peak_mb for passage in passages),
        of_bare=_ratio(passages, bare),
        of_first=_ratio(passages, first),
    )


def _ratio(passages: Sequence[Passage], others: Sequence[Passage]) -> float | None:
    if not others:
        return None
    return median(other.seconds / passage.seconds for passage, other in zip(passages, others, strict=True))


def _judged(row: Import) -> Import:
    fast, target = row.per_second >= LEAST_PER_SECOND, AS_SECONDS
    if row.database == "sqlite":
        fast, target = (row.of_bare or 0) >= LEAST_OF_BARE, f"{LEAST_OF_BARE} of bare"
    return replace(row, target=f"{target}, {MOST_MB} MB", reached=fast and row.peak_mb <= MOST_MB)


def _waits(database: str, what: str, outcomes: Sequence[Outcome]) -> Waits:
    return Waits(
        database=database,
        what=what,
        writes=sum(len(outcome.latencies) for outcome in outcomes),
        per_second=median(outcome.rate for outcome in outcomes),
        p50_ms=1000 * median(outcome.quantile(0.5) for outcome in outcomes),
        p99_ms=1000 * median(outcome.quantile(0.99) for outcome in outcomes),
        longest_ms=1000 * max(outcome.longest for outcome in outcomes),
        busy=sum(outcome.statuses[BUSY] for outcome in outcomes),
    )
