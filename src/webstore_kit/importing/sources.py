"""Sources: the bytes of a file or of standard input, packed in gzip or zip or not, read any number of times.

A bomb, which unpacks to far more than any catalogue, is refused before it fills the memory or the disk.
"""

import gzip
import hashlib
import io
import os
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from webstore_kit.core.errors import CommandError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MEGABYTE = 2**20
LARGEST_UNPACKED = 2 * 1024 * MEGABYTE
"""Bytes that a packed file may unpack to, and that are taken from a pipe."""
LARGEST_RATIO = 250
"""How many times its packed size a file may unpack to; tables shrink to a tenth, or a fiftieth at most."""
HARMLESS = 16 * MEGABYTE
"""Bytes that any packed file may unpack to, whatever the ratio."""
CHUNK = 256 * 1024
IN_MEMORY = 8 * MEGABYTE
"""Bytes of a pipe that are kept in memory; what is longer goes to a temporary file."""
NAMED = 10
"""How many of a zip's files are named."""

GZIP = b"\x1f\x8b"
ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# zipfile raises NotImplementedError for a way of packing that it does not know.
BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)
"""What reading raises where a file, or what it is packed in, is broken or not ours to read."""


class Source:
    """The bytes of a source, which can be read from their beginning any number of times; to be closed."""

    def __init__(self, name: str, binary: IO[bytes], on_close: ExitStack) -> None:
        self.name = name
        self.on_close = on_close
        self._binary = binary
        self._start = binary.tell()
        self.magic = binary.read(16)

    @property
    def is_zip(self) -> bool:
        """Whether it is a zip archive, as a workbook is too."""
        return self.magic.startswith(ZIPS)

    def binary(self) -> IO[bytes]:
        """The bytes as they are, at their beginning."""
        self._binary.seek(self._start)
        return self._binary

    def digest(self) -> str:
        """SHA-256 of the bytes as they are, in hexadecimal."""
        with refusals(self.name):
            return hashlib.file_digest(self.binary(), "sha256").hexdigest()  # type: ignore[arg-type]

    def size(self) -> int:
        """How many bytes there are, still packed."""
        return self._binary.seek(0, os.SEEK_END) - self._start

    def is_workbook(self) -> bool:
        """Whether this is an XLSX workbook: a zip with a folder `xl`."""
        return self.is_zip and any(info.filename.startswith("xl/") for info in self.archive().infolist())

    def archive(self) -> zipfile.ZipFile:
        """The source as a zip archive."""
        with _zip_refusals(self.name):
            return zipfile.ZipFile(self.binary())

    def close(self) -> None:
        """Close what was opened for it."""
        self.on_close.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def source(path: str | Path, stdin: IO[bytes] | None = None) -> Source:
    """The source at the path, or standard input where the path is `-`; raises CommandError where there is none."""
    with ExitStack() as stack:
        if str(path) == "-":
            name, binary = "Standard input", sys.stdin.buffer if stdin is None else stdin
        else:
            name, binary = label(path), stack.enter_context(_file(Path(path)))
        with refusals(name):
            if not binary.seekable():
                binary = _spooled(name, binary, stack)
            return Source(name, binary, stack.pop_all())


@contextmanager
def refusals(name: str) -> Iterator[None]:
    """Inside, what reading a broken file raises becomes a CommandError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} is not valid {error.encoding}. Name its encoding with --encoding.") from None
    except BROKEN as error:
        reason = getattr(error, "strerror", None) or str(error) or "it is damaged"
        raise CommandError(f"{name} cannot be read: {' '.join(reason.split()).rstrip('.')}.") from None


def unpacked_limit(packed_size: int) -> int:
    """How many bytes so many packed ones may unpack to before they are taken for a bomb."""
    return min(LARGEST_UNPACKED, max(HARMLESS, LARGEST_RATIO * packed_size))


@contextmanager
def _zip_refusals(name: str) -> Iterator[None]:
    try:
        yield
    except (*BROKEN, ValueError, struct.error):  # a place or a name in it that cannot be
        raise CommandError(f"{name} is a broken zip archive. Pack it again.") from None


def label(path: str | Path) -> str:
    """The path as it can be printed and stored, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")


