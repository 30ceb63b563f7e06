"""What tests of the demo shop share: a browser, a server, and visitors whose browsers complain of nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browsers import browser  # noqa: F401 - a fixture
from tests.cli.processes import ask, once_up, run, serving

PATIENCE = 20_000
"""Milliseconds; a machine may have much else to do."""
ODD = """sku,title,price,quantity
ODD-1,<script>document.title='broken'</script><b>Bold</b>,5.00,3
ODD-2,Vanished Vase,5.00,0
"""

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the store."""
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address of a demo shop, in which two odd products are sold as well."""
    with serving("--demo", cwd=folder) as (address, _process):
        once_up(lambda: ask(f"{address}/api/product/brands/all/"))
        (folder / "odd.csv").write_text(ODD, encoding="utf-8")
        assert run("import", "odd.csv", cwd=folder).returncode == 0
        yield address


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browsers complained of; in the end it must be nothing, so a test takes out what it has caused itself."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def visit(browser: Browser, address: str, complaints: list[str]) -> Iterator[Visit]:  # noqa: F811 - the fixture
    """Opens the shop for a new visitor, whose browser is made with the given options."""
    contexts = []

    def opened(path: str = "", **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        listen(page, address, complaints)
        page.goto(f"{address}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


def listen(page: Page, address: str, complaints: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            complaints.append(f"{request.url} is somebody else's")

    def on_failure(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the visitor has gone on before it was there
            complaints.append(f"{request.url}: {request.failure}")

    page.on("console", on_console)
    page.on("request", on_request)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", on_failure)
