"""Money: whole minor units (cents) in the database, `Decimal` in code, text with two decimals on the wire."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

CENT = Decimal("0.01")
# The largest amount: far beyond any price, and a thousand of them still fit a 64-bit column.
LARGEST = Decimal("9999999999999.99")


def to_minor(amount: Decimal) -> int:
    """The amount in minor units; ValueError where it is finer than a minor unit or out of range."""
    minor = amount.scaleb(2)
    if minor != minor.to_integral_value() or abs(amount) > LARGEST:
        raise ValueError(f"not an amount of money: {amount}")
    return int(minor)


def from_minor(minor: int) -> Decimal:
    """The amount that so many minor units make, always with two decimals."""
    return Decimal(minor).scaleb(-2)


def money_text(amount: Decimal) -> str:
    """The amount as it goes over the wire: "399.00"."""
    return f"{amount:.2f}"


def minor_text(minor: int) -> str:
    """The amount that so many minor units make, as it goes over the wire; from 0."""
    return f"{minor // 100}.{minor % 100:02d}"


def lowest_minor(bound: Decimal) -> int:
    """The smallest whole number of minor units that is not below the bound (for `price >= bound`)."""
    return int(_within_range(bound).quantize(CENT, ROUND_CEILING).scaleb(2))


def highest_minor(bound: Decimal) -> int:
    """The largest whole number of minor units that is not above the bound (for `price <= bound`)."""
    return int(_within_range(bound).quantize(CENT, ROUND_FLOOR).scaleb(2))


def _within_range(bound: Decimal) -> Decimal:
    # A bound beyond every price acts as the largest amount plus one cent, so that 1e400 costs nothing.
    return max(min(bound, LARGEST + CENT), -LARGEST - CENT)
