"""`webstore order` and `webstore stock`, as a shop owner uses them."""

import json
from typing import Any

import pytest

from tests.cli.processes import run
from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Product
from webstore_kit.inventory.queries import available
from webstore_kit.orders import services
from webstore_kit.orders.schemas import CartUpdate, Checkout


def place_order(store: Store, *products: int, quantity: int = 2) -> None:
    token = add_customer(store)
    with store.transaction():
        for product in products:
            services.set_quantity(store, CartUpdate(token=token, product_id=product, quantity=quantity))
        services.finalize_order(store, Checkout(token=token, **DELIVERY, phone="0123"))


def webstore(store: Store, *arguments: str, code: int = 0) -> str:
    variables = {"WEBSTORE_DATABASE_URL": store.settings.database_url, "WEBSTORE_SECRET_KEY": "x" * 40}
    done = run(*arguments, cwd=store.settings.directory, **variables)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def as_json(store: Store, *arguments: str) -> Any:
    return json.loads(webstore(store, *arguments, "--json"))


@pytest.fixture
def shop(store: Store) -> Store:
    """Two products and two orders: 1001 of both, 1002 of the first."""
    mug, cup = add_product(store, "Mug [bold]", "10.50", 9), add_product(store, "Cup", "0.99", 4)
    place_order(store, mug, cup)
    place_order(store, mug, quantity=3)
    return store


def test_the_orders_are_listed_by_number_newest_first(shop: Store) -> None:
    listed = as_json(shop, "order", "list")
    assert [(row["number"], row["pieces"], row["total"]) for row in listed] == [
        ("1002", 3, "31.50"),
        ("1001", 4, "22.98"),
    ]
    assert (listed[0]["email"], listed[0]["city"]) == ("ann@example.com", "Paris")
    assert [row["number"] for row in as_json(shop, "order", "list", "--limit", "1")] == ["1002"]
    table = webstore(shop, "order", "list")
    assert "1001" in table
    assert "Ann Lee" in table


def test_an_order_is_shown_by_its_number(shop: Store) -> None:
    shown = as_json(shop, "order", "show", "1001")
    lines = [(line["title"], line["price"], line["quantity"]) for line in shown["lines"]]
    assert lines == [("Mug [bold]", "10.50", 2), ("Cup", "0.99", 2)]
    assert (shown["id"], shown["total"], shown["phone"]) == (1, "22.98", "0123")
    text = webstore(shop, "order", "show", "1001")
    assert "Order 1001, placed" in text
    assert "Ann Lee, ann@example.com, 0123\n1 rue X, 01001, Paris, France\n" in text
    assert "Mug [bold]" in text
    assert "22.98" in text


@pytest.mark.parametrize("number", ["7", "[bold]7[/]"])
def test_an_unknown_number_is_told_as_it_was_given(shop: Store, number: str) -> None:
    told = webstore(shop, "order", "show", number, code=1)
    assert f"There is no order {number}. `webstore order list` shows" in told


def test_the_number_has_the_prefix_and_start_of_the_settings(shop: Store) -> None:
    settings = shop.settings.model_copy(update={"order_number_prefix": "W-", "order_number_start": 5000})
    later = Store(Settings.model_validate(settings))
    place_order(later, 1, quantity=1)
    place_order(later, 1, quantity=1)
    later.close()
    place_order(shop, 1, quantity=1)
    numbers = [row["number"] for row in as_json(shop, "order", "list")]
    assert numbers == ["5002", "W-5001", "W-5000", "1002", "1001"]


def test_stock_is_listed_the_fewest_first(shop: Store) -> None:
    listed = [(row["title"], row["quantity"]) for row in as_json(shop, "stock", "list")]
    assert listed == [("Cup", 2), ("Mug [bold]", 4)]
    assert len(as_json(shop, "stock", "list", "--below", "4")) == 1
    assert "Mug [bold]" in webstore(shop, "stock", "list")


def test_the_history_of_a_product_adds_up_to_its_stock(shop: Store) -> None:
    assert webstore(shop, "stock", "set", "id:1", "10").endswith("Mug [bold]: 10, was 4.\n")
    entries = as_json(shop, "stock", "history", "id:1")
    told = [(entry["change"], entry["reason"], entry["order_number"], entry["quantity"]) for entry in entries]
    assert told == [(9, "count", None, 9), (-2, "sale", "1001", 7), (-3, "sale", "1002", 4), (6, "count", None, 10)]
    with shop.snapshot():
        assert available(1) == 10
    assert "-3" in webstore(shop, "stock", "history", "id:1")


def test_a_product_is_named_by_its_sku(shop: Store) -> None:
    with shop.transaction():
        Product.update(sku="id:x").where(Product.id == 1).execute()
        Product.update(sku="00042").where(Product.id == 2).execute()
    assert webstore(shop, "stock", "set", "00042", "0") == "Cup: 0, was 2.\n"
    assert webstore(shop, "stock", "set", "id:x", "4") == "Mug [bold]: 4, was 4.\n"


@pytest.mark.parametrize("name", ["42", "id:3", "id:" + "9" * 30, "id:²", ""])
def test_an_unknown_product_is_told(shop: Store, name: str) -> None:
    assert f"There is no product {name}. " in webstore(shop, "stock", "set", name, "5", code=1)


@pytest.mark.parametrize("quantity", ["-1", "2147483648", "1.5", "many"])
def test_a_quantity_that_cannot_be_is_wrong_usage(shop: Store, quantity: str) -> None:
    webstore(shop, "stock", "set", "--", "id:1", quantity, code=2)
    with shop.snapshot():
        assert available(1) == 4
