"""The exchanges: what is sent, and what the contract demands of the answer, as the files in `exchanges` say it."""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

CHAPTERS = ("rules", "cors", "catalogue", "lists", "customers", "tokens", "orders")
"""The files, in the order in which they are sent: later ones use what earlier ones were told."""
VARIABLE = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")


class Exchange(BaseModel):
    """One request, and what its answer has to be. In the texts, `{name}` is a value that is known by then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """A sentence of the contract."""
    send: str
    """Method and target, such as `GET /api/product/all/?page=2`; the target goes out byte for byte."""
    headers: dict[str, str] = {}
    body: Any = Field(None, alias="json")
    form: dict[str, Any] | None = None
    multipart: dict[str, Any] | None = None
    raw: str | None = None
    """A body that is sent as it stands; its media type is among the headers."""
    status: int | list[int] = 200
    answer: Any = "<nothing>"
    """The template of the JSON in the answer; see `templates.py`."""
    answer_headers: dict[str, str] = {}
    tokens: dict[str, dict[str, Any]] = {}
    """The claims of the tokens in the answer: each claim is a template."""
    keep: dict[str, str] = {}
    """What later exchanges use: names, and the keys of the answer whose values they get; `` is all of it."""
    after: list[str] = []
    """The exchanges that have to be sent before, beside those that keep what this one uses."""
    writes: bool = False
    """Whether it changes anything in the store."""
    orders: int = 0
    """How many orders the store has once it was sent."""
    times: int = 1
    """How often it is sent at the same moment; all answers have to be the same."""
    optional: bool = False
    """Whether it may be left unchecked: a store need not have what it asks for."""

    @property
    def has_json(self) -> bool:
        """Whether a JSON body is sent; it may be null."""
        return "body" in self.model_fields_set

    @property
    def method(self) -> str:
        """The method."""
        return self.send.partition(" ")[0]

    @property
    def target(self) -> str:
        """Path and query."""
        return self.send.partition(" ")[2]

    @cached_property
    def variables(self) -> set[str]:
        """The first part of the name of each value that is used."""
        return {name.partition(".")[0] for name in VARIABLE.findall(self.model_dump_json(by_alias=True))}


class Chapter(BaseModel):
    """Exchanges about one part of the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    exchanges: list[Exchange]


def chapters() -> list[Chapter]:
    """All chapters."""
    return [Chapter.model_validate(_content(name)) for name in CHAPTERS]


def shapes() -> dict[str, Any]:
    """The templates that have a name of their own."""
    content: dict[str, Any] = _content("shapes")
    return content


def exchanges_of(every: list[Chapter]) -> Iterator[Exchange]:
    """The exchanges of all those chapters, in their order."""
    return (exchange for chapter in every for exchange in chapter.exchanges)


def _content(name: str) -> Any:
    return json.loads((files(__package__) / "exchanges" / f"{name}.json").read_text(encoding="utf-8"))
