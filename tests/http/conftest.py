"""What tests of the cache share: a store with something in it, its statements, and the same store without a cache."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.databases import listen
from tests.factories import add_brand, add_category, add_product
from webstore_kit import Settings, Store, create_app
from webstore_kit.catalog import search


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with a brand, a category, and a page and a bit of products in them."""
    brand, category = add_brand(store, "Acme"), add_category(store, "Tea")
    for number in range(11):
        price = f"{number + 1}.00"
        add_product(store, f"P{number}", price, brand=brand, categories=[category], description="Fine. " * 200)
    with store.transaction():
        search.catch_up()  # or the first search has it done, beside what the tests look at
    return store


@pytest.fixture
def statements(client: TestClient) -> list[str]:
    """What the app's store says to the database, from here on."""
    said: list[str] = []
    listen(client.app.state.store, lambda event: said.append(event.sql))  # type: ignore[attr-defined]
    return said


@pytest.fixture
def uncached(settings: Settings) -> Iterator[TestClient]:
    """The same store without a cache."""
    without = Settings.load(
        directory=settings.directory,
        database_url=settings.database_url,
        secret_key=settings.secret_key.get_secret_value(),
        cache_size=0,
    )
    with TestClient(create_app(without), follow_redirects=False) as client:
        yield client
