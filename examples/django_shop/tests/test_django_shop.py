"""Pages of Django and the store live beside each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from website.asgi import create
from webstore_kit.testing import StoreClient, add_product, fresh_settings


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreClient]:
    monkeypatch.setenv("DJANGO_ALLOWED_HOSTS", "testserver")
    app = create(fresh_settings(tmp_path))
    with StoreClient(app, store=app.state.store, prefix="/shop") as client:
        yield client


def test_a_page_shows_the_products_of_the_store(client: StoreClient) -> None:
    add_product(client.store, "Pots & pans", "25.00")
    add_product(client.store, "Mug", "4.50")
    page = client.get("/")
    assert page.status_code == 200
    assert page.text == "<h1>Our products</h1><ul><li>Mug: 4.50</li><li>Pots &amp; pans: 25.00</li></ul>"


def test_one_can_buy_in_the_store(client: StoreClient) -> None:
    token = client.customer()
    client.put_in_cart(token, add_product(client.store))
    assert client.check_out(token)["is_ordered"] is True


def test_each_says_in_its_own_way_what_is_not_there(client: StoreClient) -> None:
    ours, theirs = client.get("/shop/api/nothing/"), client.get("/nothing/")
    assert (ours.status_code, ours.json()) == (404, {"detail": "Not found."})
    assert (theirs.status_code, theirs.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
