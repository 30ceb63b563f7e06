"""Thumbnails: their size, their colours, and what is left out of them."""

from typing import Any

import pytest
from PIL import Image, ImageCms

from tests.importing.pictures.samples import FORMATS, ORIENTATION, animation, exif, opened, picture, saved
from webstore_kit.importing.pictures.checking import Checker
from webstore_kit.importing.pictures.thumbnails import thumbnail

KINDS = sorted(FORMATS)
GREY = 128


def made(content: bytes, width: int) -> Image.Image:
    return opened(made_bytes(content, width))


def made_bytes(content: bytes, width: int) -> bytes:
    with Checker(10_000_000, 1_000_000).checked(content) as found:
        return thumbnail(found, width)


def close(found: Any, wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_thumbnail_is_of_the_same_kind_and_as_wide_as_asked_for(kind: str) -> None:
    small = made(picture(kind, (400, 301), (200, 100, 50)), 40)
    assert (small.format, small.size) == (FORMATS[kind], (40, 30))
    assert close(small.convert("RGB").getpixel((20, 15)), (200, 100, 50))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_never_enlarged(kind: str) -> None:
    assert made(picture(kind, (39, 31)), 40).size == (39, 31)


def test_a_thumbnail_has_a_height_however_wide_the_picture_is() -> None:
    assert made(picture("png", (900, 1)), 40).size == (40, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_picture_makes_the_same_bytes(kind: str) -> None:
    content = saved(Image.effect_mandelbrot((200, 150), (-2, -1, 1, 1), 40), kind)
    assert made_bytes(content, 50) == made_bytes(content, 50)


def four_corners(size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGB", size, "white")
    across, down = size[0] // 2, size[1] // 2
    for place, colour in (((0, 0), "red"), ((across, 0), "lime"), ((0, down), "blue")):
        image.paste(colour, (*place, place[0] + across, place[1] + down))
    return image


@pytest.mark.parametrize("width", [40, 400])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_upright_however_the_camera_was_held(orientation: int, width: int) -> None:
    upright = four_corners((160, 80))
    turns = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    lying = upright
    for turn in turns[orientation]:
        lying = lying.transpose(turn)
    small = made(saved(lying, "png", exif=exif(orientation=orientation)), width)
    across, down = min(width, 160), min(width, 160) // 2
    assert small.size == (across, down)
    corners = [(1, 1), (across - 2, 1), (1, down - 2), (across - 2, down - 2)]
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    assert all(close(small.getpixel(corner), colour) for corner, colour in zip(corners, colours, strict=True))


@pytest.mark.parametrize("width", [20, 400])
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
def test_what_the_camera_wrote_is_left_out(kind: str, width: int) -> None:
    content = picture(kind, exif=exif(orientation=3, gps=(52.0, 31.0, 12.0)), xmp=b"<x:xmpmeta>here</x:xmpmeta>")
    assert opened(content).getexif()[ORIENTATION] == 3
    small = made_bytes(content, width)
    assert not dict(opened(small).getexif())
    assert {"exif", "xmp"}.isdisjoint(opened(small).info)
    assert b"xmpmeta" not in small


def test_comments_are_left_out() -> None:
    assert b"by Ann" not in made_bytes(picture("jpg", comment=b"by Ann"), 400)
    assert b"by Ann" not in made_bytes(picture("gif", comment=b"by Ann"), 400)


@pytest.mark.parametrize("width", [20, 400])
@pytest.mark.parametrize("kind", ["png", "gif", "webp", "avif"])
def test_what_is_transparent_stays_so(kind: str, width: int) -> None:
    image = Image.new("RGBA", (80, 40), (255, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 40, 40))
    small = made(saved(image, kind), width).convert("RGBA")
    left, right = small.getpixel((2, 5)), small.getpixel((small.width - 3, 5))
    assert isinstance(left, tuple)
    assert left[3] == 0
    assert close(right, (255, 0, 0, 255))


@pytest.mark.parametrize("mode", ["P", "RGB", "L"])
def test_a_colour_that_stands_for_transparency_stays_transparent(mode: str) -> None:
    image = Image.new("L", (80, 40), 200)
    image.paste(0, (0, 0, 40, 40))
    key: Any = (0, 0, 0) if mode == "RGB" else 0
    small = made(saved(image.convert(mode), "png", transparency=key), 20).convert("RGBA")
    assert (small.getpixel((2, 5)), small.getpixel((17, 5))) == ((0, 0, 0, 0), (200, 200, 200, 255))


def test_a_jpeg_of_printers_colours_is_one_of_screen_colours() -> None:
    small = made(saved(Image.new("CMYK", (80, 40), (0, 255, 255, 0)), "jpg"), 20)
    assert small.mode == "RGB"
    assert close(small.getpixel((10, 5)), (255, 0, 0))


@pytest.mark.parametrize(
    ("image", "grey"),
    [
        (Image.new("L", (80, 40), GREY), GREY),
        (Image.new("LA", (80, 40), (GREY, 255)), GREY),
        (Image.new("1", (80, 40), 1), 255),
        (Image.new("P", (80, 40), 0).convert("P"), 0),
        (Image.new("I;16", (80, 40), GREY * 256 + 9), GREY),
    ],
    ids=["grey", "grey with alpha", "black and white", "palette", "16 bits"],
)
def test_grey_stays_as_grey_as_it_is(image: Image.Image, grey: int) -> None:
    small = made(saved(image, "png"), 20)
    assert small.convert("L").getpixel((10, 5)) == grey


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "avif"])
def test_the_thumbnail_of_an_animation_is_its_first_frame(kind: str) -> None:
    small = made(animation(kind), 20)
    assert getattr(small, "n_frames", 1) == 1
    assert close(small.convert("RGB").getpixel((5, 5)), (255, 0, 0))


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
def test_the_colour_profile_goes_along(kind: str) -> None:
    assert made(picture(kind, icc_profile=profile()), 20).info["icc_profile"] == profile()


def test_a_colour_profile_that_is_for_other_colours_or_very_large_does_not() -> None:
    grey = saved(Image.new("L", (80, 40)), "png", icc_profile=profile())
    large = picture("png", icc_profile=profile().ljust(70_000, b"\0"))
    assert "icc_profile" not in made(grey, 20).info
    assert "icc_profile" not in made(large, 20).info
