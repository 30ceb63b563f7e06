"""Values: read exactly, or refused with the way to mend them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webstore_kit.core.money import LARGEST, money_text
from webstore_kit.importing.values import DecimalSign, Unreadable, flag, money, short, whole


@pytest.mark.parametrize(
    ("text", "sign", "amount"),
    [
        ("12.50", ".", "12.50"),
        ("12", ".", "12.00"),
        ("12.", ".", "12.00"),
        (".5", ".", "0.50"),
        ("0", ".", "0.00"),
        ("007.10", ".", "7.10"),
        ("1234567.89", ".", "1234567.89"),
        ("1,234.50", ".", "1234.50"),
        ("1,234,567.5", ".", "1234567.50"),
        ("1 234.50", ".", "1234.50"),
        ("1\u00a0234", ".", "1234.00"),
        ("1\u202f234\u202f567,8", ",", "1234567.80"),
        ("12,50", ",", "12.50"),
        ("1.234,50", ",", "1234.50"),
        ("12", ",", "12.00"),
        ("9999999999999.99", ".", "9999999999999.99"),
    ],
)
def test_amounts_are_read_exactly(text: str, sign: DecimalSign, amount: str) -> None:
    assert money(text, sign) == Decimal(amount)
    assert money_text(money(text, sign)) == amount


@pytest.mark.parametrize(
    ("text", "sign", "reason", "fix"),
    [
        ("1.234", ".", "could be two amounts", "write 1234, or 1.23"),
        ("1,234", ".", "could be two amounts", "write 1234, or 1.23"),
        ("1.234", ",", "could be two amounts", "write 1234, or 1,23"),
        ("12,50", ".", "has another decimal sign", "write 12.50, or give --decimal ,"),
        ("12.5", ",", "has another decimal sign", "write 12,5, or give --decimal ."),
        ("0.1234", ".", "has more than two decimals", "round it to two decimals"),
        ("1234.567", ".", "has more than two decimals", "round it to two decimals"),
        ("-1", ".", "is no amount", "write digits alone, such as 12.50"),
        ("$12.50", ".", "is no amount", "write digits alone, such as 12.50"),
        ("12,50 €", ",", "is no amount", "write digits alone, such as 12,50"),
        ("1e3", ".", "is no amount", "write digits alone, such as 12.50"),
        ("NaN", ".", "is no amount", "write digits alone, such as 12.50"),
        ("١٢", ".", "is no amount", "write digits alone, such as 12.50"),
        ("1,23,456.00", ".", "is no amount", "write digits alone, such as 12.50"),
        (".", ".", "is no amount", "write digits alone, such as 12.50"),
        ("10000000000000", ".", "is too large", f"the largest amount is {LARGEST}"),
        ("9" * 5000, ".", "is too large", f"the largest amount is {LARGEST}"),
    ],
)
def test_what_is_no_amount_or_two_is_refused_with_a_fix(text: str, sign: DecimalSign, reason: str, fix: str) -> None:
    with pytest.raises(Unreadable) as caught:
        money(text, sign)
    assert (caught.value.reason, caught.value.fix) == (reason, fix)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_every_amount_reads_back_as_it_is_written(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    assert money(money_text(amount)) == amount
    assert money(money_text(amount).replace(".", ","), ",") == amount
    if cents % 100:
        assert money(f"{amount:,.2f}") == amount


@given(st.text(alphabet="0123456789.,  -+eE$", max_size=12), st.sampled_from([".", ","]))
def test_no_text_is_read_as_something_finer_than_a_cent(text: str, sign: DecimalSign) -> None:
    with suppress(Unreadable):
        amount = money(text, sign)
        assert amount == amount.quantize(Decimal("0.01")) >= 0


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("12.0", 12), ("2147483647", 2147483647)])
def test_whole_numbers_are_read(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "1,000", "", "²"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="is no whole number from 0"):
        whole(text)


@pytest.mark.parametrize("text", ["2147483648", "9" * 5000])
def test_a_quantity_that_no_shop_has_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="is too large"):
        whole(text)


@pytest.mark.parametrize(("text", "says"), [("TRUE", True), ("1", True), ("Yes", True), ("false", False), ("0", False)])
def test_yes_and_no_are_read(text: str, says: bool) -> None:
    assert flag(text) is says


def test_maybe_is_refused() -> None:
    with pytest.raises(Unreadable, match="is neither yes nor no"):
        flag("maybe")


def test_a_text_that_is_too_long_or_has_a_nul_is_refused() -> None:
    assert short("abc", 3) == "abc"
    with pytest.raises(Unreadable, match="has 4 characters"):
        short("abcd", 3)
    with pytest.raises(Unreadable, match="has a NUL character"):
        short("a\0", 3)
