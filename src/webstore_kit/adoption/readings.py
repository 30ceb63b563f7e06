"""Readings: turn one value of the source into the nearest value that the store allows, and say what was changed.

Each function answers the value and, where it is not just what the source has, a few words on what was done.
"""

import reprlib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, TypeVar

from webstore_kit.core.money import CENT, LARGEST

T = TypeVar("T")
Read = tuple[T, str | None]

LARGEST_QUANTITY = 2**31 - 1
"""The quantity columns are 32-bit on PostgreSQL."""
LONGEST_EXPONENT = 400
"""Powers of ten beyond those of every float count as nothing in sums, so that sums can be exact."""
EXACT = Context(prec=2000)
"""The arithmetic of sums: no digit of what `exact` answers is lost in it, nor of products of two."""
ZERO = Decimal(0)
NO_MONEY = Decimal("0.00")

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


class Reading:
    """One row of the source, read value by value; `changes` says what could not be taken as it is."""

    __slots__ = ("changes", "id", "row")

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.id = int(row["id"])
        self.changes: list[str] = []

    def __getitem__(self, column: str) -> Any:
        return self.row[column]

    def changed(self, column: str, what: str) -> None:
        """Say that the column's value was not taken as it is."""
        self.changes.append(f"{column} {shown(self.row[column])} {what}")

    def text(self, column: str, longest: int | None = None) -> str:
        """Text, empty where there is none."""
        return self._read(column, text(self.row[column], longest))

    def optional_text(self, column: str) -> str | None:
        """Text or null."""
        return None if self.row[column] is None else self.text(column)

    def money(self, column: str) -> Decimal:
        """An amount of money, 0.00 where there is none."""
        return self._read(column, money(self.row[column]))

    def optional_money(self, column: str) -> Decimal | None:
        """An amount of money or null."""
        return None if self.row[column] is None else self.money(column)

    def quantity(self, column: str) -> int:
        """A quantity, 0 where there is none."""
        return self._read(column, quantity(self.row[column]))

    def flag(self, column: str) -> bool:
        """Yes or no, no where there is neither."""
        return self._read(column, flag(self.row[column]))

    def moment(self, column: str, otherwise: datetime) -> datetime:
        """A time; `otherwise`, the time of the adoption, where there is none."""
        value = moment(self.row[column])
        if value is None:
            self.changed(column, "is no time: taken as the time of the adoption")
        return value or otherwise

    def optional_moment(self, column: str) -> datetime | None:
        """A time or null."""
        value = moment(self.row[column])
        if value is None and self.row[column] is not None:
            self.changed(column, "is no time: left out")
        return value

    def _read(self, column: str, read: Read[T]) -> T:
        value, what = read
        if what:
            self.changed(column, what)
        return value


def text(value: Any, longest: int | None = None) -> Read[str]:
    """Valid Unicode without NUL characters, of at most that many characters."""
    if value is None:
        return "", "is no text: taken as empty"
    read, whats = str(value), []
    if isinstance(value, bytes):
        read = value.decode("utf-8", "replace")
        whats.append("is no valid text: what cannot be read is replaced by \N{REPLACEMENT CHARACTER}")
    if "\0" in read:
        read = read.replace("\0", "")
        whats.append("has NUL characters: taken without them")
    if longest is not None and len(read) > longest:
        read = read[:longest]
        whats.append(f"is over {longest} characters: cut")
    return read, "; ".join(whats) or None


def money(value: Any) -> Read[Decimal]:
    """An amount in whole cents, rounded half up, from 0.00 to the largest that the store knows."""
    number = _number(value)
    if number is None:
        return NO_MONEY, "is no amount of money: taken as 0.00"
    if number < 0:
        return NO_MONEY, "is below 0: taken as 0.00"
    if number > LARGEST:
        return LARGEST, f"is beyond the largest amount: taken as {LARGEST}"
    rounded = abs(number.quantize(CENT, ROUND_HALF_UP))  # there is a -0.0
    return rounded, None if rounded == number else f"is finer than a cent: rounded to {rounded}"


def quantity(value: Any) -> Read[int]:
    """A whole number from 0 to the largest that the column holds."""
    number = _number(value)
    if number is None:
        return 0, "is no quantity: taken as 0"
    if number < 0:
        return 0, "is below 0: taken as 0"
    if number > LARGEST_QUANTITY:
        return LARGEST_QUANTITY, f"is beyond the largest quantity: taken as {LARGEST_QUANTITY}"
    rounded = int(number.to_integral_value(ROUND_HALF_UP))
    return rounded, None if rounded == number else f"is no whole number: rounded to {rounded}"


def flag(value: Any) -> Read[bool]:
    """Yes or no; no for what is neither, which gives no rights to anyone."""
    if value in (0, 1):
        return bool(value), None
    if isinstance(value, str) and value.strip().lower() in ("true", "t", "yes", "y", "on"):
        return True, "is text: taken as yes"
    return False, "is neither yes nor no: taken as no"


def moment(value: Any) -> datetime | None:
    """The aware moment that the text is, in UTC where it names no other zone, as Django keeps it; or None."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def exact(value: Any) -> Decimal:
    """The number as the source has it, for its sums; 0 for what is no number, or none of this world."""
    number = _number(value)
    if number is None or not number.is_finite() or not number:
        return ZERO
    _, _, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return number if number.adjusted() <= LONGEST_EXPONENT and exponent >= -LONGEST_EXPONENT else ZERO


def shown(value: Any) -> str:
    """The value as a case shows it: short, and told apart from the words around it."""
    if value is None:
        return "null"
    return _short.repr(value) if isinstance(value, (str, bytes)) else str(value)[:60]


def _number(value: Any) -> Decimal | None:
    if not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        # Through its text: a float is meant as the shortest decimal that reads as it.
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return None if number.is_nan() else number
