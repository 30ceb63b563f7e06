"""Figures: what one measurement gave, and the rows of the table that are made of many."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

OK, BUSY = 200, 503


@dataclass(frozen=True)
class Outcome:
    """One measurement."""

    seconds: float
    """From the first request to the last answer."""
    latencies: Sequence[float]
    """Seconds of each request."""
    statuses: Counter[int]
    """How often each HTTP status came; bare transactions count as 200."""
    own_seconds: float = 0.0
    """Seconds of a processor that the client spent itself."""
    ends: Sequence[float] = ()
    """When each of the answers came, by the clock that all processes of the machine share."""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    @property
    def longest(self) -> float:
        """The longest latency."""
        return max(self.latencies)

    def quantile(self, share: float) -> float:
        """The latency that this share of the requests did not go beyond."""
        return sorted(self.latencies)[min(int(len(self.latencies) * share), len(self.latencies) - 1)]


@dataclass(frozen=True)
class Row:
    """A row of the table: medians over the rounds, but for `longest_ms`, which is the longest of all of them."""

    database: str
    operation: str
    workers: int
    """0 is bare: no server."""
    connections: int
    per_second: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    busy: int
    """Answers 503, in all rounds."""
    unexpected: int
    """Answers other than 200 and 503, in all rounds."""
    of_bare: float | None = None
    """The rate as a share of the bare one."""
    of_one_worker: float | None = None
    """The rate as a share of the one that a single worker has."""
    target: str = ""
    reached: bool | None = None
    """Whether the target is; None where there is none."""


def row(
    database: str,
    operation: str,
    workers: int,
    connections: int,
    outcomes: Sequence[Outcome],
    *,
    bare: Sequence[Outcome] = (),
    one_worker: Sequence[Outcome] = (),
) -> Row:
    """The row of these outcomes, one a round, compared with those that stood beside them in the same rounds."""
    statuses = sum((outcome.statuses for outcome in outcomes), Counter[int]())
    return Row(
        database=database,
        operation=operation,
        workers=workers,
        connections=connections,
        per_second=_median(outcomes, lambda outcome: outcome.rate),
        p50_ms=1000 * _median(outcomes, lambda outcome: outcome.quantile(0.5)),
        p99_ms=1000 * _median(outcomes, lambda outcome: outcome.quantile(0.99)),
        longest_ms=1000 * max(outcome.longest for outcome in outcomes),
        busy=statuses[BUSY],
        unexpected=statuses.total() - statuses[OK] - statuses[BUSY],
        of_bare=_ratio(outcomes, bare),
        of_one_worker=_ratio(outcomes, one_worker),
    )


def _median(outcomes: Sequence[Outcome], figure: Callable[[Outcome], float]) -> float:
    return median(figure(outcome) for outcome in outcomes)


def _ratio(outcomes: Sequence[Outcome], others: Sequence[Outcome]) -> float | None:
    if not others:
        return None
    return median(outcome.rate / other.rate for outcome, other in zip(outcomes, others, strict=True))
