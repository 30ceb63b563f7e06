"""Which pictures are copied, and which are not."""

import os
from pathlib import Path

import pytest

from tests.adoption.legacy import SqliteLegacy, add
from tests.adoption.reading import dump
from webstore_kit import Store
from webstore_kit.adoption.report import MissingPicture
from webstore_kit.adoption.services import adopt
from webstore_kit.adoption.steps import STEPS
from webstore_kit.core.errors import CommandError

NOT_THERE = "there is no such file"
LEADS_OUT = "its path leads out of the media folder"


def picture(media: Path, name: str, content: bytes = b"\x89PNG") -> Path:
    path = media / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_pictures_that_products_name_are_copied(store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path) -> None:
    media = tmp_path / "files"
    os.utime(picture(media, "images/a b.png", b"one"), (1, 1_000_000_000))
    picture(media, "images/deep/größe.png", b"two")
    picture(media, "images/nobodys.png")
    for photo in ("images/a b.png", "images/a b.png", "images/deep/größe.png", "", None):
        add(sqlite_legacy, "products", photo=photo)
    pictures = adopt(store, sqlite_legacy.source, media).pictures
    target = store.settings.media_dir
    assert files(target) == ["images/a b.png", "images/deep/größe.png"]
    assert (target / "images/a b.png").read_bytes() == b"one"
    assert (target / "images/a b.png").stat().st_mtime == 1_000_000_000
    assert (pictures.folder, pictures.copied, pictures.unchanged) == (media, 2, 0)
    assert (pictures.missing, pictures.note) == ((), "")


def test_without_a_named_folder_the_one_beside_the_file_is_used(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    media = sqlite_legacy.path.parent / "media"
    picture(media, "images/a.png")
    add(sqlite_legacy, "products", photo="images/a.png")
    pictures = adopt(store, sqlite_legacy.source).pictures
    assert (pictures.folder, pictures.copied) == (media, 1)
    assert files(store.settings.media_dir) == ["images/a.png"]


def test_without_any_folder_the_report_says_how_to_copy(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    add(sqlite_legacy, "products", photo="images/a.png")
    pictures = adopt(store, sqlite_legacy.source).pictures
    assert (pictures.folder, pictures.copied, pictures.missing) == (None, 0, ())
    assert pictures.note == (
        f"No pictures were copied. Copy what is in the Django store's MEDIA_ROOT to {store.settings.media_dir}."
    )


def test_a_named_folder_that_is_not_there_is_refused(store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path) -> None:
    add(sqlite_legacy, "products")
    with pytest.raises(CommandError) as refusal:
        adopt(store, sqlite_legacy.source, tmp_path / "nothing")
    assert str(refusal.value) == (
        f"There is no folder {tmp_path / 'nothing'}. Nothing was adopted. Name the Django store's MEDIA_ROOT."
    )
    assert dump(store)["products"] == []


def test_a_picture_that_is_there_with_the_same_bytes_is_left_alone(
    store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path
) -> None:
    media = tmp_path / "files"
    for name in ("same.png", "other.png"):
        picture(media, name, b"new")
        add(sqlite_legacy, "products", photo=name)
    os.utime(picture(store.settings.media_dir, "same.png", b"new"), (1, 1))
    for folder, content in ((media, b"new"), (store.settings.media_dir, b"old")):
        os.utime(picture(folder, "other.png", content), (2, 2))
    pictures = adopt(store, sqlite_legacy.source, media).pictures
    assert (pictures.copied, pictures.unchanged) == (1, 1)
    assert (store.settings.media_dir / "same.png").stat().st_mtime == 1
    assert (store.settings.media_dir / "other.png").read_bytes() == b"new"


def test_pictures_that_cannot_be_had_are_listed(store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path) -> None:
    media = tmp_path / "files"
    secret = picture(tmp_path, "secret.txt")
    picture(media, "folder/a.png")
    (media / "link.png").symlink_to(secret)
    (media / "circle.png").symlink_to(media / "circle.png")
    (media / "up").symlink_to(tmp_path)
    photos = (
        "gone.png",
        "gone.png",
        str(secret),
        "../secret.txt",
        "up/secret.txt",
        "link.png",
        "circle.png",
        "folder",
        "x" * 300,
    )
    for number, photo in enumerate(photos, 1):
        add(sqlite_legacy, "products", id=number, photo=photo)
    pictures = adopt(store, sqlite_legacy.source, media).pictures
    assert [(gone.product_id, gone.why) for gone in pictures.missing] == [
        (1, NOT_THERE), (2, NOT_THERE), (3, LEADS_OUT), (4, LEADS_OUT), (5, LEADS_OUT), (6, LEADS_OUT),
        (7, NOT_THERE), (8, NOT_THERE), (9, "it cannot be read: File name too long"),
    ]  # fmt: skip
    assert pictures.missing[0] == MissingPicture(1, "gone.png", NOT_THERE)
    assert pictures.copied == 0
    assert len(dump(store)["products"]) == 9


def test_a_link_inside_the_media_folder_is_followed(store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path) -> None:
    media = tmp_path / "files"
    picture(media, "real/a.png", b"one")
    (media / "images").symlink_to(media / "real")
    add(sqlite_legacy, "products", photo="images/a.png")
    assert adopt(store, sqlite_legacy.source, media).pictures.copied == 1
    assert (store.settings.media_dir / "images" / "a.png").read_bytes() == b"one"


def test_nothing_is_written_through_a_link_out_of_the_store(
    store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path
) -> None:
    media, outside = tmp_path / "files", tmp_path / "outside"
    picture(media, "images/a.png")
    outside.mkdir()
    store.settings.media_dir.mkdir()
    (store.settings.media_dir / "images").symlink_to(outside)
    add(sqlite_legacy, "products", id=1, photo="images/a.png")
    pictures = adopt(store, sqlite_legacy.source, media).pictures
    assert pictures.missing == (MissingPicture(1, "images/a.png", LEADS_OUT),)
    assert files(outside) == []


def test_where_a_picture_cannot_be_written_nothing_is_adopted(
    store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path
) -> None:
    media = tmp_path / "files"
    picture(media, "images/a.png")
    picture(store.settings.media_dir, "images", b"a file where the folder has to be")
    add(sqlite_legacy, "products", photo="images/a.png")
    with pytest.raises(CommandError, match=r"^The picture .*images/a.png cannot be written: .* Nothing was adopted\.$"):
        adopt(store, sqlite_legacy.source, media)
    assert dump(store) == {step.table: [] for step in STEPS}


def test_a_second_run_copies_nothing(store: Store, sqlite_legacy: SqliteLegacy, tmp_path: Path) -> None:
    media = tmp_path / "files"
    add(sqlite_legacy, "products", photo="a.png")
    adopt(store, sqlite_legacy.source, picture(media, "b.png").parent)
    picture(media, "a.png")
    assert adopt(store, sqlite_legacy.source, media).pictures.copied == 0
    assert files(store.settings.media_dir) == []
