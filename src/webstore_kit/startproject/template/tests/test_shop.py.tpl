"""What the shop adds does what it says. Each test has a fresh store."""

import pytest
from webstore_kit import Extension
from webstore_kit.testing import FakeMailer, StoreClient, add_product

import shop

pytest_plugins = ["webstore_kit.testing.fixtures"]


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def extensions(mailer: FakeMailer) -> list[Extension]:
    return [shop.extension, Extension(name="fakes", providers={"mailer": mailer})]


def test_the_shop_says_when_it_is_open(client: StoreClient) -> None:
    assert client.get("/api/opening-hours/").json() == {
        "monday": "9-17",
        "saturday": "10-14",
    }


@pytest.mark.parametrize(("price", "shipping"), [("49.99", "4.90"), ("50.00", "0.00")])
def test_a_large_order_is_sent_for_nothing(
    client: StoreClient, price: str, shipping: str
) -> None:
    token = client.customer()
    client.put_in_cart(token, add_product(client.store, price=price))
    assert client.get(f"/api/order/cart/totals/{token}/").json()["shipping"] == shipping


def test_a_customer_is_thanked_once(client: StoreClient, mailer: FakeMailer) -> None:
    token = client.customer()
    client.put_in_cart(token, add_product(client.store, price="20.00"))
    client.check_out(token, email="ann@example.com", city="Paris")
    (mail,) = mailer.sent
    assert (mail["To"], mail["Subject"]) == ("ann@example.com", "Your order 1001")
    assert mail.get_content() == "Thank you! We send it to Paris. It comes to 24.90.\n"
