"""The browser that tests of pages drive: the Chromium, or Chrome, that the machine has."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "There is no Chromium or Chrome on the PATH."


@pytest.fixture(scope="module")  # while it is there, nothing else in this thread can run an event loop
def browser() -> Iterator[Browser]:
    """A browser without a window; where there is none the test is skipped, but fails where the variable CI is set."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])  # containers run as root
        yield browser
        browser.close()
