"""The templates of answers: JSON values in which `<name>` stands for anything of that kind.

`<money?>` may also be null. A list `["<each>", template]` has any number of entries, each like the template. A key
such as `errors?` may be missing. `<other {token}>` is any text but that one. `{name}` is a value that is known.
Everything else has to be the same, type and all.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webstore_kit.contract.exchange import VARIABLE
from webstore_kit.contract.values import Values

TEXTS = {
    "uuid4": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "jwt": r"[\w-]+\.[\w-]+\.[\w-]+",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z",
    "money": r"\d+\.\d\d",
    "url": r"https?://[^/\s]+/\S*",
    "hex32": r"[0-9a-f]{32}",
    "sentence": r"\S.*",
    "text": r".*",
}
"""Kinds of text, which may also be a part of a text."""
KINDS: dict[str, Callable[[Any], bool]] = {
    "id": lambda value: type(value) is int and value > 0,
    "count": lambda value: type(value) is int and value >= 0,
    "messages": lambda value: isinstance(value, list) and bool(value) and all(map(_is_sentence, value)),
    "any": lambda value: True,
    "empty": lambda value: value == "",
}
MARK = re.compile(r"<([a-z0-9_]+)(\??)>")
OTHER = re.compile(r"<other (.+)>")
MISSING = "nothing"
LONGEST = 160


@dataclass(frozen=True)
class Difference:
    """Something in an answer that is not as it has to be."""

    where: str
    expected: str
    """Empty where `found` only says more."""
    found: str


@dataclass(frozen=True)
class Templates:
    """Compares with templates. `shapes` are those that have a name, and `values` those that are known by now."""

    shapes: Mapping[str, Any]
    values: Values

    def differences(self, template: Any, found: Any, where: str = "") -> Iterator[Difference]:
        """Where the value is not like the template; raises Unknown for a value that is not known."""
        if isinstance(template, str):
            yield from self._of_text(template, found, where)
        elif isinstance(template, dict) and isinstance(found, dict):
            yield from self._of_objects(template, found, where)
        elif isinstance(template, list) and isinstance(found, list):
            yield from self._of_lists(template, found, where)
        elif not same(template, found):
            yield Difference(where, self.shown(template), shown(found))

    def shown(self, template: Any) -> str:
        """The template as it is read by people, with the values in their places."""
        return shown(self.values.filled(self._spelled_out(template)))

    def _spelled_out(self, template: Any) -> Any:
        if isinstance(template, dict):
            return {key: self._spelled_out(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self._spelled_out(value) for value in template]
        name = template.strip("<>") if isinstance(template, str) else ""
        return self._spelled_out(self.shapes[name]) if template == f"<{name}>" and name in self.shapes else template

    def _of_objects(self, template: dict[str, Any], found: dict[str, Any], where: str) -> Iterator[Difference]:
        wanted = {key.removesuffix("?"): value for key, value in template.items()}
        for key, value in wanted.items():
            if key in found:
                yield from self.differences(value, found[key], inside(where, key))
            elif f"{key}?" not in template:
                yield Difference(inside(where, key), self.shown(value), MISSING)
        for key in found.keys() - wanted.keys():
            yield Difference(inside(where, key), MISSING, shown(found[key]))

    def _of_lists(self, template: list[Any], found: list[Any], where: str) -> Iterator[Difference]:
        if template[:1] == ["<each>"]:
            template = template[1:] * len(found)
        if len(template) != len(found):
            yield Difference(where, f"{len(template)} entries", f"{len(found)} entries: {shown(found)}")
            return
        for number, (expected, value) in enumerate(zip(template, found, strict=True)):
            yield from self.differences(expected, value, f"{where}[{number}]")

    def _of_text(self, template: str, found: Any, where: str) -> Iterator[Difference]:
        if whole := VARIABLE.fullmatch(template):
            yield from exact_differences(self.values[whole[1]], found, where)
        elif other := OTHER.fullmatch(template):
            unwanted = self.values.in_text(other[1])
            if not isinstance(found, str) or found == unwanted:
                yield Difference(where, f"another text than {unwanted}", shown(found))
        elif (mark := MARK.fullmatch(template)) and mark[1] not in TEXTS:
            yield from self._of_kind(mark[1], mark[2] == "?", found, where)
        elif not self._is_like(template, found):
            yield Difference(where, self.shown(template), shown(found))

    def _of_kind(self, name: str, may_be_null: bool, found: Any, where: str) -> Iterator[Difference]:
        if may_be_null and found is None:
            return
        if name in self.shapes:
            yield from self.differences(self.shapes[name], found, where)
        elif not KINDS[name](found):
            yield Difference(where, f"<{name}>", shown(found))

    def _is_like(self, template: str, found: Any) -> bool:
        if template.endswith("?>") and found is None:
            return True
        return isinstance(found, str) and bool(re.fullmatch(self._pattern(template), found, re.ASCII | re.DOTALL))

    def _pattern(self, template: str) -> str:
        return "".join(self._pieces(template))

    def _pieces(self, template: str) -> Iterator[str]:
        position = 0
        for mark in MARK.finditer(template):
            yield re.escape(self.values.in_text(template[position : mark.start()]))
            yield TEXTS[mark[1]]
            position = mark.end()
        yield re.escape(self.values.in_text(template[position:]))


def exact_differences(expected: Any, found: Any, where: str = "") -> Iterator[Difference]:
    """Where the two are not the same, whatever signs are in their texts."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in [*expected, *(found.keys() - expected.keys())]:
            if key in expected and key in found:
                yield from exact_differences(expected[key], found[key], inside(where, key))
            else:
                yield Difference(inside(where, key), shown_of(expected, key), shown_of(found, key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from exact_differences(one, other, f"{where}[{number}]")
    elif not same(expected, found):
        yield Difference(where, shown(expected), shown(found))


def same(expected: Any, found: Any) -> bool:
    """Whether the two are the same value of the same type: 1 is neither 1.0 nor true."""
    return type(expected) is type(found) and bool(expected == found)


def inside(where: str, key: str) -> str:
    """The place of a key of the object there."""
    return f"{where}.{key}" if where else key


def shown(value: Any) -> str:
    """The value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def shown_of(value: dict[str, Any], key: str) -> str:
    """The same of one key, which may be missing."""
    return shown(value[key]) if key in value else MISSING


def _is_sentence(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
