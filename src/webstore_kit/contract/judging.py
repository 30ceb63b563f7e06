"""The judging: whether an answer is the one that the contract demands of an exchange."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NoReturn

import jwt

from webstore_kit.contract.catalogue import Catalogue
from webstore_kit.contract.client import Answer
from webstore_kit.contract.exchange import Exchange
from webstore_kit.contract.templates import Difference, Templates, exact_differences

NO_JSON = ("<nothing>", "<empty>")
"""Of an answer without JSON: what is in it makes no difference, or it has no body."""
ESCAPE = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u(?:00[89a-fA-F][0-9a-fA-F]|0[1-9a-fA-F][0-9a-fA-F]{2}|[1-9a-fA-F][0-9a-fA-F]{3})"
)
HEADER = {"alg": "HS256", "typ?": "JWT"}
MOST = 20
LONGEST = 300


class Judge:
    """Compares answers with what the contract demands."""

    def __init__(self, templates: Templates, catalogue: Catalogue) -> None:
        self._templates = templates
        self._catalogue = catalogue

    def differences(self, exchange: Exchange, target: str, answer: Answer) -> list[Difference]:
        """What is not as it has to be, the most telling first; raises Unknown for a value that is not known."""
        return list(islice(self._differences(exchange, target, answer), MOST))

    def _differences(self, exchange: Exchange, target: str, answer: Answer) -> Iterator[Difference]:
        allowed = [exchange.status] if isinstance(exchange.status, int) else exchange.status
        if answer.status not in allowed:
            yield Difference("status", " or ".join(map(str, allowed)), said(answer))
            yield from self._body_beside(exchange, answer)
            return
        yield from self._of_headers(exchange.answer_headers, answer)
        if exchange.answer == "<empty>" and answer.content:
            yield Difference("body", "no body", text_of(answer))
        if exchange.answer not in NO_JSON:
            yield from self._of_json(exchange, target, answer)

    def _body_beside(self, exchange: Exchange, answer: Answer) -> Iterator[Difference]:
        if exchange.answer not in NO_JSON and exchange.answer != "<page>":
            yield Difference("body", self._templates.shown(exchange.answer), text_of(answer))
        elif answer.content:
            yield Difference("body", "", text_of(answer))

    def _of_headers(self, wanted: Mapping[str, str], answer: Answer) -> Iterator[Difference]:
        for name, template in wanted.items():
            found = answer.media_type if name == "Content-Type" else answer.headers.get(name)
            parts = template.removeprefix("<has> ")
            if template == "<missing>":
                expected, holds = "no such header", found is None
            elif parts != template:
                expected, holds = f"a list with {parts}", found is not None and _items(parts) <= _items(found)
            else:
                expected = self._templates.values.in_text(template)
                holds = found == expected
            if not holds:
                yield Difference(f"header {name}", expected, "no such header" if found is None else found)

    def _of_json(self, exchange: Exchange, target: str, answer: Answer) -> Iterator[Difference]:
        if answer.media_type != "application/json":
            yield Difference("header Content-Type", "application/json", answer.headers.get("content-type", "none"))
        try:
            value = parsed(answer)
        except ValueError as error:
            yield Difference("body", "JSON in UTF-8", f"{error}: {text_of(answer)}")
            return
        if escape := ESCAPE.search(answer.content):
            yield Difference("body", "UTF-8 unescaped", escape[0].decode("ascii"))
        yield from self._of_value(exchange, target, value)
        yield from self._of_tokens(exchange.tokens, value)

    def _of_value(self, exchange: Exchange, target: str, value: Any) -> Iterator[Difference]:
        if exchange.answer != "<page>":
            yield from self._templates.differences(exchange.answer, value)
            return
        every = [list(exact_differences(page, value)) for page in self._catalogue.pages(target)]
        yield from min(every, key=len)

    def _of_tokens(self, tokens: Mapping[str, Mapping[str, Any]], value: Any) -> Iterator[Difference]:
        for key, claims in tokens.items():
            try:
                decoded = jwt.decode_complete(value[key], options={"verify_signature": False})
            except (jwt.InvalidTokenError, LookupError, TypeError):
                yield Difference(key, "a JWT", "none")
                continue
            yield from self._templates.differences(HEADER, decoded["header"], f"header of {key}")
            yield from self._templates.differences(dict(claims), decoded["payload"], f"claims of {key}")


def parsed(answer: Answer) -> Any:
    """The JSON of the body; raises ValueError."""
    try:
        return json.loads(answer.content.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("It is nested too deeply") from None


def text_of(answer: Answer) -> str:
    """The beginning of the body, for people."""
    text = answer.content.decode("utf-8", "replace")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def said(answer: Answer) -> str:
    """The status of an answer, and where it leads or what it is instead of JSON."""
    if location := answer.headers.get("location"):
        return f"{answer.status}, a redirect to {location}"
    kind = "HTML" if answer.media_type == "text/html" else answer.media_type
    return str(answer.status) if kind in ("application/json", "") else f"{answer.status}, {kind}"


def alike(answers: Sequence[Answer]) -> Iterator[Difference]:
    """Where answers that have to be the same are not."""
    first, *others = ((answer.status, answer.content) for answer in answers)
    for answer, other in zip(answers[1:], others, strict=True):
        if other != first:
            yield Difference("answers at the same moment", text_of(answers[0]), text_of(answer))
            return


def _items(text: str) -> set[str]:
    return {item.strip().lower() for item in text.split(",")}


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
