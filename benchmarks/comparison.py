"""The comparison: bare SQL, and a server with one worker and with two, each measured right after the other.

What is compared is a `Subject`, with a module of its own: its operations, and the data that they need.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from benchmarks import bare, servers
from benchmarks.figures import Outcome, Row, row
from benchmarks.load import Client, Request, Talk, single
from webstore_kit import Settings, Store

BARE = 0
"""The number of workers where there is no server."""
WORKERS = (1, 2)
CONNECTIONS = (1, 16, 64)
CROWD_WORKERS, CROWD = 2, 64
"""Where many come at the same moment, and do everything: how many workers serve them, and how many they are."""

LEAST_OF_BARE, LOADED = {"sqlite": 0.4, "postgresql": 0.15}, (16, 64)
"""Target: the share of the bare rate that one worker has, at these numbers of connections."""
MOST_OF_MEDIAN, CROWDED = 5, 64
"""Target: p99 as a multiple of the median, with one worker on SQLite and this number of connections."""
LEAST_OF_ONE_WORKER = 1.0
"""Target: what two workers do, as a share of what one does."""
LONGEST_MS = 250
"""Target: how long a request of the crowd takes at most."""

Outcomes = dict[tuple[str, int, int], list[Outcome]]
"""By the name of the operation, workers and connections; one for each round."""


@dataclass(frozen=True)
class Operation:
    """An operation of the API. Who does it is a number, counted from 1; nobody does it twice."""

    name: str
    request: Callable[[int], Request]
    marks: Callable[[int], Sequence[Any]]
    """All values of this one's own, and of nobody else, among the parameters of the statements."""

    def talks(self, who: range) -> list[Talk]:
        """One request of each of them."""
        return [single(self.request(number)) for number in who]


