"""Single values: whatever the source has, what is read of it fits the store."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webstore_kit.adoption import readings
from webstore_kit.adoption.ledger import Ledger
from webstore_kit.adoption.readings import LARGEST_QUANTITY, Reading
from webstore_kit.core.money import LARGEST, to_minor

anything = st.one_of(
    st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.decimals(), st.booleans(),
    st.sampled_from(["1e999999", "-1e-999999", "1_0", " 7 ", "NaN", "sNaN", "-Infinity", Decimal("1e-6000")]),
)  # fmt: skip


@given(anything)
def test_money_is_always_an_amount_that_the_store_takes(value: object) -> None:
    amount, _ = readings.money(value)
    assert 0 <= to_minor(amount) <= to_minor(LARGEST)


@given(anything)
def test_a_quantity_is_always_one_that_the_column_takes(value: object) -> None:
    quantity, _ = readings.quantity(value)
    assert isinstance(quantity, int)
    assert 0 <= quantity <= LARGEST_QUANTITY


@given(anything, st.integers(1, 10))
def test_text_is_always_one_that_both_databases_take(value: object, longest: int) -> None:
    text, _ = readings.text(value, longest)
    assert len(text) <= longest
    assert "\0" not in text


@given(anything)
def test_a_time_is_always_aware_or_none(value: object) -> None:
    moment = readings.moment(value)
    assert moment is None or moment.astimezone(UTC) == moment


@given(st.lists(anything, max_size=5))
def test_sums_of_anything_are_exact(values: list[object]) -> None:
    numbers = [readings.exact(value) for value in values]
    with_context = Decimal(0)
    for number in numbers:
        with_context = readings.EXACT.add(with_context, number)
    for number in numbers:
        with_context = readings.EXACT.subtract(with_context, number)
    assert with_context == 0


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (10.1, "10.10"), (5, "5.00"), ("7.5", "7.50"), (Decimal("3.3"), "3.30"), (0.1 + 0.2, "0.30"),
        (9.994999, "9.99"), (0.285, "0.29"), (-0.0, "0.00"), ("1E+2", "100.00"),
    ],
)  # fmt: skip
def test_money_is_the_shortest_decimal_rounded_half_up(value: object, taken: str) -> None:
    assert str(readings.money(value)[0]) == taken


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2021-08-04 12:30:45", datetime(2021, 8, 4, 12, 30, 45, tzinfo=UTC)),
        ("2021-08-04 12:30:45.5", datetime(2021, 8, 4, 12, 30, 45, 500000, UTC)),
        ("2021-08-04 12:30:45.123456+00", datetime(2021, 8, 4, 12, 30, 45, 123456, UTC)),
        ("2021-08-04T12:30:45Z", datetime(2021, 8, 4, 12, 30, 45, tzinfo=UTC)),
        ("2021-08-04 12:30:45+05:30", datetime(2021, 8, 4, 7, 0, 45, tzinfo=UTC)),
        ("0001-01-01 00:00:00+14:00", None),
        ("12:30", None),
        ("", None),
        (1628080245, None),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_in_utc(value: object, moment: datetime | None) -> None:
    assert readings.moment(value) == moment


def test_a_value_is_shown_short() -> None:
    assert readings.shown("x" * 1000) == f"'{'x' * 27}...{'x' * 28}'"
    assert readings.shown(b"\xff") == r"b'\xff'"
    assert readings.shown(None) == "null"


def test_a_row_that_was_changed_is_one_case_a_change_with_its_effects_once() -> None:
    ledger = Ledger()
    row = Reading({"id": 7, "price": -1, "quantity": -2})
    row.money("price")
    row.quantity("quantity")
    ledger.note_changes("products", row, price=Decimal(1), quantity=2, old_price=0)
    effects = {"price": Decimal(1), "quantity": Decimal(2)}
    assert [(case.id, case.effects) for case in ledger.cases] == [(7, effects), (7, {})]
    assert (ledger.sum("products", "price"), ledger.sum("products", "rows")) == (Decimal(1), Decimal(0))


def test_an_effect_without_a_change_explains_nothing() -> None:
    ledger = Ledger()
    ledger.note_changes("products", Reading({"id": 7}), price=Decimal(1))
    assert ledger.cases == []
    assert ledger.sum("products", "price") == 0
