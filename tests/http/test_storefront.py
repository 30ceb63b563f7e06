"""The front end at `/` from outside: what is served of a folder, and what never is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.databases import settings_for
from webstore_kit import SettingsError, create_app
from webstore_kit.http.storefront import DEMO

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILES = {
    "index.html": "<h1>Shop</h1>",
    "assets/app.js": "go()",
    "assets/app.MJS": "go()",
    "about/index.html": "<h1>About</h1>",
    "api/index.html": "never",
    "media/a.txt": "never",
    ".env": "secret",
    ".git/config": "secret",
    ".well-known/security.txt": "Contact: us",
    "../secret.txt": "secret",
}


@pytest.fixture
def front(tmp_path: Path) -> Path:
    """A folder with a front end, in the store's folder."""
    for name, text in FILES.items():
        path = tmp_path / "front" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "front" / "link.txt").symlink_to(tmp_path / "secret.txt")
    return tmp_path / "front"


@pytest.fixture
def shop(front: Path, tmp_path: Path) -> TestClient:
    """A client of a store that serves it."""
    return TestClient(create_app(settings_for(tmp_path, storefront="front")), follow_redirects=False)


def test_the_folder_is_served_in_place_of_the_landing_page(shop: TestClient) -> None:
    answer = shop.get("/")
    assert (answer.text, answer.headers["Content-Type"]) == ("<h1>Shop</h1>", "text/html; charset=utf-8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert 'href="http://testserver/api/product/all/"' in shop.get("/api/").text


def test_a_store_without_a_front_end_has_its_own_page_there(client: TestClient) -> None:
    assert 'href="http://testserver/api/product/all/"' in client.get("/").text
    for path in ("/api/", "/shop.js"):
        assert client.get(path, headers=BROWSER).json() == {"detail": "Not found."}


@pytest.mark.parametrize("path", ["/assets/app.js", "/assets/app.MJS"])
def test_scripts_have_their_type_on_every_machine(shop: TestClient, path: str) -> None:
    answer = shop.get(path)
    assert (answer.text, answer.headers["Content-Type"]) == ("go()", "text/javascript; charset=utf-8")


@pytest.mark.parametrize(("header", "sent"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_a_browser_asks_each_time_and_gets_only_what_is_new(shop: TestClient, header: str, sent: str) -> None:
    first = shop.get("/")
    assert first.headers["Cache-Control"] == "no-cache"
    again = shop.get("/", headers={sent: first.headers[header]})
    assert (again.status_code, again.content, again.headers["Cache-Control"]) == (304, b"", "no-cache")


def test_head_answers_as_get_does(shop: TestClient) -> None:
    head = shop.head("/assets/app.js")
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "4")


@pytest.mark.parametrize("path", ["/product/5", "/a/b/c/", "/assets", "/%ff", "/%2fetc/passwd"])
def test_pages_without_a_file_are_the_front_ends_own(shop: TestClient, path: str) -> None:
    answer = shop.get(path, headers=BROWSER)
    assert (answer.status_code, answer.text) == (200, "<h1>Shop</h1>")
    assert shop.get(path, headers={"Accept": "application/json"}).json() == {"detail": "Not found."}


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/favicon.ico", "/api", "/api/nothing/", "/media/a.txt", "/media/x"]
)
def test_what_is_no_page_is_not_found(shop: TestClient, path: str) -> None:
    answer = shop.get(path, headers=BROWSER)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_page_for_what_is_not_found_is_shown_where_there_is_one(shop: TestClient, front: Path) -> None:
    (front / "404.html").write_text("<h1>Lost</h1>")
    answer = shop.get("/nothing", headers=BROWSER)
    assert (answer.status_code, answer.text) == (404, "<h1>Lost</h1>")
    assert shop.get("/api/nothing/", headers=BROWSER).json() == {"detail": "Not found."}


def test_a_folder_with_an_index_is_a_page(shop: TestClient) -> None:
    assert shop.get("/about/").text == "<h1>About</h1>"
    answer = shop.get("/about")
    assert (answer.status_code, answer.headers["Location"]) == (307, "about/")


@pytest.mark.parametrize(
    "path",
    [
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/link.txt",
        "/.env",
        "/.git/config",
        "/assets/..%2f.env",
        "/%00.txt",
        "/" + "a" * 3000 + ".txt",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_nothing_outside_the_folder_and_nothing_hidden_is_served(shop: TestClient, path: str, accept: str) -> None:
    answer = shop.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_the_folder_of_the_web_itself_is_not_hidden(shop: TestClient) -> None:
    assert shop.get("/.well-known/security.txt").text == "Contact: us"


@pytest.mark.parametrize(
    ("path", "allowed"), [("/", "GET, HEAD, OPTIONS"), ("/api/product/all/", "GET, HEAD, OPTIONS")]
)
def test_what_is_only_read_says_so(shop: TestClient, path: str, allowed: str) -> None:
    answer = shop.post(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_the_demo_works_under_a_prefix_and_has_no_pages_but_one(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path, storefront=DEMO))
    client = TestClient(Starlette(routes=[Mount("/shop", app)]))
    page = client.get("/shop")
    assert (str(page.url), page.status_code) == ("http://testserver/shop/", 200)
    assert 'src="shop.js"' in page.text
    assert client.get("/shop/shop.js").headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert 'href="http://testserver/shop/api/product/all/"' in client.get("/shop/api/").text
    assert client.get("/shop/product/5", headers=BROWSER).status_code == 404


def test_the_demo_lets_nothing_run_but_its_own_script() -> None:
    page = (DEMO / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'; script-src 'self';" in page
    assert "innerHTML" not in (DEMO / "shop.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("spoil", [lambda front: (front / "index.html").unlink(), lambda front: front.rename("gone")])
def test_a_folder_that_is_no_front_end_is_told(
    front: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    spoil(front)
    with pytest.raises(SettingsError, match=r"^storefront is wrong: there is no file index\.html in .*front\.$"):
        create_app(settings_for(tmp_path, storefront="front"))
