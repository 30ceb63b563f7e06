"""The project's own endpoint and the store's live beside each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from main import create
from webstore_kit.testing import StoreClient, add_product, fresh_settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[StoreClient]:
    app = create(fresh_settings(tmp_path))
    with StoreClient(app, store=app.state.store, prefix="/shop") as client:
        yield client


def test_the_novelties_are_those_of_the_store(client: StoreClient) -> None:
    for title in ("Mug", "Kettle", "Pan", "Lid"):
        add_product(client.store, title, "4.50")
    answer = client.get("/novelties").json()
    assert [each["title"] for each in answer] == ["Lid", "Pan", "Kettle"]
    assert answer[0] == {"id": 4, "title": "Lid", "price": "4.50"}


def test_one_can_buy_in_the_store(client: StoreClient) -> None:
    token = client.customer()
    client.put_in_cart(token, add_product(client.store))
    assert client.check_out(token)["is_ordered"] is True


def test_links_of_the_store_have_its_prefix(client: StoreClient) -> None:
    add_product(client.store)
    photo = client.get("/shop/api/product/get/1/").json()["photo"]
    assert photo.startswith("http://testserver/shop/media/")
    assert client.get(photo).status_code == 200
