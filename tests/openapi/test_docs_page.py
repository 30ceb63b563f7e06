"""The page at /api/docs/, in a real browser: it works, alone and under a prefix, and asks nobody else for anything."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from tests.browsers import browser  # noqa: F401 - a fixture
from tests.databases import migrated, settings_for
from tests.factories import PASSWORD, add_user
from webstore_kit import Store, create_app


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of a server of the app, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    sock = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(params=["", "/shop"], ids=["alone", "mounted"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store with a user."""
    app = create_app(migrated(settings_for(tmp_path)))
    store: Store = app.state.store
    add_user(store, email="ann@example.com")
    with served(Starlette(routes=[Mount(request.param, app)]) if request.param else app) as address:
        yield address + request.param
    store.close()


@pytest.fixture
def page(browser: Browser, shop: str) -> Iterator[Page]:  # noqa: F811
    """The page, opened; in the end nothing was complained of, and nobody else was asked."""
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(error.message))
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(shop) else None)
    page.goto(f"{shop}/api/docs")
    yield page
    page.close()
    assert [text for text in complaints if not text.startswith("data:")] == []


def test_whoever_logs_in_on_the_page_can_try_out_what_is_theirs(page: Page) -> None:
    expect(page.locator(".opblock")).to_have_count(17)
    open_operation(page, "logIn").locator("textarea").fill(json.dumps({"username": "ann", "password": PASSWORD}))
    access = json.loads(answer_of(page, "logIn"))["access"]
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(access)
    page.get_by_role("button", name="Apply credentials").click()
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Close").click()
    open_operation(page, "getCustomer")
    customer = json.loads(answer_of(page, "getCustomer"))
    assert (customer["user"], customer["email"]) == (1, "ann@example.com")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def open_operation(page: Page, operation: str) -> Locator:
    """The operation, ready to be tried out."""
    shown = page.locator(f"#operations-customers-{operation}")
    shown.locator(".opblock-summary").click()
    shown.get_by_role("button", name="Try it out").click()
    return shown


def answer_of(page: Page, operation: str) -> str:
    """What the page shows as the answer, once the request is sent."""
    shown = page.locator(f"#operations-customers-{operation}")
    shown.get_by_role("button", name="Execute").click()
    answer = shown.locator(".live-responses-table .response-col_description .microlight").first
    expect(answer).to_be_visible()
    return answer.inner_text()


def test_the_files_of_the_page_are_kept_for_good_and_others_are_unknown(tmp_path: Path) -> None:
    client = TestClient(create_app(settings_for(tmp_path)), follow_redirects=False)
    page = client.get("/api/docs/")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert "inline" not in page.headers["Content-Security-Policy"]
    (script,) = [part for part in page.text.split('"') if part.endswith("swagger_bundle.js")]
    answer = client.get(f"/api/docs/{script}")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript"
    known = client.get(f"/api/docs/{script}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    unknown = client.get(f"/api/docs/{script.replace('bundle', 'bungle')}")
    assert (unknown.status_code, unknown.json()) == (404, {"detail": "Not found."})
    assert (client.get("/api/docs").headers["Location"], client.post("/api/docs/").status_code) == ("docs/", 405)
