"""What tests of fetching share: a size, a reason, and pages that send away, refuse, or change."""

import pytest

from tests.importing.pictures.server import Page, Pictures, Visit
from webstore_kit.importing.pictures.errors import Unobtainable
from webstore_kit.importing.pictures.fetching import Fetcher

HERE = ["127.0.0.1"]
LARGEST = 1000


def reason(fetcher: Fetcher, address: str) -> str:
    """Why the picture cannot be had."""
    with pytest.raises(Unobtainable) as caught:
        fetcher.fetch(address)
    return caught.value.reason


def named(server: Pictures, path: str, scheme: str = "http") -> str:
    return f"{scheme}://pictures.example:{server.port}{path}"


def redirect(location: str, status: int = 302) -> Page:
    return lambda visit: visit.answer(status, b"elsewhere", {"Location": location})


def in_turn(*pages: Page | bytes) -> Page:
    """The pages one after the other."""
    left = list(pages)

    def page(visit: Visit) -> None:
        present = left.pop(0)
        visit.answer(200, present) if isinstance(present, bytes) else present(visit)

    return page


def refused(status: int, **headers: str) -> Page:
    return lambda visit: visit.answer(status, headers={name.replace("_", "-"): text for name, text in headers.items()})
