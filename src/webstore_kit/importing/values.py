"""Values: what a cell says, read exactly or refused with the way to mend it; nothing is ever guessed."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from webstore_kit.core.money import CENT, LARGEST

DecimalSign = Literal[".", ","]
LARGEST_QUANTITY = 2**31 - 1
SPACES = " \u00a0\u202f\u2009"
"""Signs that stand between groups of three digits in some countries."""
PLAIN: Mapping[DecimalSign, re.Pattern[str]] = {
    ".": re.compile(r"\d+(?:\.\d{0,2})?|\.\d{1,2}", re.ASCII),
    ",": re.compile(r"\d+(?:,\d{0,2})?|,\d{1,2}", re.ASCII),
}
"""Amounts without groups of digits, by their decimal sign."""
GROUPED: Mapping[DecimalSign, re.Pattern[str]] = {
    ".": re.compile(rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+(?:\.\d{{1,2}})?|\d{{1,3}}(?:,\d{{3}})+\.\d{{1,2}}", re.ASCII),
    ",": re.compile(rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+(?:,\d{{1,2}})?|\d{{1,3}}(?:\.\d{{3}})+,\d{{1,2}}", re.ASCII),
}
"""Amounts whose groups of three digits are set apart unmistakably."""
LONGEST_AMOUNT = 40
YES = frozenset({"1", "true", "yes", "y", "active", "on"})
NO = frozenset({"0", "false", "no", "n", "inactive", "off"})


class Unreadable(Exception):
    """A value that cannot be taken: `reason`, and `fix`, what to write instead."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


def money(text: str, decimal_sign: DecimalSign = ".") -> Decimal:
    """The amount that a cell names, with two decimals. Raises Unreadable.

    Groups of three digits may be set apart by spaces, and by the other sign where the amount has decimals too. `1.234`
    could be a thousand or one and a bit, and is refused whatever the decimal sign.
    """
    if PLAIN[decimal_sign].fullmatch(text):
        plain = text.replace(",", ".")
    elif GROUPED[decimal_sign].fullmatch(text):
        plain = "".join(sign for sign in text if sign.isdigit() or sign == decimal_sign).replace(",", ".")
    else:
        raise _no_money(text, decimal_sign)
    amount = Decimal(plain).quantize(CENT) if len(plain) < LONGEST_AMOUNT else LARGEST + 1
    if amount > LARGEST:
        raise Unreadable("is too large", f"the largest amount is {LARGEST}")
    return amount


def whole(text: str) -> int:
    """The whole number that a cell names, from 0. Raises Unreadable."""
    if not re.fullmatch(r"\d+(?:\.0+)?", text, re.ASCII):
        raise Unreadable("is no whole number from 0", "write digits alone, such as 12")
    number = int(text.partition(".")[0][:20])
    if number > LARGEST_QUANTITY:
        raise Unreadable("is too large", f"the largest quantity is {LARGEST_QUANTITY}")
    return number


def flag(text: str) -> bool:
    """Whether a cell says yes. Raises Unreadable."""
    word = text.casefold()
    if word not in YES | NO:
        raise Unreadable("is neither yes nor no", "write true or false")
    return word in YES


def short(text: str, longest: int) -> str:
    """A text of that length at most. Raises Unreadable."""
    if "\0" in text:
        raise Unreadable("has a NUL character", "take it out")
    if len(text) > longest:
        raise Unreadable(f"has {len(text)} characters", f"the longest is {longest} characters")
    return text


def _no_money(text: str, decimal_sign: DecimalSign) -> Unreadable:
    other = "," if decimal_sign == "." else "."
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", text, re.ASCII):
        whole_part, part = re.split("[.,]", text)
        fix = f"write {whole_part}{part}, or {whole_part}{decimal_sign}{part[:2]}"
        return Unreadable("could be two amounts", fix)
    if re.fullmatch(rf"\d*\{decimal_sign}\d{{3,}}", text, re.ASCII):
        return Unreadable("has more than two decimals", "round it to two decimals")
    if re.fullmatch(rf"\d+\{other}\d{{1,2}}", text, re.ASCII):
        return Unreadable(
            "has another decimal sign", f"write {text.replace(other, decimal_sign)}, or give --decimal {other}"
        )
    return Unreadable("is no amount", f"write digits alone, such as 12{decimal_sign}50")
