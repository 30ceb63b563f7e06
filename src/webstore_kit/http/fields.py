"""Fields of a body: the types that schemas are made of, and the contract's messages where a value is wrong.

The rules and texts are those of Django REST framework's serializer fields, which front ends show to people.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from webstore_kit.core.errors import InvalidInput
from webstore_kit.http import patterns

REQUIRED = "This field is required."
NULL = "This field may not be null."
BLANK = "This field may not be blank."
NOT_TEXT = "Not a valid string."
NOT_WHOLE = "A valid integer is required."
NOT_EMAIL = "Enter a valid email address."

# As Django's EmailValidator has it, and as RFC 6531 does letters of every script: words with single dots between them,
# and a domain of at least two labels, or localhost.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_LAST_LABEL = r"(?![0-9]+$)[^\W_](?:[^\W_]|-){0,61}[^\W_]"
EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:localhost|(?:{_LABEL}\.)+{_LAST_LABEL})")
HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half of a UTF-16 pair: JSON can say it (`"\\ud800"`), but no text that is stored or sent can."""
WHOLE = re.compile(r"[+-]?[0-9]{1,1000}(?:\.0*)?")

Schema = TypeVar("Schema", bound=BaseModel)


class Form(BaseModel):
    """The base of all bodies: unknown fields are ignored, as clients in use today send some."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True)
class Text:
    """A text, trimmed; a number is taken as its digits. Use as `Annotated[str, Text(max_length=150)]`.

    `blank` allows the empty text; `null` takes null as the empty text, as clients send it that have no value.
    """

    max_length: int | None = None
    blank: bool = False
    null: bool = False
    not_text: ClassVar[str] = NOT_TEXT
    kinds: ClassVar[tuple[str, ...]] = ("string", "number")
    """The types of JSON that may be taken."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.clean, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        kinds = [*self.kinds, "null"] if self.null else list(self.kinds)
        return {"type": kinds if len(kinds) > 1 else kinds[0], **self.limits()}

    def limits(self) -> dict[str, Any]:
        """The limits in JSON Schema.

        It cannot say all: a number with more digits than `max_length` is refused too, and so is half of a UTF-16 pair.
        """
        return {"pattern": patterns.text(self.max_length, blank=self.blank)}

    def normal(self, text: str) -> str:
        """The form of the text that is checked and kept; a kind of text may bring it into one of its own."""
        return text

    def problems(self, text: str) -> Iterator[str]:
        """The contract's message for each rule that the text breaks."""
        if self.max_length is not None and len(text) > self.max_length:
            yield f"Ensure this field has no more than {self.max_length} characters."
        if "\0" in text:
            yield "Null characters are not allowed."

    def clean(self, value: Any) -> str:
        """The trimmed text; raises the contract's messages."""
        if value is None and self.null:
            return ""
        if value is None:
            raise wrong(NULL)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise wrong(self.not_text)
        text = self.normal(str(value).strip())
        if HALF_CHARACTER.search(text):
            raise wrong(self.not_text)
        if not text:
            return self._blank()
        messages = list(self.problems(text))
        if messages:
            raise wrong(*messages)
        return text

    def _blank(self) -> str:
        if not self.blank:
            raise wrong(BLANK)
        return ""


@dataclass(frozen=True)
class Email(Text):
    """An e-mail address; its domain is kept in lower case, as Django keeps it."""

    max_length: int | None = 254
    not_text: ClassVar[str] = NOT_EMAIL
    kinds: ClassVar[tuple[str, ...]] = ("string",)

    def limits(self) -> dict[str, Any]:
        """The limits in JSON Schema: those of ASCII, as it has no short word for the letters of all scripts.

        Its `maxLength` counts the white space around, which the store does not.
        """
        longest = {} if self.max_length is None else {"maxLength": self.max_length}
        return {"pattern": patterns.email(blank=self.blank), **longest}

    def normal(self, text: str) -> str:
        """The address as it is kept."""
        name, at, domain = text.rpartition("@")
        return name + at + domain.lower() if at else text

    def problems(self, text: str) -> Iterator[str]:
        """The contract's message for each rule that the address breaks."""
        yield from super().problems(text)
        if not EMAIL.fullmatch(text):
            yield NOT_EMAIL


@dataclass(frozen=True)
class Digits(Text):
    """A text that clients also send as a whole number, such as a post code: no fraction, no truth value."""

    kinds: ClassVar[tuple[str, ...]] = ("string", "integer")

    def limits(self) -> dict[str, Any]:
        """The limits in JSON Schema; a minus takes the place of a digit."""
        longest = self.max_length
        bounds = {} if longest is None else {"minimum": 1 - 10 ** (longest - 1), "maximum": 10**longest - 1}
        return {**super().limits(), **bounds}

    def clean(self, value: Any) -> str:
        """The text; raises the contract's message."""
        if isinstance(value, float) and not value.is_integer():
            raise wrong(NOT_TEXT)
        return super().clean(int(value) if isinstance(value, float) else value)


@dataclass(frozen=True)
class WholeNumber:
    """A whole number, or one in a text. Use as `Annotated[int, WholeNumber(minimum=0)]`."""

    minimum: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.clean, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        bound = {} if self.minimum is None else {"minimum": self.minimum}
        return {"type": ["integer", "string"], **bound, "pattern": patterns.whole_number(self.minimum)}

    def clean(self, value: Any) -> int:
        """The number; raises the contract's message."""
        if value is None:
            raise wrong(NULL)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # its text might be 1e+16
        text = "" if isinstance(value, bool) or not isinstance(value, (str, int, float)) else str(value).strip()
        if not WHOLE.fullmatch(text):
            raise wrong(NOT_WHOLE)
        number = int(text.partition(".")[0])
        if self.minimum is not None and number < self.minimum:
            raise wrong(f"Ensure this value is greater than or equal to {self.minimum}.")
        return number


def wrong(*messages: str) -> PydanticCustomError:
    """The error by which `clean` refuses a value with these messages."""
    return PydanticCustomError("wrong", "{messages}", {"messages": "\n".join(messages)})


def _value_alone(schema: type[BaseModel], name: str, value: Any) -> Any:
    field = schema.model_fields[name]
    kind: Any = Annotated[field.annotation, *field.metadata]
    return TypeAdapter(kind).validate_python(value)


def validate(schema: type[Schema], data: Any) -> Schema:
    """The body as an instance of its schema; raises InvalidInput that names every wrong field."""
    try:
        return schema.model_validate(require_object(data))
    except ValidationError as error:
        raise InvalidInput(_messages(error)) from None


def examine(schema: type[Schema], data: Any) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The values that are right and the messages for those that are wrong, for checks that go on beyond the schema."""
    try:
        return dict(schema.model_validate(require_object(data))), {}
    except ValidationError as error:
        errors = _messages(error)
    names = (name for name in schema.model_fields if name in data and name not in errors)
    return {name: _value_alone(schema, name, data[name]) for name in names}, errors


def require_object(data: Any) -> Mapping[str, Any]:
    """The body where it is a JSON object; raises InvalidInput on `non_field_errors`."""
    if data is None:
        raise InvalidInput({"non_field_errors": ["No data provided"]})
    if not isinstance(data, dict):
        kind = type(data).__name__
        raise InvalidInput({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]})
    return data


def _messages(error: ValidationError) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = {}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        text = REQUIRED if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        name = str(problem["loc"][0]) if problem["loc"] else "non_field_errors"
        messages.setdefault(name, []).extend(text.split("\n"))
    return messages
