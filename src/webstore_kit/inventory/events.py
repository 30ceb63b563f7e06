"""What happens to the stock."""

from dataclasses import dataclass

from webstore_kit.core.events import Event


@dataclass(frozen=True)
class StockChanged(Event):
    """There are so many of a product now, by that change, for a reason such as "sale", "count" or "import"."""

    product_id: int
    quantity: int
    change: int
    reason: str
