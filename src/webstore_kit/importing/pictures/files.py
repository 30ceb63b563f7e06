"""Reads pictures from the one folder that an import may read from, and from nowhere else."""

import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from webstore_kit.importing.pictures.errors import Unobtainable
from webstore_kit.importing.pictures.sizes import too_large

# A pipe would be waited for when it is opened, and the last part of a resolved path is no link. Windows has neither.
SAFELY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def read_file(folder: Path | None, name: str, max_size: int) -> bytes:
    """The file of that name in the folder: under its relative path or, if it is not there, by its last part alone.

    `/` and `\\` both stand between folders, as the list may come from Windows; a name that is percent-encoded, or
    whose accents are composed in another way, is found as well. Raises Unobtainable, also where the file has more than
    `max_size` bytes or leads out of the folder.
    """
    if folder is None:
        raise Unobtainable("it is the name of a file, and there is no folder to look in")
    for path in _candidates(folder, name):
        try:
            return _read(path, max_size)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise Unobtainable(f"it cannot be read: {error.strerror}") from None
    raise Unobtainable("there is no such file in the folder of the pictures")


def _candidates(folder: Path, name: str) -> Iterator[Path]:
    """The places where the file may be, the likeliest first; all of them in the folder."""
    root = os.path.realpath(folder)
    spellings = [
        form
        for text in (name, unquote(name))
        for form in (text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))
    ]
    parts = [_parts(spelling) for spelling in dict.fromkeys(spellings)]
    for names in dict.fromkeys([*parts, *(names[-1:] for names in parts)]):
        path = Path(os.path.realpath(folder.joinpath(*names)))
        if not path.is_relative_to(root):
            raise Unobtainable("its path leads out of the folder of the pictures")
        yield path


def _parts(name: str) -> tuple[str, ...]:
    """The folders and the file that the name is made of; raises Unobtainable where it is not a relative path."""
    path = PureWindowsPath(name)  # which takes both kinds of slashes
    if path.drive or path.root or ".." in path.parts:
        raise Unobtainable("its path leads out of the folder of the pictures")
    if not path.parts or "\0" in name:
        raise Unobtainable("it is no name of a file")
    return path.parts


def _read(path: Path, max_size: int) -> bytes:
    # Devices are not even opened, as that alone can have effects.
    _require_ordinary(path.stat().st_mode)
    with open(os.open(path, SAFELY), "rb") as file:  # noqa: PTH123 - a path cannot be opened so
        found = os.fstat(file.fileno())
        _require_ordinary(found.st_mode)
        content = b"" if found.st_size > max_size else file.read(max_size + 1)
    if found.st_size > max_size or len(content) > max_size:
        raise too_large(max_size)
    return content


def _require_ordinary(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise Unobtainable("it is no ordinary file")
