"""The figures of reading: rows of its tables, and the targets that they are measured against."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import OK, Outcome

NOT_MODIFIED = 304
OURS, STARLETTE, ASGI = "ours", "Starlette", "ASGI"
"""The sides of a comparison: our server and the bare apps; a peer has its own name."""
Outcomes = Mapping[str, Sequence[Outcome]]
"""By side, one for each round; those of a round stand at the same place."""


@dataclass(frozen=True)
class Target:
    """What we want of a row, in words, and whether it is so."""

    text: str
    reached: bool


@dataclass(frozen=True)
class Rate:
    """Requests a second and what they took: medians over the rounds, but for `longest_ms`, the longest of all."""

    table: str
    what: str
    side: str
    workers: int
    connections: int
    per_second: float
    """Answers as they should be; others do not count."""
    p50_ms: float
    p99_ms: float
    longest_ms: float
    other: int
    """Answers with another status, in all rounds."""
    client_us: float
    """Microseconds of a processor that the client spent on each request."""
    of_starlette: float | None = None
    """The rate as a share of that of bare Starlette beside it."""
    of_asgi: float | None = None
    p99_of_starlette: float | None = None
    """The p99 as a multiple of that of bare Starlette beside it."""
    kept: float | None = None
    """The rate as a share of that of the same requests alone."""
    targets: Sequence[Target] = ()


@dataclass(frozen=True)
class Growth:
    """What one request takes in a store of that size, or how many there are a second: medians of all rounds."""

    what: str
    products: int
    ms: float | None = None
    longest_ms: float | None = None
    per_second: float | None = None
    of_first: float | None = None
    """The rate as a share of that beside it in the store that the other tables are of."""
    targets: Sequence[Target] = ()


@dataclass(frozen=True)
class Amount:
    """What a process takes, of memory or time."""

    what: str
    amount: float
    unit: str
    targets: Sequence[Target] = ()


def rate(
    table: str,
    what: str,
    side: str,
    outcomes: Sequence[Outcome],
    *,
    connections: int,
    workers: int = 1,
    starlette: Sequence[Outcome] = (),
    asgi: Sequence[Outcome] = (),
    alone: Sequence[Outcome] = (),
) -> Rate:
    """The row of these outcomes, compared with those that stood beside them in the same rounds."""
    return Rate(
        table=table,
        what=what,
        side=side,
        workers=workers,
        connections=connections,
        per_second=median(map(per_second, outcomes)),
        p50_ms=1000 * median(outcome.quantile(0.5) for outcome in outcomes),
        p99_ms=1000 * median(map(_p99, outcomes)),
        longest_ms=1000 * max(outcome.longest for outcome in outcomes),
        other=sum(outcome.statuses.total() - _good(outcome) for outcome in outcomes),
        client_us=1e6 * median(outcome.own_seconds / len(outcome.latencies) for outcome in outcomes),
        of_starlette=ratio(outcomes, starlette, per_second),
        of_asgi=ratio(outcomes, asgi, per_second),
        p99_of_starlette=ratio(outcomes, starlette, _p99),
        kept=ratio(outcomes, alone, per_second),
    )


def per_second(outcome: Outcome) -> float:
    """The answers 200 and 304 a second; a peer may have others, and they do not count."""
    return _good(outcome) / outcome.seconds


def ratio(outcomes: Sequence[Outcome], others: Sequence[Outcome], figure: Callable[[Outcome], float]) -> float | None:
    """The median over the rounds of how often the figure has that of the other; None where there is no other."""
    if not others:
        return None
    return median(figure(outcome) / figure(other) for outcome, other in zip(outcomes, others, strict=True))


def at_least(figure: float | None, least: float, of: str) -> Target:
    """The target that a ratio is no less."""
    return Target(f"{least} of {of}", figure is not None and figure >= least)


def _good(outcome: Outcome) -> int:
    return outcome.statuses[OK] + outcome.statuses[NOT_MODIFIED]


def _p99(outcome: Outcome) -> float:
    return outcome.quantile(0.99)
