"""Who buys gets points, exactly once, and sees them."""

from pathlib import Path

import pytest

import loyalty
from loyalty.points import of_customers, top
from webstore_kit import Conflict, Extension, OrderPlaced, SettingsError, Store, Subscriber
from webstore_kit.testing import StoreClient, add_product, add_user, fresh_settings, fresh_store, place_order

pytest_plugins = ["webstore_kit.testing.fixtures"]


@pytest.fixture
def extensions() -> list[Extension]:
    return [loyalty.extension]


def test_points_are_those_of_whole_units_of_money(store: Store) -> None:
    order = place_order(store, {add_product(store, price="9.99"): 2})
    with store.snapshot():
        assert of_customers(store, [order["customer"], 99]) == {order["customer"]: 19, 99: 0}


def test_who_is_logged_in_sees_the_points(client: StoreClient) -> None:
    product, user = add_product(client.store, price="12.50", quantity=9), add_user(client.store)
    assert client.get("/api/loyalty/points/").status_code == 401
    client.log_in()
    assert client.get("/api/loyalty/points/").json() == {"points": 0, "orders": []}
    me = client.get("/api/customer/getuser/").json()
    assert (me["user"], me["points"]) == (user, 0)
    for quantity in (1, 2):
        client.put_in_cart(me["token"], product, quantity)
        client.check_out(me["token"], city=f"City {quantity}")
    orders = [{"number": "1001", "points": 12}, {"number": "1002", "points": 25}]
    assert client.get("/api/loyalty/points/").json() == {"points": 37, "orders": orders}
    assert client.get("/api/customer/getuser/").json()["points"] == 37


def test_a_checkout_that_is_sent_again_gives_no_points_again(client: StoreClient) -> None:
    token = client.customer()
    client.put_in_cart(token, add_product(client.store, price="5.00"))
    order = client.check_out(token)
    assert client.check_out(token) == order
    with client.store.snapshot():
        assert top(9) == [("ann@example.com", 5)]


def refuse(store: Store, order: OrderPlaced) -> None:
    raise Conflict("Not today.")


class TestAnOrderThatIsRefusedLater:
    @pytest.fixture
    def extensions(self) -> list[Extension]:
        return [loyalty.extension, Extension(name="late", before_commit=[Subscriber(OrderPlaced, refuse)])]

    def test_leaves_no_points(self, store: Store) -> None:
        with pytest.raises(Conflict, match="Not today"):
            place_order(store)
        with store.snapshot():
            assert top(9) == []


def test_the_best_customers_come_first(store: Store) -> None:
    product = add_product(store, price="1.00", quantity=99)
    for quantity in (1, 3, 2):
        place_order(store, {product: quantity}, email=f"{quantity}@example.com")
    with store.snapshot():
        assert top(2) == [("3@example.com", 3), ("2@example.com", 2)]


def test_the_rate_is_a_setting(tmp_path: Path) -> None:
    settings = {"loyalty": {"points_per_unit": "0.5"}}
    with fresh_store(tmp_path, extensions=[loyalty.extension], extension=settings) as store:
        place_order(store, {add_product(store, price="5.00"): 1})
        with store.snapshot():
            assert top(9) == [("ann@example.com", 2)]
    with pytest.raises(SettingsError, match=r"points_per_unit in \[extension\.loyalty\] of webstore\.toml is wrong"):
        fresh_settings(
            tmp_path / "wrong", extensions=[loyalty.extension], extension={"loyalty": {"points_per_unit": -1}}
        )
