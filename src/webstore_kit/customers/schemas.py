"""Bodies and answers of customers, registration and login."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from webstore_kit.core.clock import iso_text
from webstore_kit.core.database import Row
from webstore_kit.customers.credentials import LONGEST_PASSWORD, SHORTEST_PASSWORD, normal_username
from webstore_kit.http import patterns
from webstore_kit.http.fields import Email, Form, Text
from webstore_kit.http.values import CustomerToken, Flag, Id, Time

SAFE_INTEGER = 2**53 - 1
"""The largest number that every JSON reader takes exactly (RFC 8259, section 6)."""


NOT_USERNAME = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."


@dataclass(frozen=True)
class Username(Text):
    """A name to log in with. It is checked in the form that it is kept in, which can be longer than what was sent."""

    max_length: int | None = 150

    def limits(self) -> dict[str, Any]:
        """The limits in JSON Schema, which has no short word for the letters of all scripts: those of ASCII."""
        return {"pattern": patterns.name(self.max_length)}

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

    username: Annotated[str, Username(), Field(description="Letters, digits and `@.+-_`.", examples=["ann"])]
    password: Annotated[
        Password,
        Field(
            description="Refused where it is easy to guess: common, all digits, or much like the rest.",
            json_schema_extra={"minLength": SHORTEST_PASSWORD, "writeOnly": True},
            examples=["Correct-horse-7"],
        ),
    ]
    email: Annotated[str, Email(blank=True), Field(examples=["ann@example.com"])] = ""
    first_name: Annotated[Name, Field(examples=["Ann"])] = ""
    last_name: Annotated[Name, Field(examples=["Lee"])] = ""
    token: Annotated[
        str,
        Text(max_length=200, blank=True, null=True),
        Field(description="The token of the customer to bind; without one there is a fresh one.", examples=[""]),
    ] = ""


@dataclass(frozen=True)
class NewUser:
    """A registration that has been checked, and the hash of its password."""

    form: Registration
    password_hash: str


class Login(Form):
    """A username and a password."""

    username: Annotated[str, Text(), Field(examples=["ann"])]
    password: Annotated[str, Text(), Field(json_schema_extra={"writeOnly": True}, examples=["Correct-horse-7"])]


class NewPassword(Form):
    """A user and the password to have."""

    username: Annotated[str, Text()]
    password: Password


class Refresh(Form):
    """A refresh token."""

    refresh: Annotated[str, Text(), Field(examples=["eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"])]


AccessText = Annotated[
    str, Field(description="A JWT, to be sent as `Authorization: Bearer`.", examples=["eyJhbGciOiJIUzI1NiJ9.e30.YQ"])
]
RefreshToken = Annotated[
    str, Field(description="A JWT, for new access tokens.", examples=["eyJhbGciOiJIUzI1NiJ9.e30.Yg"])
]


class TokenCreated(TypedDict):
    """A fresh customer's token."""

    status: Flag
    customer_token: CustomerToken


class UserOut(TypedDict):
    """A user as registration answers."""

    id: Id
    username: Annotated[str, Field(examples=["ann"])]
    email: Annotated[str, Field(examples=["ann@example.com"])]
    first_name: Annotated[str, Field(examples=["Ann"])]
    last_name: Annotated[str, Field(examples=["Lee"])]


class TokenPair(TypedDict):
    """What a login answers."""

    refresh: RefreshToken
    access: AccessText


class AccessToken(TypedDict):
    """What a refresh answers."""

    access: AccessText


class CustomerOut(TypedDict):
    """The customer of a user."""

    id: Id
    first_name: Annotated[str | None, Field(examples=["Ann"])]
    last_name: Annotated[str | None, Field(examples=["Lee"])]
    phone: Annotated[
        int | str | None, Field(description="A number where that loses nothing, else text.", examples=["0033123456"])
    ]
    email: Annotated[str | None, Field(examples=["ann@example.com"])]
    time_created: Time
    token: CustomerToken
    user: Annotated[Id, Field(description="The id of the user.")]


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
