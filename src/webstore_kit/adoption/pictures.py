"""The pictures: copies the files that products name from the source's media folder into the store's."""

import filecmp
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path, PurePosixPath

from webstore_kit.adoption.report import MissingPicture, Pictures
from webstore_kit.catalog.models import Product
from webstore_kit.core.errors import CommandError


class Unobtainable(Exception):
    """A picture cannot be copied; the message says why."""


def folder_of(source: str, media: Path | None) -> Path | None:
    """The folder to copy from: the one that was named, else `media` beside the source's file; None where neither is.

    Raises CommandError where the named one is no folder.
    """
    if media is not None:
        if not media.is_dir():
            raise CommandError(f"There is no folder {media}. Nothing was adopted. Name the Django store's MEDIA_ROOT.")
        return media
    beside = Path(source).parent / "media"
    return beside if "://" not in source and beside.is_dir() else None


def copy_pictures(folder: Path | None, target: Path) -> Pictures:
    """Copy the pictures of all products, each under the path that it has; what cannot be had is listed.

    A picture that is there already stays. Raises CommandError where one cannot be written.
    """
    if folder is None:
        return Pictures(note=f"No pictures were copied. Copy what is in the Django store's MEDIA_ROOT to {target}.")
    results, missing = {True: 0, False: 0}, []
    for photo, product_ids in _photos():
        try:
            results[_copy(folder, target, photo)] += 1
        except Unobtainable as error:
            missing += [MissingPicture(product_id, photo, str(error)) for product_id in product_ids]
    return Pictures(folder, copied=results[True], unchanged=results[False], missing=tuple(sorted(missing)))


def _photos() -> Iterator[tuple[str, list[int]]]:
    """Every picture that the store's products name, with their ids."""
    query = Product.select(Product.photo, Product.id).where(Product.photo.is_null(False))
    rows = query.order_by(Product.photo, Product.id).tuples().iterator()
    return ((photo, [product_id for _, product_id in group]) for photo, group in groupby(rows, key=lambda row: row[0]))


def _copy(folder: Path, target: Path, photo: str) -> bool:
    """Copy one; answers False where it is there with the same bytes."""
    original, copy = _readable(folder, photo), _inside(target, photo)
    draft = copy.with_name(f".adopting-{os.getpid()}")
    try:
        if copy.is_file() and filecmp.cmp(original, copy, shallow=False):
            return False
        copy.parent.mkdir(parents=True, exist_ok=True)
        # Under another name first: whoever looks sees the whole picture or none.
        shutil.copy2(original, draft)
        draft.replace(copy)
    except OSError as error:
        raise CommandError(f"The picture {copy} cannot be written: {error.strerror}. Nothing was adopted.") from None
    finally:
        with suppress(OSError):  # it became the picture, or was never made
            draft.unlink()
    return True


def _readable(folder: Path, photo: str) -> Path:
    path = _inside(folder, photo)
    try:
        if path.is_file():
            path.open("rb").close()
            return path
    except OSError as error:
        raise Unobtainable(f"it cannot be read: {error.strerror}") from None
    raise Unobtainable("there is no such file")


def _inside(folder: Path, photo: str) -> Path:
    named = PurePosixPath(photo)
    path = folder / named
    if named.is_absolute() or ".." in named.parts or not _resolved(path).is_relative_to(_resolved(folder)):
        raise Unobtainable("its path leads out of the media folder")
    return path


def _resolved(path: Path) -> Path:
    # Links that go in a circle lead nowhere, and so not out; not every version of Python has `Path.resolve` say so.
    return Path(os.path.realpath(path))
