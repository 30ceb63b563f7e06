r"""Regular expressions of the document: what a value has to match that is trimmed before it is checked.

`SPACE` is what Python trims, in any language: four control characters and U+0085 are no `\s` elsewhere. Only U+FEFF,
which JavaScript counts to it, is left.
"""

SPACE = r"\s\x1c-\x1f\x85"
"""For use inside square brackets."""

ATOM = r"[A-Za-z0-9_!#$%&'*+/=?^`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
LAST_LABEL = r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
ADDRESS = rf"{ATOM}(?:\.{ATOM})*@(?:localhost|(?:{LABEL}\.)+{LAST_LABEL})"


def text(longest: int | None = None, *, blank: bool = False) -> str:
    """A text without NUL characters; its length is counted once it is trimmed."""
    between = "*" if longest is None else f"{{0,{longest - 2}}}"
    tail = "" if longest == 1 else rf"(?:[^\x00]{between}[^{SPACE}\x00])?"
    return _trimmed(rf"[^{SPACE}\x00]{tail}", blank=blank)


def email(*, blank: bool = False) -> str:
    """An address of ASCII characters; its last label begins with a letter, as all that there are do.

    To say more would take looking ahead, and tools that make values of patterns make hardly any of such.
    """
    return _trimmed(ADDRESS, blank=blank)


def name(longest: int | None) -> str:
    """A name to log in with; of what is beyond ASCII, it lets pass more than letters."""
    count = "+" if longest is None else f"{{1,{longest}}}"
    return _trimmed(rf"[^{SPACE}\x00-*,/:-?\[-^`{{-\x7f]{count}")


def whole_number(minimum: int | None = None) -> str:
    """A whole number; none below 0, where the minimum is not."""
    signed = minimum is None or minimum < 0
    number = "[+-]?[0-9]{1,1000}" if signed else r"(?:\+?[0-9]{1,1000}|-0{1,1000})"
    return _trimmed(rf"{number}(?:\.0*)?")


def _trimmed(pattern: str, *, blank: bool = False) -> str:
    return rf"^[{SPACE}]*(?:{pattern})?[{SPACE}]*$" if blank else rf"^[{SPACE}]*{pattern}[{SPACE}]*$"
