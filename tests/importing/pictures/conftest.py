"""The HTTP server that tests fetch pictures from, and a fetcher that may ask it and loses no time."""

from collections.abc import Iterator

import pytest

from tests.importing.pictures.asking import HERE, LARGEST
from tests.importing.pictures.server import Pictures, serving
from webstore_kit.importing.pictures.fetching import Fetcher


@pytest.fixture
def server() -> Iterator[Pictures]:
    with serving() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    """The pauses between tries, which take no time here."""
    return []


@pytest.fixture
def fetcher(pauses: list[float]) -> Iterator[Fetcher]:
    with Fetcher(LARGEST, HERE, pause=pauses.append) as fetcher:
        yield fetcher
