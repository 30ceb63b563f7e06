"""Bodies and answers of customers, registration and login."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from webstore_kit.core.clock import iso_text
from webstore_kit.core.database import Row
from webstore_kit.customers.credentials import LONGEST_PASSWORD, normal_username
from webstore_kit.http.fields import Email, Form, Text

SAFE_INTEGER = 2**53 - 1
"""The largest number that every JSON reader takes exactly (RFC 8259, section 6)."""


NOT_USERNAME = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."


@dataclass(frozen=True)
class Username(Text):
    """A name to log in with. It is checked in the form that it is kept in, which can be longer than what was sent."""

    max_length: int | None = 150

    def normal(self, text: str) -> str:
        """The name as it is kept."""
        return normal_username(text).strip()

    def problems(self, text: str) -> Iterator[str]:
        """The contract's message for each rule that the name breaks."""
        if not re.fullmatch(r"[\w.@+-]+", text):
            yield NOT_USERNAME
        yield from super().problems(text)


Password = Annotated[str, Text(max_length=LONGEST_PASSWORD)]
Name = Annotated[str, Text(max_length=150, blank=True)]


class Registration(Form):
    """A new user, and the token of the customer to bind; without one the user gets a fresh customer."""

    username: Annotated[str, Username()]
    password: Password
    email: Annotated[str, Email(blank=True)] = ""
    first_name: Name = ""
    last_name: Name = ""
    token: Annotated[str, Text(max_length=200, blank=True, null=True)] = ""


@dataclass(frozen=True)
class NewUser:
    """A registration that has been checked, and the hash of its password."""

    form: Registration
    password_hash: str


class Login(Form):
    """A username and a password."""

    username: Annotated[str, Text()]
    password: Annotated[str, Text()]


class NewPassword(Form):
    """A user and the password to have."""

    username: Annotated[str, Text()]
    password: Password


class Refresh(Form):
    """A refresh token."""

    refresh: Annotated[str, Text()]


class TokenCreated(TypedDict):
    """A fresh customer's token."""

    status: bool
    customer_token: str


class UserOut(TypedDict):
    """A user as registration answers."""

    id: int
    username: str
    email: str
    first_name: str
    last_name: str


class TokenPair(TypedDict):
    """What a login answers."""

    refresh: str
    access: str


class AccessToken(TypedDict):
    """What a refresh answers."""

    access: str


class CustomerOut(TypedDict):
    """The customer of a user."""

    id: int
    first_name: str | None
    last_name: str | None
    phone: int | str | None
    email: str | None
    time_created: str
    token: str
    user: int


def customer_out(row: Row) -> CustomerOut:
    """The customer, of a row of `queries.customer_of`."""
    created: datetime = row["time_created"]
    return {
        "id": row["id"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "phone": phone_out(row["phone"]),
        "email": row["email"],
        "time_created": iso_text(created),
        "token": row["token"],
        "user": row["user"],
    }


def phone_out(phone: str | None) -> int | str | None:
    """The phone as a number where that loses nothing, as clients in use today expect it, else as its text."""
    if phone and re.fullmatch(r"0|[1-9][0-9]{0,15}", phone, re.ASCII) and int(phone) <= SAFE_INTEGER:
        return int(phone)
    return phone
