"""The visits: what each buyer sets out to do, decided by the seed alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

from webstore_kit.selftest.report import Plan

WINDOW = 4
"""How many products are wanted at the same time."""
LONGEST_HESITATION = 0.3


class Manner(Enum):
    """How often the checkout is sent."""

    ONCE = "once"
    AT_ONCE = "twice at the same moment, to two servers"
    AGAIN = "again after the answer"


@dataclass(frozen=True)
class Visit:
    """One visit of a buyer, who is a new customer each time."""

    number: int
    basket: tuple[tuple[int, int], ...]
    """Products, and how many of each."""
    manner: Manner
    changes_server: bool
    """Whether each request goes to another server than the one before."""
    hesitation: float
    """Seconds between cart and checkout, in which others buy."""


def visit(plan: Plan, products: Sequence[int], number: int) -> Visit:
    """The visit of that number."""
    random = Random(f"{plan.seed}/{number}")  # noqa: S311 - nothing secret
    wanted = _wanted_now(plan, products, number)
    chosen = random.sample(wanted, random.randint(1, min(3, len(wanted))))
    return Visit(
        number,
        basket=tuple((product, random.randint(1, 2)) for product in chosen),
        manner=random.choices(list(Manner), weights=(60, 25, 15))[0],
        changes_server=random.random() < 0.5,
        hesitation=random.choice((0.0, random.uniform(0.0, LONGEST_HESITATION))),
    )


def _wanted_now(plan: Plan, products: Sequence[int], number: int) -> Sequence[int]:
    # Everybody wants the same few, and one after the other is replaced: so all through the run there is something that
    # is just being sold out, whenever a server is killed.
    last = max(len(products) - WINDOW, 0)
    first = min(number * (last + 1) // plan.visits, last)
    return products[first : first + WINDOW]
