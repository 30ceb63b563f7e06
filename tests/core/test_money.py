"""Money: whole minor units and back, and nothing lost or made up in between."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webstore_kit.core.money import LARGEST, from_minor, highest_minor, lowest_minor, money_text, to_minor


@given(st.integers(min_value=1 - 10**15, max_value=10**15 - 1))
def test_minor_units_come_back_as_they_went(minor: int) -> None:
    assert to_minor(from_minor(minor)) == minor
    assert Decimal(money_text(from_minor(minor))) * 100 == minor


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_a_bound_lets_through_what_it_should(bound: Decimal) -> None:
    lowest, highest = lowest_minor(bound), highest_minor(bound)
    assert from_minor(lowest - 1) < bound <= from_minor(lowest)
    assert from_minor(highest) <= bound < from_minor(highest + 1)


def test_text_has_two_decimals_always() -> None:
    assert [money_text(from_minor(minor)) for minor in (0, 5, 39900, -1)] == ["0.00", "0.05", "399.00", "-0.01"]
    assert money_text(LARGEST) == "9999999999999.99"


@pytest.mark.parametrize("amount", ["0.001", "10000000000000.00", "1e30"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not an amount of money"):
        to_minor(Decimal(amount))


def test_a_bound_beyond_all_prices_costs_nothing() -> None:
    assert lowest_minor(Decimal("1e400")) == 1_000_000_000_000_000
    assert highest_minor(Decimal("-1e400")) == -1_000_000_000_000_000
