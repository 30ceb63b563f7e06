"""The query string: decoded leniently, never refused, and written back into links."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus

PLAIN = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
"""Of what needs no encoding in a form."""
REMEMBERED, LONGEST = 256, 256
"""Queries that are kept once they are decoded, and bytes of one at most."""


@dataclass(frozen=True)
class Parameter:
    """A parameter that an operation reads from the query, for the document: what it means, and its JSON Schema."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


class Query:
    """The parameters of one request, in the order sent; reading one takes its last value, trimmed."""

    def __init__(self, query_string: bytes) -> None:
        # Bytes beyond ASCII are percent-encoded first; what is no UTF-8 becomes U+FFFD, `%zz` stays as it is.
        text = query_string.decode("ascii") if query_string.isascii() else _escaped(query_string)
        decoded = parse_qsl(text, keep_blank_values=True, errors="replace")
        self.pairs = [(name.replace("\0", ""), value.replace("\0", "")) for name, value in decoded]
        self._values = {name: value.strip() for name, value in self.pairs}

    def get(self, name: str) -> str:
        """The parameter's value, trimmed; empty where it was not sent."""
        return self._values.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def meaning(self) -> str:
        """The parameters, however they were written: two queries that mean the same are answered the same."""
        return _encoded(sorted(self.pairs, key=lambda pair: pair[0]))

    def with_page(self, page: int) -> str:
        """The query string with this page: sorted by name, form-encoded, `page` left out for page 1."""
        before, after = self._around_page
        parts = (before, f"page={page}" if page != 1 else "", after)
        return "&".join(part for part in parts if part)

    @cached_property
    def _around_page(self) -> tuple[str, str]:
        pairs = sorted(self.pairs, key=lambda pair: pair[0])
        before = _encoded(pair for pair in pairs if pair[0] < "page")
        return before, _encoded(pair for pair in pairs if pair[0] > "page")


def _encoded(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    return text if PLAIN(text) else quote_plus(text)


def query_of(query_string: bytes) -> Query:
    """The query of a request; of the same one, if not too long, the same object."""
    return _remembered(query_string) if len(query_string) <= LONGEST else Query(query_string)


@lru_cache(REMEMBERED)
def _remembered(query_string: bytes) -> Query:
    return Query(query_string)


def _escaped(query_string: bytes) -> str:
    return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in query_string)
