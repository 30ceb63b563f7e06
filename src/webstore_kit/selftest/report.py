"""The plan of a self-test, and its report: figures and checks."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """How large a self-test is, and where it makes its database."""

    workers: int = 2
    """How many servers run, each a process of its own."""
    buyers: int = 32
    """How many buy at the same time."""
    visits: int = 1500
    """How often a buyer comes and buys, all buyers together."""
    products: int = 12
    units: int = 120
    """How many there are of each product."""
    kills: int = 4
    seed: int = 1
    """Decides who buys what, and how."""
    database_url: str | None = field(default=None, repr=False)
    """The database beside which the self-test makes its own; None is a file in a temporary folder."""
    keep: bool = False
    """Whether database and logs stay there afterwards."""


@dataclass(frozen=True)
class Check:
    """Something that has to hold, and what was found."""

    name: str
    expected: int | str
    found: int | str
    cases: tuple[str, ...] = ()
    """What was found otherwise, some of it."""

    @property
    def holds(self) -> bool:
        """Whether it was found as expected."""
        return self.expected == self.found


@dataclass(frozen=True)
class Times:
    """How long the answers to one kind of request took, in milliseconds."""

    p50: float
    p99: float
    longest: float


@dataclass(frozen=True)
class Report:
    """What a self-test did and met, and whether every check holds."""

    database: str
    seed: int
    servers: int
    buyers: int
    visits: int
    requests: int
    """What was sent, each time that it was sent."""
    orders: int
    """How many orders buyers were told."""
    lost_answers: int
    """How many of them had been made before the connection broke, and were told when asked again."""
    units_sold: int
    units: int
    """How many units of all products there were."""
    refusals: int
    """How often a buyer was told that there is not enough."""
    refused_checkouts: int
    """How many of them came at the checkout: somebody else was faster."""
    busy: int
    """How many answers were 503."""
    broken: int
    """How many requests lost their connection before they were answered."""
    kills: int
    seconds: float
    """How long the buying took."""
    requests_per_second: float
    cart: Times
    checkout: Times
    longest_wait: float
    """Milliseconds that the unluckiest buyer waited for an answer, with all that had to be sent again."""
    checks: tuple[Check, ...]
    kept: str | None
    """Where database and logs are; None where they are gone."""

    @property
    def failed(self) -> list[Check]:
        """The checks that do not hold."""
        return [check for check in self.checks if not check.holds]
