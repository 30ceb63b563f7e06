"""Pictures for tests, made anew; the same bytes each time."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

FORMATS = {"jpg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
ORIENTATION = 0x0112
GPS = 0x8825


def picture(extension: str = "png", size: tuple[int, int] = (40, 30), colour: Any = "red", **options: Any) -> bytes:
    """A picture of one colour."""
    return saved(Image.new("RGB", size, colour), extension, **options)


def saved(image: Image.Image, extension: str, **options: Any) -> bytes:
    """The image as a file of that kind."""
    file = BytesIO()
    image.save(file, FORMATS[extension], **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture that the bytes are, decoded."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def animation(extension: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """Three frames: red, green, and blue."""
    frames = [Image.new("RGB", size, colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], extension, save_all=True, append_images=frames[1:])


def huge_png(width: int, height: int) -> bytes:
    """A PNG of so many pixels, in a few bytes."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 100_000))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def exif(**values: Any) -> Image.Exif:
    """What a camera says: `orientation`, and `gps` as a latitude."""
    said = Image.Exif()
    said[ORIENTATION] = values.get("orientation", 1)
    if "gps" in values:
        said.get_ifd(GPS)[2] = values["gps"]
    return said


BROKEN_EXIF = b"Exif\0\0II*\0\x08\0\0\0\x09\0\x12\x01"
"""It names nine entries and ends in the first one; Pillow warns of it."""
