"""The plan of a check, and its report: what came of each exchange."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webstore_kit.contract.sending import shortened
from webstore_kit.contract.templates import Difference

MOST_ORDERS = 2
DEFAULT_ORIGIN = "http://localhost:3000"


@dataclass(frozen=True)
class Plan:
    """What is checked, and how far it may go."""

    read_only: bool = False
    """Whether only what changes nothing is sent."""
    orders: int = 1
    """How many orders may be placed, at most `MOST_ORDERS`."""
    only: str = ""
    """A text that the name of a chapter or of an exchange has to contain."""
    origin: str = DEFAULT_ORIGIN
    """An origin that the store allows."""
    public_address: str | None = None
    """The address that the store writes into links; None where it is the one that is asked."""
    most_products: int = 900
    """A list of more is not read; the list of a category is checked in its place."""


class State(enum.StrEnum):
    """What came of an exchange."""

    RIGHT = "right"
    DIFFERS = "differs"
    UNCHECKED = "not checked"
    SKIPPED = "skipped"
    """Not checked either, but a store need not have what it takes."""


@dataclass(frozen=True)
class Outcome:
    """One exchange, and what came of it."""

    chapter: str
    name: str
    state: State
    sent: str = ""
    """The request as a command for curl; empty where it was not sent."""
    differences: tuple[Difference, ...] = ()
    why: str = ""
    """Why it was not checked."""


@dataclass(frozen=True)
class Report:
    """All outcomes, in the order in which they came."""

    address: str
    outcomes: tuple[Outcome, ...]
    left_out: int
    """How many exchanges the plan left out."""
    seconds: float
    tokens: Mapping[str, str] = field(default_factory=dict)
    """The shell variables in the commands of exchanges that differ, each with the command that answers it."""

    def of(self, state: State) -> list[Outcome]:
        """The outcomes of that kind."""
        return [outcome for outcome in self.outcomes if outcome.state is state]

    def by_chapter(self) -> dict[str, list[Outcome]]:
        """The outcomes of each chapter."""
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            found.setdefault(outcome.chapter, []).append(outcome)
        return found


def as_json(report: Report) -> dict[str, Any]:
    """The report as a script reads it."""
    return {
        "address": report.address,
        **{state.name.lower(): len(report.of(state)) for state in State},
        "left_out": report.left_out,
        "seconds": report.seconds,
        "tokens": dict(report.tokens),
        "exchanges": [_outcome(outcome) for outcome in report.outcomes],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "chapter": outcome.chapter,
        "name": outcome.name,
        "state": outcome.state.value,
        "sent": outcome.sent or None,
        "differences": _differences(outcome.differences),
        "why": outcome.why or None,
    }


def _differences(differences: Sequence[Difference]) -> list[dict[str, str]]:
    return [
        {"where": one.where, "expected": shortened(one.expected), "found": shortened(one.found)} for one in differences
    ]
