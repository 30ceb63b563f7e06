"""The client of a store under test, the factories that fill it, and the fakes that decide for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from webstore_kit import Conflict, Extension, OrderPlaced, Tax, create_app
from webstore_kit.core.providers import Basket, Destination, Line, Provided
from webstore_kit.testing import (
    CountingNumbers,
    FakeMailer,
    FixedClock,
    FixedPrices,
    FlatShipping,
    FlatTax,
    Heard,
    KeepBack,
    StoreClient,
    Unlimited,
    add_customer,
    add_product,
    add_user,
    fresh_client,
    fresh_settings,
    place_order,
)

BASKET = Basket(1, (Line(7, "Mug", 2, Decimal("10.50")), Line(8, "Pan", 1, Decimal(9))), Destination())


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def client(tmp_path: Path, heard: Heard) -> Iterator[StoreClient]:
    extension = Extension(name="ears", after_commit=[heard.of(OrderPlaced)])
    with fresh_client(tmp_path, extensions=[extension]) as client:
        yield client


def test_a_purchase_takes_three_lines_and_its_events_have_been_told(client: StoreClient, heard: Heard) -> None:
    product, token = add_product(client.store, price="2.50"), client.customer()
    client.put_in_cart(token, product, 2)
    order = client.check_out(token, city="Rome")
    (event,) = heard.events
    assert isinstance(event, OrderPlaced)
    assert (event.order_id, event.total, event.destination.city) == (order["id"], Decimal("5.00"), "Rome")


def test_what_has_to_succeed_says_why_it_did_not(client: StoreClient) -> None:
    with pytest.raises(AssertionError, match=r'finalize/ was answered 400: {"error":"The cart is empty\."}'):
        client.check_out(client.customer())


def test_who_is_logged_in_is_so_until_the_log_out(client: StoreClient) -> None:
    add_user(client.store, "bob")
    assert client.get("/api/customer/myorders/").status_code == 401
    client.log_in("bob")
    assert client.get("/api/customer/myorders/").json() == []
    client.log_out()
    assert client.get("/api/customer/myorders/").status_code == 401


def test_an_order_takes_one_line_and_is_told(client: StoreClient, heard: Heard) -> None:
    token = add_customer(client.store)
    mug, pan = add_product(client.store, price="2.00"), add_product(client.store, price="3.00")
    first, second = place_order(client.store), place_order(client.store, {mug: 2, pan: 1}, token=token, city="Rome")
    client.store.events.settle()
    assert [first["number"], second["number"]] == ["1001", "1002"]
    assert [(event.number, event.total) for event in heard.events if isinstance(event, OrderPlaced)] == [
        ("1001", Decimal("10.00")),
        ("1002", Decimal("7.00")),
    ]


def test_a_store_that_is_mounted_is_asked_under_its_prefix(tmp_path: Path) -> None:
    shop = create_app(fresh_settings(tmp_path))
    with StoreClient(Starlette(routes=[Mount("/shop", shop)]), store=shop.state.store, prefix="/shop") as client:
        token = client.customer()
        client.put_in_cart(token, add_product(client.store))
        assert client.check_out(token)["is_ordered"] is True
        client.store.close()


def test_a_clock_that_stands_still_rules_times_and_logins(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2020, 2, 29, 12, tzinfo=UTC))
    with fresh_client(tmp_path, extensions=[Extension(name="late", providers={"clock": clock})]) as client:
        add_user(client.store)
        client.log_in()
        assert client.get("/api/customer/getuser/").json()["time_created"] == "2020-02-29T12:00:00Z"
        assert clock.advance(hours=23, minutes=59) == datetime(2020, 3, 1, 11, 59, tzinfo=UTC)
        assert client.get("/api/customer/getuser/").status_code == 200
        clock.advance(minutes=1)
        assert client.get("/api/customer/getuser/").status_code == 401


@pytest.mark.parametrize(
    ("providers", "totals"),
    [
        ({"price_rule": FixedPrices({1: "7.00"})}, ("21.00", "0.00", "0.00", "21.00")),
        ({"shipping": FlatShipping("4.90")}, ("30.00", "4.90", "0.00", "34.90")),
        ({"shipping": FlatShipping("4.90", free_from=30)}, ("30.00", "0.00", "0.00", "30.00")),
        ({"tax": FlatTax("20")}, ("30.00", "0.00", "6.00", "36.00")),
        ({"tax": FlatTax(20, is_included=True)}, ("30.00", "0.00", "5.00", "30.00")),
    ],
    ids=["prices", "shipping", "free", "tax", "included"],
)
def test_fakes_decide_what_a_cart_comes_to(tmp_path: Path, providers: Any, totals: tuple[str, ...]) -> None:
    with fresh_client(tmp_path, extensions=[Extension(name="fakes", providers=providers)]) as client:
        product, token = add_product(client.store), client.customer()
        client.put_in_cart(token, product, 3)
        answer = client.get(f"/api/order/cart/totals/{token}/").json()
        assert tuple(answer[name] for name in ("subtotal", "shipping", "tax", "total")) == totals


def test_prices_that_are_not_fixed_are_those_of_the_catalogue(client: StoreClient) -> None:
    assert FixedPrices({7: 1}).prices(client.store, BASKET) == [Decimal(1), Decimal(9)]
    assert FlatTax(7, is_included=True).tax(client.store, BASKET, Decimal(2)) == Tax(Decimal("2.09"), True)


def test_fakes_decide_how_orders_are_numbered_and_what_is_sold(tmp_path: Path) -> None:
    providers: Provided = {"order_numbering": CountingNumbers("X-", 5), "stock_policy": KeepBack(2)}
    with fresh_client(tmp_path, extensions=[Extension(name="fakes", providers=providers)]) as client:
        product = add_product(client.store, quantity=3)
        assert place_order(client.store, {product: 1})["number"] == "X-5"
        with pytest.raises(Conflict, match='"Kettle" is sold out'):
            place_order(client.store, {product: 1})


def test_of_what_is_unlimited_more_is_sold_than_there_is(tmp_path: Path) -> None:
    with fresh_client(
        tmp_path, extensions=[Extension(name="fakes", providers={"stock_policy": Unlimited()})]
    ) as client:
        assert place_order(client.store, {add_product(client.store, quantity=0): 9})["is_ordered"] is True


def test_a_mailer_keeps_the_mails_or_fails() -> None:
    mailer, mail = FakeMailer(), EmailMessage()
    mailer.send(mail)
    mailer.fault = OSError("no network")
    with pytest.raises(OSError, match="no network"):
        mailer.send(mail)
    assert mailer.sent == [mail]


def test_what_is_heard_before_the_commit_can_be_refused(tmp_path: Path) -> None:
    heard = Heard(fault=Conflict("Not today."))
    with fresh_client(tmp_path, extensions=[Extension(name="ears", before_commit=[heard.of(OrderPlaced)])]) as client:
        token = client.customer()
        client.put_in_cart(token, add_product(client.store))
        with pytest.raises(AssertionError, match=r"Not today\."):
            client.check_out(token)
        heard.fault = None
        assert client.check_out(token)["is_ordered"] is True
    assert [type(event) for event in heard.events] == [OrderPlaced, OrderPlaced]
