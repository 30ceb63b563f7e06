"""The schemas of bodies take what the server takes, and nothing else, as far as JSON Schema can say it."""

import re
from typing import Annotated, Any

import jsonschema
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from webstore_kit.customers.schemas import Username
from webstore_kit.http.fields import Digits, Email, Text, WholeNumber

KINDS: dict[str, Any] = {
    "line": Annotated[str, Text(max_length=8)],
    "letter": Annotated[str, Text(max_length=1)],
    "endless": Annotated[str, Text()],
    "blank": Annotated[str, Text(max_length=2, blank=True, null=True)],
    "digits": Annotated[str, Digits(max_length=4)],
    "blank digits": Annotated[str, Digits(max_length=32, blank=True, null=True)],
    "email": Annotated[str, Email()],
    "blank email": Annotated[str, Email(blank=True)],
    "username": Annotated[str, Username()],
    "short username": Annotated[str, Username(max_length=3)],
    "number": Annotated[int, WholeNumber()],
    "quantity": Annotated[int, WholeNumber(minimum=0)],
}
ADAPTERS = {name: TypeAdapter(kind) for name, kind in KINDS.items()}
SCHEMAS = {name: adapter.json_schema() for name, adapter in ADAPTERS.items()}
PARTS = st.sampled_from(
    [*"a9 .@+-_\0\n\t\x1f\x85\xa0/~", "a@b.cc", "a" * 63, "localhost", ".1", "1.0", "10", "e1", "-0"]
)
TEXTS = st.lists(PARTS, max_size=6).map("".join) | st.text(st.characters(codec="ascii"), max_size=10)
NUMBERS = st.integers(-(10**40), 10**40) | st.integers(-20000, 20000) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(TEXTS, NUMBERS, st.none(), st.booleans(), st.lists(st.just(1), max_size=1), st.just({}))


def is_taken(name: str, value: Any) -> bool:
    try:
        ADAPTERS[name].validate_python(value)
    except ValidationError:
        return False
    return True


def fits(name: str, value: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(SCHEMAS[name]).is_valid(value))


def is_untold(name: str, value: Any) -> bool:
    """Whether it is what JSON Schema has no word for: the digits of a number, and a last label such as 1a."""
    if isinstance(value, str):
        return "email" in name and bool(re.search(r"\.[0-9][^.]*$", value))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and SCHEMAS[name].get("type") in (["string", "number"], ["string", "number", "null"])


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=150)
@example(value=1e16)
@example(value=1.0)
@example(value=9999)
@example(value=-9999)
@example(value=-999)
@example(value="a@b.9\n")
@given(value=VALUES)
def test_what_fits_the_schema_is_taken_and_nothing_else(name: str, value: Any) -> None:
    if not is_untold(name, value):
        assert fits(name, value) == is_taken(name, value)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_made_by_the_schema_is_taken(name: str) -> None:
    @settings(max_examples=50, phases=[Phase.generate])
    @given(text=st.from_regex(SCHEMAS[name]["pattern"], alphabet=st.characters(codec="ascii")))
    def taken(text: str) -> None:
        assert is_taken(name, text) or not fits(name, text)

    taken()


@pytest.mark.parametrize("name", ["line", "username"])
def test_numbers_are_taken_as_texts(name: str) -> None:
    for value in (5, -5, 1.5):
        assert fits(name, value)
        assert is_taken(name, value)
