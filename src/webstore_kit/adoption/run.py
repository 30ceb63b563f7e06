"""One run of an adoption: what its steps share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from webstore_kit.adoption.ledger import Ledger
from webstore_kit.adoption.source import Source

Row = Mapping[str, Any]
"""A row to be written: the values of a model's fields."""


@dataclass
class Run:
    """The source, the time of the adoption, the ledger of cases, and what one step finds out for a later one."""

    source: Source
    now: datetime
    ledger: Ledger = field(default_factory=Ledger)
    recreated: dict[Any, int] = field(default_factory=dict)
    """Customers that are missing but needed by orders: how the source refers to each, and its id in the store."""
    merged: dict[int, int] = field(default_factory=dict)
    """Older open carts of customers who have several, each with the cart that takes its lines."""


def fresh_token() -> str:
    """A token for a customer that needs a new one."""
    return str(uuid4())
