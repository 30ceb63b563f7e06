"""Checks that bytes are a whole picture of a kind that browsers show, small enough to be shown and to be worked on."""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

# Named here, Pillow finds these kinds without loading its plugins for all others.
from PIL import (
    AvifImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from webstore_kit.importing.pictures.errors import Unobtainable
from webstore_kit.importing.pictures.sizes import too_large

EXTENSIONS = {
    JpegImagePlugin.JpegImageFile.format: "jpg",
    PngImagePlugin.PngImageFile.format: "png",
    GifImagePlugin.GifImageFile.format: "gif",
    WebPImagePlugin.WebPImageFile.format: "webp",
    AvifImagePlugin.AvifImageFile.format: "avif",
}
"""The kinds of pictures that are taken, as Pillow names them, and how the names of their files end."""
TAKEN = "JPEG, PNG, GIF, WebP and AVIF are taken"
SEVERAL_PICTURES = "MPO"
"""What Pillow calls a JPEG with more pictures behind the first, as some cameras write it; browsers show the first."""
LONGEST_ANIMATION = 10
"""How many times `max_pixels` the frames of an animation may have together."""
BEGINNING = 1024
"""Bytes in which text shows what it is."""
MIRRORED_OR_TURNED = range(2, 9)
BROKEN = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, RuntimeError, MemoryError),
    *(struct.error, zlib.error, Image.DecompressionBombError),
)
"""What Pillow raises, one time or another, for bytes that are not what they begin as."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was checked.

    `content` are its bytes as they came, `extension` how the name of its file ends, without the dot. `image` is its
    first frame, decoded, lying as the camera was held; `orientation` says how that was, from 1 to 8 as in EXIF.
    """

    content: bytes
    extension: str
    image: Image.Image
    orientation: int


class Checker:
    """Checks pictures; for any number of threads, whose pictures together have no more pixels than one may have.

    `max_size` is in bytes. Both limits are those of the settings `picture_max_size` and `picture_max_pixels`.
    """

    def __init__(self, max_size: int, max_pixels: int) -> None:
        self.max_size = max_size
        self._max_pixels = max_pixels
        self._memory = _PixelMemory(max_pixels)

    @contextmanager
    def checked(self, content: bytes) -> Iterator[Picture]:
        """The picture that the bytes are; inside, its pixels are in memory. Raises Unobtainable."""
        self._check_bytes(content)
        with _refusals():
            image = Image.open(BytesIO(content), formats=list(EXTENSIONS))
        self._check_pixels(image.width * image.height)
        with self._memory.taken(image.width * image.height):
            with _refusals():
                orientation = _orientation(image)
                first = self._decoded(image)
            kind = "JPEG" if image.format == SEVERAL_PICTURES else str(image.format)
            yield Picture(content, EXTENSIONS[kind], first, orientation)

    def _check_bytes(self, content: bytes) -> None:
        if len(content) > self.max_size:
            raise too_large(self.max_size)
        if not content:
            raise Unobtainable("it is empty")
        beginning = content[:BEGINNING].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        if beginning.startswith(b"%pdf-"):
            raise Unobtainable(f"it is a PDF document; {TAKEN}")
        if beginning.startswith(b"<"):
            what = "an SVG drawing" if b"<svg" in beginning else "a web page"
            raise Unobtainable(f"it is {what}; {TAKEN}")

    def _check_pixels(self, count: int) -> None:
        if count > self._max_pixels:
            raise Unobtainable(f"it has more than {self._max_pixels:,} pixels (the setting picture_max_pixels)")

    def _decoded(self, image: Image.Image) -> Image.Image:
        """The first frame; all of them are decoded, as a file may be whole in its beginning alone."""
        frames = 1 if image.format == SEVERAL_PICTURES else getattr(image, "n_frames", 1)
        if frames * image.width * image.height > LONGEST_ANIMATION * self._max_pixels:
            raise Unobtainable(f"its {frames} frames have too many pixels (the setting picture_max_pixels)")
        image.load()
        if frames == 1:
            return image
        first = image.copy()
        for number in range(1, frames):
            image.seek(number)
            image.load()
        return first


@contextmanager
def quiet() -> Iterator[None]:
    """Inside, Pillow does not warn of what it puts up with in pictures, such as broken EXIF; in no thread.

    It is for the thread that starts and ends the others, as the filters of warnings are those of the whole process.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


class _PixelMemory:
    """Room for so many pixels, which threads wait for: each takes some ten bytes while it is worked on."""

    def __init__(self, pixels: int) -> None:
        self._free = pixels
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: pixels <= self._free)
            self._free -= pixels
        try:
            yield
        finally:
            with self._changed:
                self._free += pixels
                self._changed.notify_all()


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation)
    except BROKEN:  # what a camera says of a picture is no part of it
        return 1
    return value if isinstance(value, int) and value in MIRRORED_OR_TURNED else 1


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError:
        raise Unobtainable(f"it is no picture, or only the beginning of one; {TAKEN}") from None
    except BROKEN:
        raise Unobtainable("it is a broken picture, or only a part of one") from None
