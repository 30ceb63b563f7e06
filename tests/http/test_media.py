"""Media files from outside: what is served, and what never is."""

import pytest
from starlette.testclient import TestClient

from webstore_kit import Settings


def test_the_picture_for_products_without_one_exists(client: TestClient) -> None:
    answer = client.get("/media/images/no_photo.jpg")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_pictures_of_the_shop_are_served_and_come_before_ours(client: TestClient, settings: Settings) -> None:
    images = settings.media_dir / "images"
    images.mkdir(parents=True)
    (images / "no_photo.jpg").write_bytes(b"ours")
    (images / "ü b.png").write_bytes(b"png")
    assert client.get("/media/images/no_photo.jpg").content == b"ours"
    answer = client.get("/media/images/%C3%BC%20b.png")
    assert (answer.content, answer.headers["X-Content-Type-Options"]) == (b"png", "nosniff")
    again = client.get(
        "/media/images/no_photo.jpg",
        headers={"If-None-Match": client.get("/media/images/no_photo.jpg").headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("ending", "media_type"), [("webp", "image/webp"), ("avif", "image/avif"), ("png", "image/png")]
)
def test_pictures_have_their_type_on_machines_that_do_not_know_it(
    client: TestClient, settings: Settings, ending: str, media_type: str
) -> None:
    settings.media_dir.mkdir(exist_ok=True)
    (settings.media_dir / f"a.{ending}").write_bytes(b"picture")
    assert client.get(f"/media/a.{ending}").headers["Content-Type"] == media_type


@pytest.mark.parametrize(
    "path",
    [
        "..%2fsecret.key",
        "%2e%2e/secret.key",
        "images/..%2f..%2fsecret.key",
        "..%5csecret.key",
        "%2fetc/passwd",
        "link.key",
        "images",
        "%00",
        "a" * 3000,
        "%ff",
    ],
)
def test_nothing_outside_the_folder_is_served(client: TestClient, settings: Settings, path: str) -> None:
    settings.media_dir.joinpath("images").mkdir(parents=True)
    (settings.directory / "secret.key").write_text("the secret")
    (settings.media_dir / "link.key").symlink_to(settings.directory / "secret.key")
    answer = client.get(f"/media/{path}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_media_are_only_read(client: TestClient) -> None:
    answer = client.post("/media/images/no_photo.jpg")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
