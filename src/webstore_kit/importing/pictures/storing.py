"""Stores pictures in the media folder, under names made of their bytes, with a thumbnail of each width beside them."""

import hashlib
import os
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from webstore_kit.core.errors import CommandError
from webstore_kit.importing.pictures.checking import Checker, Picture
from webstore_kit.importing.pictures.files import read_file
from webstore_kit.importing.pictures.thumbnails import thumbnail

FOLDER = "products"
"""The folder in the media folder that all pictures of imports are in."""
DRAFTS = f"{FOLDER}/.drafts"
"""Files that are being written. What a killed process leaves there is removed when it is older than `OLD`."""
OLD = 3600.0
"""Seconds."""
MODE = 0o644
"""Readable by all, as a web server of its own may serve them; the umask takes what it takes."""
NAME_LENGTH = 32
"""Hexadecimal digits of the SHA-256 of a picture that it is named by."""
NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


def picture_path(content: bytes, extension: str) -> str:
    """The path in the media folder of a picture with these bytes."""
    name = hashlib.sha256(content).hexdigest()[:NAME_LENGTH]
    return f"{FOLDER}/{name[:2]}/{name}.{extension}"


def thumbnail_path(path: str, width: int) -> str:
    """The path of the thumbnail of that width, one of the setting `thumbnail_widths`, by the path of the picture."""
    stem, _, extension = path.rpartition(".")
    return f"{stem}.{width}.{extension}"


class MediaFolder:
    """The media folder, in which every picture has a thumbnail of each of the widths; for any number of threads.

    Whoever looks at a path sees the whole file or none, and a file that was stored is on disk. CommandError says that
    one cannot be written.
    """

    def __init__(self, folder: Path, widths: Sequence[int]) -> None:
        self._folder = folder
        self._widths = widths

    def store(self, picture: Picture) -> str:
        """The path of the picture, which is stored now with its thumbnails. Raises Unobtainable, CommandError."""
        path = picture_path(picture.content, picture.extension)
        files = {thumbnail_path(path, width): thumbnail(picture, width) for width in self._missing(path)}
        if self._size(path) != len(picture.content):
            files[path] = picture.content  # the last one: where a picture is, its thumbnails are
        self._write(files)
        return path

    def complete(self, path: str, checker: Checker) -> None:
        """Make the thumbnails that a stored picture lacks. Raises Unobtainable where it is gone, CommandError."""
        missing = self._missing(path)
        if missing or self._size(path) is None:
            with checker.checked(read_file(self._folder, path, checker.max_size)) as picture:
                self._write({thumbnail_path(path, width): thumbnail(picture, width) for width in missing})

    def remove_old_drafts(self) -> None:
        """Remove what killed processes left half written."""
        with suppress(OSError):  # they are in nobody's way; another process may remove them at the same time
            for draft in (self._folder / DRAFTS).iterdir():
                if draft.stat().st_mtime < time.time() - OLD:
                    draft.unlink()

    def _missing(self, path: str) -> list[int]:
        return [width for width in self._widths if self._size(thumbnail_path(path, width)) is None]

    def _size(self, path: str) -> int | None:
        """The bytes of the file; None where there is none."""
        with _refusals(self._folder / path):
            try:
                return (self._folder / path).stat().st_size
            except FileNotFoundError:
                return None

    def _write(self, files: Mapping[str, bytes]) -> None:
        for path, content in files.items():
            with _refusals(self._folder / path):
                self._write_one(self._folder / path, content)

    def _write_one(self, path: Path, content: bytes) -> None:
        draft = self._folder / DRAFTS / uuid.uuid4().hex
        for folder in (draft.parent, path.parent):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(draft, NEW_FILE, MODE), "wb") as file:  # noqa: PTH123 - Path.open takes no mode bits
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have the names in the folder on disk, which on Windows they are anyway."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CommandError(
            f"The picture {path} cannot be written: {error.strerror}. The pictures that are left stay in the queue: "
            "give the same command again."
        ) from None
