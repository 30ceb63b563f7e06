"""The traffic: what clients met on the wire, counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from statistics import quantiles

from webstore_kit.selftest.purchases import Answer
from webstore_kit.selftest.report import Check, Times


@dataclass(frozen=True)
class Fault:
    """An answer that should not be."""

    status: int
    what: str


@dataclass
class Traffic:
    """What one client met, or all of them together."""

    requests: int = 0
    busy: int = 0
    broken: int = 0
    refusals: int = 0
    lost_answers: int = 0
    """How many orders were made though the connection broke before that was told, and told when asked again."""
    unanswered: int = 0
    cart: list[float] = field(default_factory=list)
    """Seconds until the answer, of each answered request."""
    checkout: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    """The same for requests of every kind, with all that had to be sent again."""
    faults: list[Fault] = field(default_factory=list)

    def __add__(self, other: "Traffic") -> "Traffic":
        return Traffic(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    def note(self, request: str, answer: Answer, wait: float) -> None:
        """Count a final answer, and the seconds that it was waited for."""
        self.waits.append(wait)
        if answer.is_shortage:
            self.refusals += 1
        elif answer.status != 200:
            self.faults.append(Fault(answer.status, f"{request}: {answer.status} {answer.body[:200]!r}"))

    def checks(self) -> list[Check]:
        """What has to hold of the answers."""
        faults = tuple(fault.what for fault in self.faults if fault.status >= 500)
        others = tuple(fault.what for fault in self.faults if fault.status < 500)
        return [
            Check("No answer was a fault of the server (5xx but 503)", 0, len(faults), faults[:3]),
            Check("No buyer was refused for anything but a shortage", 0, len(others), others[:3]),
            Check("No request stayed without an answer", 0, self.unanswered),
        ]


def times(seconds: Sequence[float]) -> Times:
    """The median, the 99th percentile and the longest, in milliseconds."""
    if len(seconds) < 2:
        seconds = [*seconds, *seconds] or [0.0, 0.0]
    parts = quantiles(seconds, n=100, method="inclusive")
    return Times(*(round(part * 1000, 1) for part in (parts[49], parts[98], max(seconds))))
