"""The values: what is known of the store by now, by name, and why the rest is not."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from webstore_kit.contract.exchange import VARIABLE

MISSING = object()
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


class Unknown(Exception):
    """A value that is not known; the text says why."""


class Values:
    """Values by name. `a.b` is the value `b` of the object `a`."""

    def __init__(self, known: Mapping[str, Any], reasons: Mapping[str, str]) -> None:
        self._known = dict(known)
        self._reasons = dict(reasons)

    def __getitem__(self, name: str) -> Any:
        """The value; raises Unknown."""
        first, *keys = name.split(".")
        value = self._known.get(first, MISSING)
        for key in keys:
            value = value.get(key, MISSING) if isinstance(value, dict) else MISSING
        if value is MISSING:
            raise Unknown(self._reasons.get(name) or self._reasons.get(first) or f"There is no {name}.")
        return value

    def told(self) -> "Values":
        """The same for commands that people read: in the place of each JWT the name of a shell variable."""
        known = {name: shell_name(name) if is_token(value) else value for name, value in self._known.items()}
        return Values(known, self._reasons)

    def keep(self, name: str, value: Any) -> None:
        """Know this from now on."""
        self._known[name] = value

    def lack(self, name: str, why: str) -> None:
        """Say why a value is not known."""
        self._reasons[name] = why

    def filled(self, template: Any) -> Any:
        """The template with the values in their places; a text that is one name alone becomes the value itself."""
        if isinstance(template, dict):
            return {key: self.filled(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self.filled(value) for value in template]
        if not isinstance(template, str):
            return template
        whole = VARIABLE.fullmatch(template)
        return self[whole[1]] if whole else self.in_text(template)

    def in_text(self, template: str, write: Callable[[str], str] = str) -> str:
        """The text with the values in their places, each written that way."""
        return VARIABLE.sub(lambda found: write(str(self[found[1]])), template)

    def in_target(self, template: str) -> str:
        """A path and query with the values in their places, percent-encoded."""
        return self.in_text(template, lambda text: quote(text, safe="/" if text.startswith("/") else ""))


def is_token(value: Any) -> bool:
    """Whether the value is a JWT."""
    return isinstance(value, str) and bool(TOKEN.fullmatch(value))


def shell_name(name: str) -> str:
    """How a command names a value that is not written into it."""
    return f"${name.upper()}"