def _file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise CommandError(f"There is no file {label(path)}.") from None
    except IsADirectoryError:
        raise CommandError(f"{label(path)} is a folder. Name a file in it.") from None
    except OSError as error:
        raise CommandError(f"{label(path)} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise CommandError("No file can have a NUL character in its name.") from None


def _spooled(name: str, pipe: IO[bytes], stack: ExitStack) -> IO[bytes]:
    # A pipe can be read once only, and the encoding is known when all of it was seen.
    spool = stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - the stack closes it
    while chunk := pipe.read(CHUNK):
        spool.write(chunk)
        if spool.tell() > LARGEST_UNPACKED:
            raise CommandError(f"{name} is longer than {megabytes(LARGEST_UNPACKED)}. Save it as a file first.")
    spool.seek(0)
    return spool


class Packed:
    """The bytes inside: those of the source themselves, of a gzip, or of the one file in a zip."""

    def __init__(self, source: Source, name: str, limit: int | None) -> None:
        self.name = name
        self._source = source
        self._limit = limit

    def stream(self) -> io.BufferedReader:
        """A new stream from the beginning; only one of them can be read at a time."""
        with refusals(self.name):
            return io.BufferedReader(_Guarded(self.name, self._inner(), self._limit), CHUNK)

    def _inner(self) -> IO[bytes]:
        return self._source.binary()


class _Gzip(Packed):
    def _inner(self) -> IO[bytes]:
        return gzip.GzipFile(fileobj=self._source.binary(), mode="rb")  # type: ignore[return-value]


class _Zip(Packed):
    def __init__(self, source: Source, member: zipfile.ZipInfo) -> None:
        # The archive may lie about the packed size.
        limit = unpacked_limit(min(member.compress_size, source.size()))
        super().__init__(source, f"{member.filename} in {source.name}", limit)
        self._member = member

    def _inner(self) -> IO[bytes]:
        with _zip_refusals(self.name):
            return self._source.archive().open(self._member)


def unpacked(source: Source) -> Packed:
    """What is inside; raises CommandError for a zip that does not hold one file alone."""
    if source.magic.startswith(GZIP):
        return _Gzip(source, source.name, unpacked_limit(source.size()))
    if source.is_zip:
        return _Zip(source, _only_member(source))
    return Packed(source, source.name, None)


def _only_member(source: Source) -> zipfile.ZipInfo:
    members = [info for info in source.archive().infolist() if _is_data(info)]
    if not members:
        raise CommandError(f"{source.name} holds no file.")
    if len(members) > 1:
        names = ", ".join(info.filename for info in members[:NAMED])
        more = f" and {len(members) - NAMED} more" if len(members) > NAMED else ""
        raise CommandError(f"{source.name} holds several files: {names}{more}. Unpack it, and name the one to import.")
    if members[0].flag_bits & 1:
        raise CommandError(f"{source.name} is locked with a password. Unpack it first.")
    if members[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CommandError(f"{source.name} is packed in a way that few programs know. Unpack it first.")
    return members[0]


def _is_data(info: zipfile.ZipInfo) -> bool:
    # macOS adds __MACOSX/ with a shadow of each file, and .DS_Store.
    parts = info.filename.split("/")
    return parts[-1] != "" and parts[0] != "__MACOSX" and not parts[-1].startswith(".")


class _Guarded(io.RawIOBase):
    """Bytes of which there may be only so many, and whose errors are sentences."""

    def __init__(self, name: str, inner: IO[bytes], limit: int | None) -> None:
        self._name = name
        self._inner = inner
        self._limit = limit
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        with refusals(self._name):
            data = self._inner.read(len(view))
        view[: len(data)] = data
        self._taken += len(data)
        if self._limit is not None and self._taken > self._limit:
            raise CommandError(f"{self._name} unpacks to over {megabytes(self._limit)}. Unpack it first.")
        return len(data)


def megabytes(size: int) -> str:
    """The size as people say it."""
    return f"{size // MEGABYTE} MB"
