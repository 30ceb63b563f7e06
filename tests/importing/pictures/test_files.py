"""Reading pictures from the one folder."""

import os
import unicodedata
from pathlib import Path

import pytest

from webstore_kit.importing.pictures.errors import Unobtainable
from webstore_kit.importing.pictures.files import read_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "mugs").mkdir(parents=True)
    (folder / "mugs" / "blue.jpg").write_bytes(b"blue")
    (folder / "red.jpg").write_bytes(b"red")
    (folder / "50% off.jpg").write_bytes(b"half")
    (tmp_path / "secret.key").write_bytes(b"secret")
    return folder


def reason(folder: Path | None, name: str, max_size: int = 10) -> str:
    with pytest.raises(Unobtainable) as caught:
        read_file(folder, name, max_size)
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("red.jpg", b"red"),
        ("./red.jpg", b"red"),
        ("mugs/blue.jpg", b"blue"),
        ("mugs\\blue.jpg", b"blue"),
        ("mugs%2Fblue.jpg", b"blue"),
        ("50% off.jpg", b"half"),
        ("50%25%20off.jpg", b"half"),
        ("2024/05/red.jpg", b"red"),
        ("2024\\05\\red.jpg", b"red"),
    ],
)
def test_a_file_is_found_by_its_path_or_by_its_bare_name(folder: Path, name: str, content: bytes) -> None:
    assert read_file(folder, name, 10) == content


def test_a_bare_name_is_not_looked_for_in_the_folders_below(folder: Path) -> None:
    assert reason(folder, "blue.jpg") == "there is no such file in the folder of the pictures"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_however_its_accents_are_composed(folder: Path, form: str) -> None:
    (folder / unicodedata.normalize("NFD" if form == "NFC" else "NFC", "café.jpg")).write_bytes(b"cup")
    assert read_file(folder, unicodedata.normalize(form, "café.jpg"), 10) == b"cup"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "../secret.key",
        "..\\secret.key",
        "mugs/../../secret.key",
        "mugs/../red.jpg",
        "%2e%2e/secret.key",
        "%2e%2e%2fsecret.key",
        "/etc/passwd",
        "\\etc\\passwd",
        "C:\\secret.key",
        "C:secret.key",
        "\\\\server\\share\\secret.key",
        "%2Fetc%2Fpasswd",
        "link.key",
        "out/secret.key",
    ],
)
def test_nothing_outside_of_the_folder_is_read(folder: Path, name: str) -> None:
    (folder / "link.key").symlink_to("../secret.key")
    (folder / "out").symlink_to("..")
    assert reason(folder, name) == "its path leads out of the folder of the pictures"


def test_a_link_that_stays_in_the_folder_is_followed(folder: Path) -> None:
    (folder / "main.jpg").symlink_to("mugs/blue.jpg")
    assert read_file(folder, "main.jpg", 10) == b"blue"


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pictures").symlink_to(folder)
    assert read_file(tmp_path / "pictures", "red.jpg", 10) == b"red"


@pytest.mark.parametrize("name", ["pipe", "mugs", "null"])
def test_what_is_no_ordinary_file_is_not_opened(folder: Path, name: str) -> None:
    os.mkfifo(folder / "pipe")
    folder = Path("/dev") if name == "null" else folder
    assert reason(folder, name) == "it is no ordinary file"


def test_a_file_may_have_so_many_bytes_and_no_more(folder: Path) -> None:
    assert read_file(folder, "red.jpg", 3) == b"red"
    assert reason(folder, "red.jpg", 2) == "it is larger than 2 bytes (the setting picture_max_size)"


@pytest.mark.parametrize("name", ["", ".", "red\0.jpg", "%00"])
def test_what_names_no_file_is_told(folder: Path, name: str) -> None:
    assert reason(folder, name) == "it is no name of a file"


def test_a_name_that_no_file_can_have_is_told(folder: Path) -> None:
    assert reason(folder, "x" * 300) == "it cannot be read: File name too long"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_the_right_to_read_it_is_told(folder: Path) -> None:
    (folder / "red.jpg").chmod(0)
    assert reason(folder, "red.jpg") == "it cannot be read: Permission denied"


def test_without_a_folder_there_are_no_files() -> None:
    assert reason(None, "red.jpg") == "it is the name of a file, and there is no folder to look in"
