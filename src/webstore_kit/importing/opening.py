"""Opening a source: from its bytes, in whatever encoding, to one stream of text.

The source is read twice: once to find its encoding and all that makes it unreadable, before anything is done with it,
and once to be used. Both times it goes through memory piece by piece.
"""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Self

from webstore_kit.core.errors import CommandError
from webstore_kit.importing.sources import CHUNK, GZIP, MEGABYTE, ZIPS, Packed, Source, megabytes, refusals, unpacked

LONGEST_LINE = 8 * MEGABYTE
"""Characters of the longest line, and of the longest JSON value."""
HEAD = MEGABYTE
"""Characters of the beginning that are kept, to tell the format by."""

BOMS = (("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE))
BINARIES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file: save it as .xlsx or CSV"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"\xfd7zXZ\x00", "packed with xz: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it first"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (GZIP, "packed twice: unpack it first"),
    *((magic, "packed twice: unpack it first") for magic in ZIPS),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A source as text: in which encoding it was found, how to call it, its first HEAD characters, and its lines."""

    text: IO[str]
    encoding: str
    name: str
    head: str = field(default="", repr=False)
    count: int = 0

    def read(self, size: int) -> str:
        """The next characters, as many as that unless the text ends."""
        with refusals(self.name):
            return self.text.read(size)

    def lines(self) -> Iterator[str]:
        r"""The lines with their ends, which are \n, \r\n or \r; raises CommandError at one that is too long."""
        number = 0
        while line := self._line():
            number += 1
            if len(line) > LONGEST_LINE:
                raise _too_long(self.name, number)
            yield line

    def close(self) -> None:
        """Close the text; the source stays open."""
        self.text.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _line(self) -> str:
        with refusals(self.name):
            return self.text.readline(LONGEST_LINE + 1)


def opened(source: Source, encoding: str | None = None) -> Opened:
    """The source unpacked and decoded, in the encoding where one is named; raises CommandError where it is no text."""
    packed = unpacked(source)
    with packed.stream() as stream, refusals(packed.name):
        start = stream.read(4096)
    _refuse_binary(packed.name, start)
    found, check = _forced(packed, encoding, start) if encoding else _found(packed, start)
    return Opened(_text(packed, found, start), found, packed.name, check.head, check.lines)


class _Check:
    """Looks at the whole text once: keeps its head, and refuses what is no text and lines that are too long."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.head = ""
        self.is_ascii = True
        self.lines = 0
        self._open_line = 0

    def take(self, text: str) -> None:
        """Look at the next piece, which is shorter than the longest line."""
        if "\0" in text:
            raise CommandError(f"{self.name} is no text: it has NUL characters.")
        if len(self.head) < HEAD:
            self.head = (self.head + text)[:HEAD]
        self.is_ascii = self.is_ascii and text.isascii()
        self._measure(text)
        self.lines += text.count("\n")

    def _measure(self, text: str) -> None:
        ends = [place for end in "\r\n" if (place := text.find(end)) >= 0]
        length = self._open_line + (min(ends) if ends else len(text))
        # JSON may well be one line; its reader measures each value.
        if length > LONGEST_LINE and not self.head.lstrip().startswith(("[", "{")):
            raise _too_long(self.name, self.lines + 1)
        self._open_line = len(text) - max(text.rfind("\r"), text.rfind("\n")) - 1 if ends else length


def _too_long(name: str, line: int) -> CommandError:
    return CommandError(
        f"{name} has a line that is longer than {megabytes(LONGEST_LINE)}: line {line}. Is it a catalogue?"
    )


def _found(packed: Packed, start: bytes) -> tuple[str, _Check]:
    encoding = _marked(start) or _unmarked_utf_16(start)
    if encoding and encoding != "utf-8":
        return encoding, _checked(packed, encoding, start)
    check = _Check(packed.name)
    check.is_ascii = not encoding
    try:
        _scan(packed, "utf-8", start, check)
    except UnicodeDecodeError as error:
        _require_only_ascii(check, error)
        return "cp1252", _checked_cp1252(packed, start)
    return "utf-8", check


def _require_only_ascii(check: _Check, error: UnicodeDecodeError) -> None:
    # Letters that are UTF-8 by chance do not happen: this is UTF-8 with a broken place, and as cp1252 all its other
    # letters would be wrong.
    before = error.object[: error.start]
    if not check.is_ascii or not before.isascii():
        line = check.lines + before.count(b"\n") + 1
        raise CommandError(
            f"{check.name} is UTF-8 up to line {line}, where it is not: byte 0x{error.object[error.start]:02X}. "
            "Mend that line, or name the file's encoding with --encoding."
        )


def _checked_cp1252(packed: Packed, start: bytes) -> _Check:
    check = _Check(packed.name)
    try:
        return _scan(packed, "cp1252", start, check)
    except UnicodeDecodeError:
        raise CommandError(
            f"{packed.name} is neither UTF-8 nor Windows-1252. Name its encoding with --encoding."
        ) from None


def _forced(packed: Packed, encoding: str, start: bytes) -> tuple[str, _Check]:
    try:
        # Decoding tells encodings of text from others that Python has, such as base64.
        b"a".decode(encoding, "replace")
        name = codecs.lookup(encoding).name
    except (LookupError, UnicodeError, ValueError):
        raise CommandError(
            f"No encoding is called {encoding!r}. Some that are: utf-8, utf-16, cp1252, cp1251, latin-1."
        ) from None
    return name, _checked(packed, name, start)


def _checked(packed: Packed, encoding: str, start: bytes) -> _Check:
    with refusals(packed.name):
        return _scan(packed, encoding, start, _Check(packed.name))


def _scan(packed: Packed, encoding: str, start: bytes, check: _Check) -> _Check:
    decoder = codecs.getincrementaldecoder(encoding)()
    with packed.stream() as stream:
        stream.read(_mark_length(encoding, start))
        while chunk := stream.read(CHUNK):
            check.take(decoder.decode(chunk))
        check.take(decoder.decode(b"", final=True))
    return check


def _text(packed: Packed, encoding: str, start: bytes) -> IO[str]:
    stream = packed.stream()
    stream.read(_mark_length(encoding, start))
    return io.TextIOWrapper(stream, encoding, newline="")


def _marked(start: bytes) -> str | None:
    return next((encoding for encoding, mark in BOMS if start.startswith(mark)), None)


def _mark_length(encoding: str, start: bytes) -> int:
    return next((len(mark) for name, mark in BOMS if name == encoding and start.startswith(mark)), 0)


def _unmarked_utf_16(start: bytes) -> str | None:
    # Latin letters, digits and commas have a zero for their upper half, and no other text has any zero.
    even, odd = start[::2].count(0), start[1::2].count(0)
    if even and not odd:
        return "utf-16-be" if even * 2 >= len(start[::2]) else None
    return "utf-16-le" if odd and not even and odd * 2 >= len(start[1::2]) else None


def _refuse_binary(name: str, start: bytes) -> None:
    for magic, what in BINARIES:
        if start.startswith(magic):
            raise CommandError(f"{name} is no text but {what}.")
    if re.match(rb"BZh[1-9]1AY&SY", start):
        raise CommandError(f"{name} is no text but packed with bzip2: unpack it first.")
