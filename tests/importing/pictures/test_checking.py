"""What is taken for a picture, and what is not."""

import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from tests.importing.pictures.samples import (
    BROKEN_EXIF,
    FORMATS,
    animation,
    exif,
    huge_png,
    opened,
    picture,
    saved,
)
from webstore_kit.importing.pictures.checking import Checker, quiet
from webstore_kit.importing.pictures.errors import Unobtainable

BROKEN = "it is a broken picture, or only a part of one"
UNKNOWN = "it is no picture, or only the beginning of one; JPEG, PNG, GIF, WebP and AVIF are taken"
KINDS = sorted(FORMATS)


@pytest.fixture
def checker() -> Iterator[Checker]:
    with quiet():
        yield Checker(max_size=100_000, max_pixels=10_000)


def reason(checker: Checker, content: bytes) -> str:
    with pytest.raises(Unobtainable) as caught, checker.checked(content):
        raise AssertionError("it was taken")
    return caught.value.reason


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_taken_with_the_bytes_that_it_has(checker: Checker, kind: str) -> None:
    content = picture(kind, (40, 30))
    with checker.checked(content) as found:
        assert (found.content, found.extension, found.image.size, found.orientation) == (content, kind, (40, 30), 1)


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_picture_is_refused(checker: Checker, kind: str) -> None:
    content = saved(Image.effect_noise((60, 60), 80), kind)
    assert reason(checker, content[: len(content) // 2]) in (BROKEN, UNKNOWN)


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_an_animation_is_refused_where_only_its_first_frame_is_whole(checker: Checker, kind: str) -> None:
    content = animation(kind)
    with checker.checked(content) as found:
        assert found.extension == kind
    assert reason(checker, content[:-40]) in (BROKEN, UNKNOWN)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is an SVG drawing; "),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?><!-- x --><SVG onload="x()"/>', "it is an SVG drawing; "),
        (b"<!DOCTYPE html><title>Not here</title>", "it is a web page; "),
        (b"\n <html><body>GIF89a", "it is a web page; "),
        (b"%PDF-1.7\n", "it is a PDF document; "),
        (b"\xff\xd8\xff", UNKNOWN),
        (b"\x89PNG\r\n\x1a\n", UNKNOWN),
        (b"BM" + b"\0" * 60, UNKNOWN),
        (b"not a picture", UNKNOWN),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", UNKNOWN),
    ],
    ids=["nothing", "svg", "xml", "html", "page", "pdf", "jpeg", "png", "bmp", "text", "eps"],
)
def test_what_is_no_picture_is_told(checker: Checker, content: bytes, told: str) -> None:
    assert reason(checker, content).startswith(told)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PPM", "ICO", "TGA"])
def test_a_picture_of_another_kind_is_refused(checker: Checker, kind: str, tmp_path: object) -> None:
    path = f"{tmp_path}/picture"
    Image.new("RGB", (32, 32)).save(path, kind)
    with open(path, "rb") as file:  # noqa: PTH123
        assert reason(checker, file.read()) == UNKNOWN


@pytest.mark.parametrize("size", [(101, 100), (20_000, 20_000), (2**31 - 1, 2**31 - 1)], ids=str)
def test_a_picture_with_too_many_pixels_is_not_decoded(checker: Checker, size: tuple[int, int]) -> None:
    content = huge_png(*size)
    assert len(content) < 300
    assert reason(checker, content) in ("it has more than 10,000 pixels (the setting picture_max_pixels)", BROKEN)


def test_a_picture_may_have_so_many_pixels_and_no_more(checker: Checker) -> None:
    with checker.checked(picture(size=(100, 100))) as found:
        assert found.image.size == (100, 100)
    told = "it has more than 10,000 pixels (the setting picture_max_pixels)"
    assert reason(checker, picture(size=(101, 100))) == told


def test_a_picture_may_have_so_many_bytes_and_no_more() -> None:
    content = picture()
    with Checker(len(content), 10_000).checked(content) as found:
        assert found.content == content
    told = f"it is larger than {len(content) - 1} bytes (the setting picture_max_size)"
    assert reason(Checker(len(content) - 1, 10_000), content) == told


def test_the_frames_of_an_animation_may_have_ten_times_as_many_pixels() -> None:
    frames = [Image.new("RGB", (30, 30), (9 * number, 0, 0)) for number in range(11)]
    eleven = saved(frames[0], "gif", save_all=True, append_images=frames[1:])
    assert opened(eleven).n_frames == 11  # type: ignore[attr-defined]
    with Checker(100_000, 990).checked(eleven) as found:
        assert found.image.size == (30, 30)
    told = "its 11 frames have too many pixels (the setting picture_max_pixels)"
    assert reason(Checker(100_000, 989), eleven) == told


def test_a_jpeg_with_several_pictures_is_taken_for_its_first_one(checker: Checker, tmp_path: object) -> None:
    path = f"{tmp_path}/picture"
    Image.new("RGB", (32, 24)).save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (99, 99))])
    with open(path, "rb") as file, checker.checked(file.read()) as found:  # noqa: PTH123
        assert (found.extension, found.image.size) == ("jpg", (32, 24))


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
def test_how_the_camera_was_held_is_told(checker: Checker, kind: str) -> None:
    with checker.checked(picture(kind, exif=exif(orientation=6))) as found:
        assert (found.orientation, found.image.size) == (6, (40, 30))


def test_broken_exif_does_not_matter_and_is_not_warned_of(checker: Checker) -> None:
    content = picture("jpg", exif=BROKEN_EXIF)
    with checker.checked(content) as found:
        assert found.orientation == 1


def test_an_orientation_that_there_is_not_is_none(checker: Checker) -> None:
    with checker.checked(picture("jpg", exif=exif(orientation=9))) as found:
        assert found.orientation == 1


def test_only_pillow_is_quiet() -> None:
    with quiet(), pytest.warns(UserWarning, match="of ours"):
        warnings.warn("of ours", stacklevel=1)


def test_pictures_that_are_worked_on_together_have_no_more_pixels_than_one_may_have() -> None:
    checker, let_go, in_memory = Checker(100_000, 10_000), threading.Event(), threading.Semaphore(0)
    content = picture(size=(60, 100))

    def hold() -> None:
        with checker.checked(content):
            in_memory.release()
            let_go.wait(5)

    with ThreadPoolExecutor(2) as threads:
        holding = [threads.submit(hold) for _ in range(2)]
        assert in_memory.acquire(timeout=5)
        assert not in_memory.acquire(timeout=0.1)
        let_go.set()
        assert in_memory.acquire(timeout=5)
        assert [each.result(5) for each in holding] == [None, None]
