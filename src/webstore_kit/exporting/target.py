"""Where an export goes: into a file that is there whole or not at all, or into standard output."""

import gzip
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO

from webstore_kit.core.errors import CommandError

PACKED = ".gz"
LEVEL = 6
"""How hard gzip packs: beyond this, it takes three times as long for a few percent."""
OWNER_ALONE, EVERYBODY = 0o600, 0o666
"""Who may read a new file; the umask may take more rights away."""


def ending(path: str) -> str:
    """The ending of a file's name without its dot, in small letters and without `.gz`; "" where there is none."""
    return Path(path.lower().removesuffix(PACKED)).suffix.removeprefix(".")


@contextmanager
def written(path: str, mode: int = EVERYBODY) -> Iterator[IO[bytes]]:
    """A file to write to, which is at the path when the block ends well; until then, what was there stays.

    With a name that ends in `.gz` it is packed. A link is followed; a device or a pipe is written to as it is, since
    nothing can take its place. Raises CommandError where nothing can be written.
    """
    with _refusals(path):
        place = Path(os.path.realpath(path))  # Path.resolve() raises at links in a circle
        _require_possible(place, path)
        whole = _replacing(place, mode) if _is_replaceable(place) else place.open("wb")
        with whole as file, packed(file) if path.lower().endswith(PACKED) else nullcontext(file) as target:
            yield target


@contextmanager
def standard_output(binary: IO[bytes]) -> Iterator[IO[bytes]]:
    """Standard output, flushed in the end; BrokenPipeError passes, where whoever reads has had enough."""
    with _refusals("Standard output"):
        yield binary
        binary.flush()


def packed(file: IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    """The file, packed with gzip, without its name and the time: the same content makes the same bytes."""
    return gzip.GzipFile("", "wb", LEVEL, file, mtime=0)  # type: ignore[return-value]


def _require_possible(place: Path, path: str) -> None:
    if place.is_dir():
        raise CommandError(f"{path} is a folder. Name a file in it.")
    if not place.parent.is_dir():
        raise CommandError(f"There is no folder {place.parent}. Make it first.")


def _is_replaceable(place: Path) -> bool:
    return not place.exists() or place.is_file()


@contextmanager
def _replacing(place: Path, mode: int) -> Iterator[IO[bytes]]:
    draft = place.with_name(f".{place.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            if place.exists():
                draft.chmod(stat.S_IMODE(place.stat().st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Inside, a file that cannot be written raises CommandError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{name} cannot be written: {error.strerror or error}.") from None
