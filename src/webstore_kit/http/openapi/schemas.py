"""The JSON schemas of bodies and answers: those with a name once, for all that refer to them."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Optional, get_type_hints

from pydantic import PydanticUserError, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]
PLACE = "#/components/schemas/"


@dataclass(frozen=True)
class Kind:
    """A type whose schema is wanted: as it is sent to the store, or as it is answered."""

    name: str
    mode: Mode
    type: Any


class Schemas:
    """The schemas of all kinds that a document tells of; a kind that has none may be anything."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        usable = [(kind.name, kind.mode, adapter) for kind in kinds if (adapter := _adapter(kind))]
        found, defined = TypeAdapter.json_schemas(usable, ref_template=PLACE + "{model}", schema_generator=_Generator)
        self._found = {name: schema for (name, _), schema in found.items()}
        self.named: dict[str, Schema] = defined.get("$defs", {})

    def of(self, name: str) -> Schema:
        """The schema of the kind with this name."""
        return self._found.get(name, {})

    def add_field(self, name: str, field: str, kind: Any) -> None:
        """Add a field, which may be null, to the schema with that name; to none where no operation answers it."""
        schema = self.named.get(name)
        if schema:
            or_null = kind if kind is Any else Optional[kind]  # noqa: UP045 - what a shop names may not know "|"
            adapter = _adapter(Kind(field, "serialization", or_null))
            told = adapter.json_schema(**_WAY) if adapter else {}
            self.named = {**told.pop("$defs", {}), **self.named}
            schema["properties"][field] = told
            schema["required"].append(field)

    def add(self, name: str, schema: Schema) -> Schema:
        """The reference to a schema that gets this name, or a longer one where another has it."""
        while self.named.setdefault(name, schema) != schema:
            name += "_"
        return {"$ref": PLACE + name}

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself, where this one refers to one with a name."""
        reference: str | None = schema.get("$ref")
        return self.named[reference.removeprefix(PLACE)] if reference else schema


def returned(function: Callable[..., Any]) -> Any:
    """What the function says that it returns; Any where it does not say, or not in words that can be looked up."""
    with suppress(NameError, TypeError, AttributeError):
        return get_type_hints(function, include_extras=True).get("return", Any)
    return Any


class _Generator(GenerateJsonSchema):
    """As Pydantic makes them, but without a title for each field, which only says its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def normalize_name(self, name: str) -> str:
        """A name that code can be generated with: `PagePreview` of `Page[Preview]`."""
        return re.sub(r"\W+", "", super().normalize_name(name.replace("[", "").replace("]", "")))


_WAY: Any = {"mode": "serialization", "ref_template": PLACE + "{model}", "schema_generator": _Generator}


def _adapter(kind: Kind) -> TypeAdapter[Any] | None:
    # A shop's endpoint may return what Pydantic knows nothing of.
    with suppress(PydanticUserError, NameError, TypeError):
        adapter = TypeAdapter(kind.type)
        adapter.json_schema(mode=kind.mode, schema_generator=_Generator)
        return adapter
    return None
