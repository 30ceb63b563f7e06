"""The ledger: every case of an adoption with what it does to the sums, so that no difference goes unexplained."""

from collections import defaultdict
from decimal import Decimal

from webstore_kit.adoption.readings import ZERO, Reading
from webstore_kit.adoption.report import Case


class Ledger:
    """Cases in the order they were met, and per table and total what they add up to."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self._sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def note(self, table: str, row_id: int, what: str, **effects: Decimal | int) -> None:
        """Put a case down; `effects` are what it adds to the table's totals, `rows` among them."""
        added = {name: Decimal(value) for name, value in effects.items() if value}
        self.cases.append(Case(table, row_id, what, added))
        for name, value in added.items():
            self._sums[table, name] += value

    def note_changes(self, table: str, row: Reading, **effects: Decimal | int) -> None:
        """Put down a case for each change that a row was read with, with their effects together.

        Without any change the effects are left out: then nothing explains them, and the adoption must not go through.
        """
        for what in row.changes:
            self.note(table, row.id, what, **effects)
            effects = {}

    def sum(self, table: str, name: str) -> Decimal:
        """What the cases add to a total of the table."""
        return self._sums.get((table, name), ZERO)
