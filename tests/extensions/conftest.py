"""What tests of extensions share: shops that have some."""

from collections.abc import Iterator

import pytest

from tests.extensions.shops import Sell, Shop
from webstore_kit import Extension, Settings


@pytest.fixture
def sell(settings: Settings) -> Iterator[Sell]:
    """Makes a shop with these extensions."""
    made: list[Shop] = []

    def shop(*extensions: Extension) -> Shop:
        made.append(Shop(settings, *extensions))
        return made[-1]

    yield shop
    for each in made:
        each.close()
