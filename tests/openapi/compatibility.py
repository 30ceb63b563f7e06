"""What breaks clients: where a document of the API takes or answers something else than an older one did."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Document = dict[str, Any]
Schema = dict[str, Any]
LOWER, UPPER = ("minimum", "minLength", "minItems"), ("maximum", "maxLength", "maxItems")


def breaks(old: Document, new: Document) -> list[str]:
    """Each change by which a client that was made for the old document may fail, in a sentence."""
    was, now = _operations(old), _operations(new)
    found = [f"{name}: is gone" for name in was if name not in now]
    for name in was.keys() & now.keys():
        found += [f"{name}: {reason}" for reason in _Operations(old, new).breaks(was[name], now[name])]
    return sorted(found)


def _operations(document: Document) -> dict[str, Any]:
    # The names of the parameters in a path are no part of what a client sends.
    return {
        f"{method.upper()} {re.sub('{[^}]*}', '{}', path)}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@dataclass(frozen=True)
class _Operations:
    """Compares operations of two documents."""

    old: Document
    new: Document

    def breaks(self, was: Any, now: Any) -> Iterator[str]:
        if was["operationId"] != now["operationId"]:
            yield f"is called {now['operationId']} in place of {was['operationId']}"
        if now.get("security") and not was.get("security"):
            yield "asks for a login"
        yield from self._parameters(was, now)
        yield from self._body(was.get("requestBody"), now.get("requestBody"))
        yield from self._answers(was["responses"], now["responses"])

    def _parameters(self, was: Any, now: Any) -> Iterator[str]:
        before, after = _parameters(was), _parameters(now)
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{_shown(key)} is asked for"
        for key, parameter in before.items():
            if key not in after:
                yield f"{_shown(key)} is taken no more"
            else:
                yield from self._sent(_shown(key), parameter["schema"], after[key]["schema"])

    def _body(self, was: Any, now: Any) -> Iterator[str]:
        if now and now.get("required") and not (was and was.get("required")):
            yield "a body is asked for"
        if was and not now:
            yield "a body is taken no more"
        if was and now:
            for kind, media in was["content"].items():
                if kind in now["content"]:
                    yield from self._sent("body", media["schema"], now["content"][kind]["schema"])
                else:
                    yield f"{kind} is taken no more"

    def _answers(self, was: Any, now: Any) -> Iterator[str]:
        for status, before in was.items():
            after = now.get(status)
            if after is None:
                yield f"{status} is gone"
                continue
            gone = before.get("headers", {}).keys() - after.get("headers", {}).keys()
            yield from (f"{status}: header {name} is gone" for name in sorted(gone))
            for kind, media in before.get("content", {}).items():
                if kind in after.get("content", {}):
                    yield from self._answered(status, media["schema"], after["content"][kind]["schema"])
                else:
                    yield f"{status}: {kind} is gone"

    def _sent(self, place: str, was: Schema, now: Schema) -> Iterator[str]:
        """Why what could be sent cannot any more."""
        return _Fit(self.old, self.new).reasons(place, was, now)

    def _answered(self, place: str, was: Schema, now: Schema) -> Iterator[str]:
        """Why an answer may be none that the client knows."""
        return _Fit(self.new, self.old, is_answer=True).reasons(place, now, was)


@dataclass(frozen=True)
class _Fit:
    """Tells why a value of a schema of the one document may be none of a schema of the other."""

    ours: Document
    theirs: Document
    is_answer: bool = False
    seen: tuple[tuple[int, int], ...] = ()
    """Pairs that are being compared: schemas may refer to themselves."""

    def reasons(self, place: str, value: Schema, wanted: Schema) -> Iterator[str]:
        pair = (id(_resolved(value, self.ours)), id(_resolved(wanted, self.theirs)))
        if pair in self.seen:
            return
        inside, choices = replace(self, seen=(*self.seen, pair)), _options(wanted, self.theirs)
        for option in _options(value, self.ours):
            failures = [list(inside.of_option(place, option, choice)) for choice in choices]
            best = min(failures, key=lambda failed: (any("type" in reason for reason in failed), len(failed)))
            yield from best

    def of_option(self, place: str, value: Schema, wanted: Schema) -> Iterator[str]:
        kind, other = value.get("type"), wanted.get("type")
        if other is not None and kind != other and (kind, other) != ("integer", "number"):
            yield (
                f"{place}: type {kind or 'of any kind'} in place of {other}"
                if self.is_answer
                else (f"{place}: type {kind or 'of any kind'} is taken no more")
            )
            return
        yield from (f"{place}: {reason}" for reason in _limits(value, wanted))
        if "properties" in value or "properties" in wanted:
            yield from self._fields(place, value, wanted)
        if "items" in wanted:
            yield from self.reasons(f"{place}[]", value.get("items", {}), wanted["items"])
        if isinstance(wanted.get("additionalProperties"), dict):
            yield from self.reasons(f"{place}.*", value.get("additionalProperties", {}), wanted["additionalProperties"])

    def _fields(self, place: str, value: Schema, wanted: Schema) -> Iterator[str]:
        ours, theirs = value.get("properties", {}), wanted.get("properties", {})
        old, new = (theirs, ours) if self.is_answer else (ours, theirs)
        for name in sorted(old.keys() - new.keys()):
            yield f"{place}.{name} is gone"
        for name in sorted(
            set(wanted.get("required", ())) - set(value.get("required", ())) - (old.keys() - new.keys())
        ):
            yield f"{place}.{name} may be missing" if self.is_answer else f"{place}.{name} is asked for"
        for name in sorted(ours.keys() & theirs.keys()):
            yield from self.reasons(f"{place}.{name}", ours[name], theirs[name])


def _parameters(operation: Any) -> dict[tuple[str, str], Any]:
    # Those of the path are known by their places.
    found = {}
    for number, parameter in enumerate(operation.get("parameters", ())):
        name = str(number) if parameter["in"] == "path" else parameter["name"]
        found[parameter["in"], name] = parameter
    return found


def _shown(key: tuple[str, str]) -> str:
    return f"{key[0]} parameter {key[1]}"


def _resolved(schema: Schema, document: Document) -> Schema:
    while reference := schema.get("$ref"):
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _options(schema: Schema, document: Document) -> list[Schema]:
    """The schema, taken apart so that each part has one type."""
    schema = _resolved(schema, document)
    if "anyOf" in schema:
        return [option for part in schema["anyOf"] for option in _options(part, document)]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": kind} for kind in schema["type"]]
    return [schema]


def _limits(value: Schema, wanted: Schema) -> Iterator[str]:
    allowed, possible = _values(wanted), _values(value)
    if allowed is not None and (possible is None or any(each not in allowed for each in possible)):
        yield f"values beyond {allowed}"
    kind = value.get("type")
    for name in _of_kind(kind, LOWER):
        if name in wanted and value.get(name, float("-inf")) < wanted[name]:
            yield f"{name} {value.get(name)} beside {wanted[name]}"
    for name in _of_kind(kind, UPPER):
        if name in wanted and value.get(name, float("inf")) > wanted[name]:
            yield f"{name} {value.get(name)} beside {wanted[name]}"
    for name in ("pattern", "format") if kind == "string" else ():
        if name in wanted and value.get(name) != wanted[name]:
            yield f"another {name}"
    if wanted.get("additionalProperties") is False and value.get("additionalProperties") is not False:
        yield "more fields"


def _of_kind(kind: Any, names: tuple[str, ...]) -> Iterator[str]:
    ending = {"string": "Length", "array": "Items", "integer": "imum", "number": "imum"}.get(kind, " ")
    return (name for name in names if name.endswith(ending))


def _values(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")