@dataclass(frozen=True)
class Subject:
    """What is measured together: operations that the same people do, one after the other."""

    operations: Sequence[Operation]
    fill: Callable[[Store, int], None]
    """Makes what that many people need."""
    verify: Callable[[int, int], None]
    """Raises where the database does not have what that many people, and that many of the crowd, have done."""
    crowd: Callable[[int], list[Talk]] | None = None
    """The talks of that many new people, who do everything in three requests."""
    crowd_name: str = ""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    requests: int
    """In each measurement."""

    @property
    def people(self) -> int:
        """How many it takes."""
        return (1 + self.rounds * len(CONNECTIONS)) * self.requests

    @property
    def crowd(self) -> int:
        """How many come in the crowd of one round, with three requests each."""
        return max(self.requests // 3, CROWD)

    def blocks(self) -> Iterator[tuple[int, int, range]]:
        """The round, the number of connections, and who; round 0 is the warm-up."""
        places = [(0, 16), *((number, count) for number in range(1, self.rounds + 1) for count in CONNECTIONS)]
        for number, (round_number, connections) in enumerate(places):
            first = 1 + number * self.requests
            yield round_number, connections, range(first, first + self.requests)


class Side(Protocol):
    """One side of the comparison, on a copy of the database of its own."""

    settings: Settings

    def run(self, operation: Operation, who: range, connections: int) -> Outcome:
        """Let each of them do the operation once."""


class Bare:
    """The side without a server: one connection to the database, in this process."""

    def __init__(self, template: servers.Template, operations: Sequence[Operation], exits: ExitStack) -> None:
        recorded = bare.recorded(template.copy(), [operation.request(1) for operation in operations])
        self._recorded = {operation.name: found for operation, found in zip(operations, recorded, strict=True)}
        self.settings = template.copy()
        self._cursor = exits.enter_context(bare.cursor_of(self.settings))

    def run(self, operation: Operation, who: range, connections: int) -> Outcome:
        """Let each of them do the operation once; the statements are made before the clock starts."""
        recorded, old = self._recorded[operation.name], operation.marks(1)
        return bare.run(self._cursor, [bare.replaced(recorded, old, operation.marks(number)) for number in who])


class Served:
    """The side of a server."""

    def __init__(self, template: servers.Template, workers: int, client: Client, exits: ExitStack) -> None:
        self.settings = template.copy()
        self._address = exits.enter_context(servers.served(self.settings, workers)).address
        self._client = client

    def run(self, operation: Operation, who: range, connections: int) -> Outcome:
        """Let each of them do the operation once."""
        return self.hold(connections, partial(operation.talks, who))

    def hold(self, connections: int, talks: Callable[[], list[Talk]]) -> Outcome:
        """Hold the talks with the server."""
        return self._client.ask(self._address, connections, talks)


def steps(size: Size) -> int:
    """How often `measure` tells where it is."""
    return 1 + len(list(size.blocks()))


def measure(database: str, subject: Subject, size: Size, client: Client, tell: Callable[[str], None]) -> list[Row]:
    """Measure a subject on one kind of database; answers the rows of the table."""
    tell(f"{database}: starting")
    outcomes: Outcomes = defaultdict(list)
    with ExitStack() as exits:
        template = exits.enter_context(servers.template(database, lambda store: subject.fill(store, size.people)))
        served = {workers: Served(template, workers, client, exits) for workers in WORKERS}
        sides: dict[int, Side] = {BARE: Bare(template, subject.operations, exits), **served}
        for round_number, connections, who in size.blocks():
            tell(f"{database}: round {round_number} of {size.rounds}, {connections} connections")
            for operation in subject.operations:
                for workers, side in sides.items():
                    outcome = side.run(operation, who, connections)
                    if round_number:
                        outcomes[operation.name, workers, connections].append(outcome)
            if database == "sqlite" and subject.crowd and round_number and connections == CROWD:
                outcome = served[CROWD_WORKERS].hold(CROWD, partial(subject.crowd, size.crowd))
                outcomes[subject.crowd_name, CROWD_WORKERS, CROWD].append(outcome)
        rows = _rows(database, subject, outcomes)
        if not any(line.busy or line.unexpected for line in rows):  # else the table shows that something is wrong
            _verify(subject, size, sides, outcomes)
    return rows


def _verify(subject: Subject, size: Size, sides: dict[int, Side], outcomes: Outcomes) -> None:
    for workers, side in sides.items():
        crowd = len(outcomes.get((subject.crowd_name, workers, CROWD), ())) * size.crowd
        store = Store(side.settings)
        with store.snapshot():
            subject.verify(size.people, crowd)
        store.close()


def _rows(database: str, subject: Subject, outcomes: Outcomes) -> list[Row]:
    rows = []
    for name in (operation.name for operation in subject.operations):
        bare_outcomes = [outcome for count in CONNECTIONS for outcome in outcomes[name, BARE, count]]
        rows.append(row(database, name, BARE, 1, bare_outcomes))
        for workers in WORKERS:
            for count in CONNECTIONS:
                one, beside = outcomes[name, 1, count], outcomes[name, BARE, count]
                own = outcomes[name, workers, count]
                others = one if workers > 1 else ()
                rows.append(_judged(row(database, name, workers, count, own, bare=beside, one_worker=others)))
    for (name, workers, count), crowd in outcomes.items():
        if name == subject.crowd_name:
            rows.append(_judged_crowd(row(database, name, workers, count, crowd)))
    return rows


def _judged(line: Row) -> Row:
    faultless = not (line.busy or line.unexpected)
    if line.workers == 1 and line.connections in LOADED and line.of_bare is not None:
        least = LEAST_OF_BARE[line.database]
        reached = faultless and line.of_bare >= least
        if line.database != "sqlite" or line.connections != CROWDED:
            return replace(line, target=f"{least} of bare", reached=reached)
        even = line.p99_ms <= MOST_OF_MEDIAN * line.p50_ms
        return replace(line, target=f"{least} of bare,\np99 {MOST_OF_MEDIAN} p50", reached=reached and even)
    if line.of_one_worker is not None:
        reached = faultless and line.of_one_worker >= LEAST_OF_ONE_WORKER
        return replace(line, target=f"{LEAST_OF_ONE_WORKER} of one", reached=reached)
    return line


def _judged_crowd(line: Row) -> Row:
    reached = line.longest_ms < LONGEST_MS and not (line.busy or line.unexpected)
    return replace(line, target=f"{LONGEST_MS} ms, no 503", reached=reached)
