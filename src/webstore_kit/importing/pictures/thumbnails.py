"""Makes thumbnails: small pictures of the same kind, upright, and without anything that the camera wrote beside."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image

from webstore_kit.importing.pictures.checking import BROKEN, Picture
from webstore_kit.importing.pictures.errors import Unobtainable

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its orientation."""
ON_ITS_SIDE = 5
"""From this orientation on, a picture lies on its side."""
RESAMPLING = Image.Resampling.BICUBIC
"""Takes two thirds of the time of Lanczos, which nobody tells from it at these sizes."""
REDUCING_GAP = 2.0
"""A large picture is first shrunk by a whole number to no less than so many times the size, in half of the time."""
FORMATS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "jpg": ("JPEG", {"quality": 82, "optimize": True}),
    "png": ("PNG", {}),
    "gif": ("GIF", {}),
    "webp": ("WEBP", {"quality": 82, "method": 4}),
    "avif": ("AVIF", {"quality": 70, "speed": 8, "max_threads": 1}),
}
"""How each kind is written; with one thread, as several might not always make the same bytes."""
OPAQUE = 128
"""From this on a pixel is opaque where a picture knows no more than opaque and transparent."""
LARGEST_PROFILE = 65_536
"""Bytes of a colour profile that a thumbnail takes along."""
PROFILE_SPACES = {"L": b"GRAY", "RGB": b"RGB ", "RGBA": b"RGB "}
"""What a colour profile says in its bytes 16 to 20 that it is for, by Pillow's mode."""


def thumbnail(picture: Picture, width: int) -> bytes:
    """The picture, so many pixels wide or as wide as it is where that is less; the same bytes each time.

    What moves stands still. Raises Unobtainable where the picture cannot be written as its kind again.
    """
    try:
        small = _resized(_plain(picture.image), _size(picture, width))
        if picture.orientation in UPRIGHT:
            small = small.transpose(UPRIGHT[picture.orientation])
        return _written(small, picture)
    except BROKEN:
        raise Unobtainable("no thumbnail can be made of it") from None


def _size(picture: Picture, width: int) -> tuple[int, int]:
    """The width and height of the thumbnail, before it is turned upright."""
    on_its_side = picture.orientation >= ON_ITS_SIDE
    across, down = picture.image.size[::-1] if on_its_side else picture.image.size
    if across > width:
        across, down = width, max(1, round(down * width / across))
    return (down, across) if on_its_side else (across, down)


def _plain(image: Image.Image) -> Image.Image:
    """The image in grey or RGB, with transparency where it has any: what can be resized, and every kind can be of."""
    if image.mode.startswith("I"):  # 16 bits of grey, which would be cut off rather than divided
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size == image.size:
        return image.copy()
    return image.resize(size, RESAMPLING, reducing_gap=REDUCING_GAP)


def _written(image: Image.Image, picture: Picture) -> bytes:
    name, options = FORMATS[picture.extension]
    profile = picture.image.info.get("icc_profile", b"")
    image.info = {}  # of which Pillow would write some
    if picture.extension == "gif":
        image = _opaque_or_not(image)
    elif len(profile) <= LARGEST_PROFILE and profile[16:20] == PROFILE_SPACES.get(image.mode):
        options = {**options, "icc_profile": profile}  # without it the colours would be others
    file = BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def _opaque_or_not(image: Image.Image) -> Image.Image:
    if image.mode == "RGBA":
        image.putalpha(image.getchannel("A").point(lambda alpha: 255 if alpha >= OPAQUE else 0))
    return image
