"""Fixtures of pytest: a store with the extensions under test, and a client of it, fresh for each test.

A test module takes them in with `pytest_plugins = ["webstore_kit.testing.fixtures"]`, and says what it tests by a
fixture `extensions` of its own. It may have others of them of its own, too.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from starlette.applications import Starlette

from webstore_kit.app import create_app
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.extensions.extension import Extension
from webstore_kit.testing.client import StoreClient
from webstore_kit.testing.stores import fresh_settings


@pytest.fixture
def extensions() -> Sequence[Extension]:
    """The extensions of the store: none, unless the tests say which."""
    return ()


@pytest.fixture
def store_settings(tmp_path: Path, extensions: Sequence[Extension]) -> Settings:
    """The settings of the store: an empty SQLite database in the folder of the test, unless the tests say otherwise."""
    return fresh_settings(tmp_path, extensions=extensions)


@pytest.fixture
def store_app(store_settings: Settings, extensions: Sequence[Extension]) -> Iterator[Starlette]:
    """The app of the store, not started."""
    app = create_app(store_settings, extensions=extensions)
    yield app
    app.state.store.close()


@pytest.fixture
def store(store_app: Starlette) -> Store:
    """The store itself, for factories, queries and services."""
    store: Store = store_app.state.store
    return store


@pytest.fixture
def client(store_app: Starlette, caplog: pytest.LogCaptureFixture) -> Iterator[StoreClient]:
    """A client of the app; its store is the fixture `store`.

    What an endpoint raises is answered 500; the traceback is in the log that pytest shows of a test that failed.
    """
    caplog.set_level(logging.DEBUG, "webstore_kit")
    with StoreClient(store_app) as client:
        yield client
