"""Stores that two worker processes serve, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.freshness.running import Shop, new_database, served
from webstore_kit import Settings


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty store on the database that the test is for."""
    return _new_database(request, tmp_path)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A store for many tests: each adds products of its own."""
    with served(_new_database(request, tmp_path_factory.mktemp("shop"))) as shop:
        yield shop


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def empty_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A store with nothing in it."""
    with served(_new_database(request, tmp_path_factory.mktemp("shop"))) as shop:
        yield shop


def _new_database(request: pytest.FixtureRequest, directory: Path) -> Settings:
    return new_database(directory, request.getfixturevalue("server_url") if request.param == "postgresql" else None)
