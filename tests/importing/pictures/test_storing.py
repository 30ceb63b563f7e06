"""Pictures in the media folder."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.importing.pictures.samples import exif, opened, picture
from webstore_kit.core.errors import CommandError
from webstore_kit.importing.pictures.checking import Checker
from webstore_kit.importing.pictures.errors import Unobtainable
from webstore_kit.importing.pictures.storing import DRAFTS, OLD, MediaFolder, picture_path, thumbnail_path

CHECKER = Checker(100_000, 100_000)


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path, [10, 20])


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Inside, no file of this process can get larger, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def stored(media: MediaFolder, content: bytes) -> str:
    with CHECKER.checked(content) as found:
        return media.store(found)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_picture_is_named_by_its_bytes() -> None:
    assert picture_path(b"mug", "jpg") == "products/a1/a19ee2577879b76a5b98cb022b10b3e5.jpg"
    assert thumbnail_path("products/a1/a19e.jpg", 320) == "products/a1/a19e.320.jpg"


def test_a_picture_lies_there_as_it_came_with_its_thumbnails(media: MediaFolder, tmp_path: Path) -> None:
    content = picture("jpg", (40, 30), exif=exif(gps=(52.0, 31.0, 12.0)))
    path = stored(media, content)
    assert files(tmp_path).keys() == {path, thumbnail_path(path, 10), thumbnail_path(path, 20)}
    assert (tmp_path / path).read_bytes() == content
    assert opened((tmp_path / thumbnail_path(path, 10)).read_bytes()).size == (10, 8)


def test_the_same_bytes_are_stored_once(media: MediaFolder, tmp_path: Path) -> None:
    path = stored(media, picture())
    before = {file: (tmp_path / file).stat().st_ino for file in files(tmp_path)}
    assert stored(media, picture()) == path
    assert {file: (tmp_path / file).stat().st_ino for file in files(tmp_path)} == before


def test_a_picture_that_is_there_in_part_alone_is_stored_again(media: MediaFolder, tmp_path: Path) -> None:
    path = stored(media, picture())
    whole = files(tmp_path)
    (tmp_path / path).write_bytes(picture()[:9])
    (tmp_path / thumbnail_path(path, 20)).unlink()
    stored(media, picture())
    assert files(tmp_path) == whole


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o000, 0o644)])
def test_a_picture_has_the_rights_of_an_ordinary_file(media: MediaFolder, tmp_path: Path, mask: int, mode: int) -> None:
    with umask(mask):
        path = stored(media, picture())
    assert {(tmp_path / file).stat().st_mode & 0o777 for file in (path, thumbnail_path(path, 10))} == {mode}


def test_thumbnails_of_other_widths_are_made_of_what_is_stored(media: MediaFolder, tmp_path: Path) -> None:
    path = stored(media, picture())
    MediaFolder(tmp_path, [10, 15]).complete(path, CHECKER)
    assert files(tmp_path).keys() == {path, *(thumbnail_path(path, width) for width in (10, 15, 20))}


def test_a_picture_that_is_gone_cannot_be_completed(media: MediaFolder, tmp_path: Path) -> None:
    path = stored(media, picture())
    (tmp_path / path).unlink()
    with pytest.raises(Unobtainable):
        media.complete(path, CHECKER)


def test_without_widths_there_are_no_thumbnails(tmp_path: Path) -> None:
    path = stored(MediaFolder(tmp_path, []), picture())
    assert files(tmp_path).keys() == {path}


def test_a_media_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "products").write_text("no folder")
    with pytest.raises(CommandError, match=r"^The picture .*products/.* cannot be written: .*stay in the queue"):
        stored(MediaFolder(tmp_path, []), picture())


def test_a_disk_that_takes_no_more_is_told_and_nothing_half_written_stays(tmp_path: Path) -> None:
    content = picture("jpg", (300, 200), quality=95)
    assert len(content) > 1000
    with files_up_to(1000), pytest.raises(CommandError, match="cannot be written: File too large"):
        stored(MediaFolder(tmp_path, []), content)
    assert files(tmp_path) == {}


def test_what_a_killed_process_left_is_removed_when_it_is_old(media: MediaFolder, tmp_path: Path) -> None:
    media.remove_old_drafts()
    (tmp_path / DRAFTS).mkdir(parents=True)
    for name, age in (("old", OLD + 60), ("new", 60)):
        (tmp_path / DRAFTS / name).write_bytes(b"half")
        os.utime(tmp_path / DRAFTS / name, (time.time() - age,) * 2)
    media.remove_old_drafts()
    assert files(tmp_path).keys() == {f"{DRAFTS}/new"}
