"""Providers: each decides in a real purchase, and a wrong answer undoes it and is named in the log."""

import stat
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.extensions.shops import Sell, providing
from tests.factories import DELIVERY, PASSWORD, add_customer, add_product, add_user
from webstore_kit import (
    Basket,
    Conflict,
    ExtensionError,
    MailFolder,
    OrderPlaced,
    Settings,
    StockChanged,
    Store,
    Subscriber,
    Tax,
)
from webstore_kit.extensions.extension import Extension
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders import services
from webstore_kit.orders.schemas import CartUpdate, Checkout

INFINITE, NO_NUMBER = Decimal("Infinity"), Decimal("NaN")
NO_AMOUNTS: dict[str, tuple[Any, str]] = {
    "negative": (Decimal(-1), "-1, no amount"),
    "three decimals": (Decimal("1.005"), "1.005, no amount"),
    "infinite": (INFINITE, "Infinity, no amount"),
    "no number": (NO_NUMBER, "NaN, no amount"),
    "no decimal": (1.5, "a float, no Decimal"),
    "nothing": (None, "a NoneType, no Decimal"),
    "huge": (Decimal("1E+4000"), "1E+4000, no amount"),
    "above the largest": (Decimal("10000000000000.00"), "10000000000000.00, no amount"),
}


class Prices:
    """Every price as the function says."""

    def __init__(self, price: Callable[[Any], Any]) -> None:
        self.price = price

    def prices(self, store: Store, basket: Basket) -> Sequence[Decimal]:
        return [self.price(line) for line in basket.lines]


class Fixed:
    """Answers the same whatever is asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def prices(self, store: Store, basket: Basket) -> Any:
        return self.answer

    def cost(self, store: Store, basket: Basket) -> Any:
        return self.answer

    def tax(self, store: Store, basket: Basket, shipping: Decimal) -> Any:
        return self.answer

    def number(self, store: Store, count: Any) -> Any:
        return self.answer

    def kept_back(self, store: Store, product_id: int) -> Any:
        return self.answer


def half_from_ten(line: Any) -> Decimal:
    return line.price / 2 if line.quantity >= 10 else line.price  # type: ignore[no-any-return]


def test_a_price_rule_decides_in_the_cart_and_in_the_order(sell: Sell) -> None:
    placed: list[OrderPlaced] = []
    told = Extension(name="told", after_commit=[Subscriber(OrderPlaced, lambda _, event: placed.append(event))])
    shop = sell(providing(price_rule=Prices(half_from_ten)), told)
    mug, cup = add_product(shop.store, "Mug", "5.00", 50), add_product(shop.store, "Cup", "7.30", 50)
    shop.put(mug, 10)
    shop.put(cup, 2)
    assert [line["price"] for line in shop.cart().json()] == ["2.50", "7.30"]
    assert shop.totals().json()["subtotal"] == "39.60"
    assert [line["price"] for line in shop.my_orders().json()[0]["products"]] == ["2.50", "7.30"]
    assert shop.check_out().status_code == 200
    (order,) = shop.my_orders().json()
    assert [line["price"] for line in order["products"]] == ["2.50", "7.30"]
    shop.store.events.settle()
    assert (placed[0].subtotal, placed[0].total) == (Decimal("39.60"), Decimal("39.60"))
    assert [line.price for line in placed[0].lines] == [Decimal("2.50"), Decimal("7.30")]
    assert shop.column("SELECT price FROM order_lines ORDER BY id") == [250, 730]


def test_a_price_stays_as_it_was_at_the_checkout(sell: Sell) -> None:
    rule = Prices(lambda line: Decimal("1.00"))
    shop = sell(providing(price_rule=rule))
    shop.put(add_product(shop.store))
    shop.check_out()
    rule.price = lambda line: Decimal("9.00")
    assert shop.my_orders().json()[0]["products"][0]["price"] == "1.00"


def test_shipping_and_tax_are_added_to_the_total(sell: Sell) -> None:
    class Shipping:
        def cost(self, store: Store, basket: Basket) -> Decimal:
            return Decimal("4.90") if basket.destination.country == "France" else Decimal(12)

    class Vat:
        def tax(self, store: Store, basket: Basket, shipping: Decimal) -> Tax:
            return Tax(((basket.subtotal + shipping) * Decimal("0.2")).quantize(Decimal("0.01")))

    shop = sell(providing(shipping=Shipping(), tax=Vat()))
    shop.put(add_product(shop.store, price="10.05"), 2)
    assert shop.totals().json() == {
        "subtotal": "20.10",
        "shipping": "12.00",
        "tax": "6.42",
        "tax_is_included": False,
        "total": "38.52",
    }
    assert shop.totals("?country=France").json()["total"] == "30.00"
    shop.check_out()
    assert shop.column("SELECT shipping FROM orders") == [490]
    assert shop.column("SELECT tax FROM orders") == [500]
    assert shop.totals().json()["total"] == "0.00"


def test_a_tax_that_is_included_adds_nothing(sell: Sell) -> None:
    shop = sell(providing(tax=Fixed(Tax(Decimal("1.60"), is_included=True))))
    shop.put(add_product(shop.store, price="10.00"))
    totals = shop.totals().json()
    assert (totals["tax"], totals["tax_is_included"], totals["total"]) == ("1.60", True, "10.00")
    shop.check_out()
    assert [bool(each) for each in shop.column("SELECT tax_is_included FROM orders")] == [True]


@pytest.mark.parametrize("case", NO_AMOUNTS)
@pytest.mark.parametrize("provider", ["price_rule", "shipping", "tax"])
def test_what_is_no_amount_undoes_the_checkout_and_is_logged(
    sell: Sell, provider: str, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    amount, said = NO_AMOUNTS[case]
    answers: dict[str, Any] = {"price_rule": [amount], "shipping": amount, "tax": Tax(amount)}
    shop = sell(providing(**{provider: Fixed(answers[provider])}))
    product = add_product(shop.store, quantity=5)
    shop.put(product, 2)
    answer = shop.check_out()
    assert (answer.status_code, answer.json()) == (500, {"detail": "A server error occurred."})
    assert f"The provider {provider} (tests.extensions.test_providers.Fixed) answered {said}" in caplog.text
    assert shop.column("SELECT quantity FROM stock") == [5]
    assert [bool(each) for each in shop.column("SELECT is_ordered FROM orders")] == [False]
    assert shop.column("SELECT COUNT(*) FROM addresses") == [0]


def test_too_few_prices_are_named_in_the_log(sell: Sell, caplog: pytest.LogCaptureFixture) -> None:
    shop = sell(providing(price_rule=Fixed([])))
    shop.put(add_product(shop.store))
    assert shop.cart().status_code == 500
    assert (
        "The provider price_rule (tests.extensions.test_providers.Fixed) answered 0 prices for 1 lines" in caplog.text
    )


def test_a_tax_that_is_none_is_named_in_the_log(sell: Sell, caplog: pytest.LogCaptureFixture) -> None:
    shop = sell(providing(tax=Fixed(Decimal(1))))
    shop.put(add_product(shop.store))
    assert shop.totals().status_code == 500
    assert "The provider tax (tests.extensions.test_providers.Fixed) answered a Decimal, no Tax" in caplog.text


def test_a_provider_may_refuse_in_words_for_the_customer(sell: Sell) -> None:
    class Shipping:
        def cost(self, store: Store, basket: Basket) -> Decimal:
            if basket.destination.country == "France":
                raise Conflict("We do not send to France.")
            return Decimal(0)

    shop = sell(providing(shipping=Shipping()))
    shop.put(add_product(shop.store, quantity=5))
    answer = shop.check_out()
    assert (answer.status_code, answer.json()) == (400, {"error": "We do not send to France."})
    assert shop.column("SELECT quantity FROM stock") == [5]
    assert shop.check_out(country="Italy").status_code == 200


def test_a_provider_that_asks_to_exit_ends_no_server(sell: Sell, caplog: pytest.LogCaptureFixture) -> None:
    class Shipping:
        def cost(self, store: Store, basket: Basket) -> Decimal:
            raise SystemExit(3)

    shop = sell(providing(shipping=Shipping()))
    product = add_product(shop.store, quantity=5)
    shop.put(product)
    for asked in (shop.totals(), shop.check_out()):
        assert (asked.status_code, asked.json()) == (500, {"detail": "A server error occurred."})
    assert "PUT finalize_order failed: SystemExit at test_providers.py:" in caplog.text
    assert shop.column("SELECT quantity FROM stock") == [5]


def test_a_cart_that_comes_to_more_than_there_is_of_money_is_refused(sell: Sell) -> None:
    shop = sell(providing(stock_policy=Fixed(None)))
    shop.put(add_product(shop.store, price="9999999999999.99"), 2_000_000)
    sentence = "The cart comes to too much to be bought at once."
    answer = shop.check_out()
    assert (answer.status_code, answer.json()) == (400, {"error": sentence})
    assert (shop.totals().status_code, shop.totals().json()) == (400, {"detail": sentence})


class ByYear:
    """Begins at 1 each year."""

    def number(self, store: Store, count: Callable[[str, int], int]) -> str:
        year = store.now().year
        return f"{year}-{count(f'orders-{year}', 1):04}"


def test_numbers_by_year_have_no_gap_and_none_twice(sell: Sell, settings: Settings) -> None:
    times = [datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)]
    shop = sell(providing(order_numbering=ByYear(), clock=lambda: times[-1]))
    product = add_product(shop.store, quantity=100)

    def buy(place: int) -> None:
        token = add_customer(shop.store)
        put = CartUpdate(token=token, product_id=product, quantity=1)
        shop.store.write(lambda: services.set_quantity(shop.store, put))

        def finish() -> None:
            services.finalize_order(shop.store, Checkout(token=token, **DELIVERY))
            if place % 4 == 3:
                raise Conflict("No.")

        shop.store.write(finish)

    with ThreadPoolExecutor(8) as threads:
        faults = [each.exception() for each in [threads.submit(buy, place) for place in range(24)]]
    assert sum(fault is not None for fault in faults) == 6
    assert sorted(shop.column("SELECT number FROM orders WHERE is_ordered")) == [f"2026-{n:04}" for n in range(1, 19)]
    times.append(times[-1] + timedelta(seconds=1))
    buy(0)
    assert shop.column("SELECT number FROM orders WHERE is_ordered ORDER BY id DESC LIMIT 1") == ["2027-0001"]


NO_NUMBERS: dict[str, tuple[Any, str]] = {
    "too long": ("1" * 41, "no text of 1 to 40 characters"),
    "empty": ("", "no text of 1 to 40 characters"),
    "blank": (" ", "no text of 1 to 40 characters"),
    "two lines": ("1\n2", "no text of 1 to 40 characters"),
    "half a character": ("\ud800", "no text of 1 to 40 characters"),
    "a number": (7, "no text of 1 to 40 characters"),
    "nothing": (None, "no text of 1 to 40 characters"),
    "taken": ("A-1", "which another order has"),
}


@pytest.mark.parametrize("case", NO_NUMBERS)
def test_a_number_that_is_none_or_taken_sells_nothing(sell: Sell, case: str, caplog: pytest.LogCaptureFixture) -> None:
    number, said = NO_NUMBERS[case]
    numbering = Fixed("A-1")
    shop = sell(providing(order_numbering=numbering))
    product = add_product(shop.store, quantity=5)
    shop.put(product, 2)
    assert shop.check_out().status_code == 200
    numbering.answer = number
    shop.put(product, 1)
    assert shop.check_out().status_code == 500
    assert "The provider order_numbering (tests.extensions.test_providers.Fixed) answered " in caplog.text
    assert said in caplog.text
    assert shop.column("SELECT quantity FROM stock") == [3]
    assert shop.column("SELECT number FROM orders WHERE is_ordered") == ["A-1"]


def test_what_is_kept_back_is_never_sold(sell: Sell) -> None:
    shop = sell(providing(stock_policy=Fixed(3)))
    product = add_product(shop.store, "Mug", quantity=10)
    answer = shop.put(product, 8)
    sentence = 'Only 7 of "Mug" are available.'
    assert answer.json() == {"status": False, "error": sentence, "errors": {"quantity": [sentence]}}

    tokens = [add_customer(shop.store) for _ in range(16)]
    with shop.store.transaction():
        for token in tokens:
            services.set_quantity(shop.store, CartUpdate(token=token, product_id=product, quantity=1))

    def buy(token: str) -> bool:
        try:
            shop.store.write(lambda: services.finalize_order(shop.store, Checkout(token=token, **DELIVERY)))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(buy, tokens)) == 7
    assert shop.column("SELECT quantity FROM stock") == [3]
    assert shop.put(product).json()["error"] == '"Mug" is sold out.'


def test_a_checkout_names_what_may_still_be_sold(sell: Sell) -> None:
    shop = sell(providing(stock_policy=Fixed(3)))
    product = add_product(shop.store, "Mug", quantity=10)
    shop.put(product, 7)
    with shop.store.transaction():
        set_stock(shop.store, product, 5)
    assert shop.check_out().json() == {"error": 'Only 2 of "Mug" are available.'}
    with shop.store.transaction():
        set_stock(shop.store, product, 2)
    assert shop.check_out().json() == {"error": '"Mug" is sold out.'}


def test_what_is_not_counted_is_sold_without_stock_and_ledger(sell: Sell) -> None:
    changes: list[StockChanged] = []
    told = Extension(name="told", after_commit=[Subscriber(StockChanged, lambda _, event: changes.append(event))])
    shop = sell(providing(stock_policy=Fixed(None)), told)
    product = add_product(shop.store, "Mug", quantity=0)
    assert shop.put(product, 1000).status_code == 200
    assert shop.check_out().status_code == 200
    shop.store.events.settle()
    assert shop.column("SELECT quantity FROM stock") == [0]
    assert shop.column("SELECT COUNT(*) FROM stock_ledger WHERE reason = 'sale'") == [0]
    assert changes == []
    answer = shop.put(product, 10**30)
    assert (answer.status_code, answer.json()["error"]) == (400, 'Only 2147483647 of "Mug" are available.')


@pytest.mark.parametrize("answer", [-1, 1.5, True, "2"], ids=repr)
def test_what_is_no_number_to_keep_back_is_named_in_the_log(
    sell: Sell, answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    shop = sell(providing(stock_policy=Fixed(answer)))
    assert shop.put(add_product(shop.store)).status_code == 500
    assert f"The provider stock_policy (tests.extensions.test_providers.Fixed) answered {answer!r}, " in caplog.text


def test_the_clock_of_the_shop_is_the_one_of_tokens(sell: Sell) -> None:
    times = [datetime(2031, 5, 1, tzinfo=UTC)]
    shop = sell(providing(clock=lambda: times[-1]))
    add_user(shop.store)
    pair = shop.client.post("/api/jwt/auth/", json={"username": "ann", "password": PASSWORD}).json()
    header = {"Authorization": f"Bearer {pair['access']}"}
    assert shop.client.get("/api/customer/getuser/", headers=header).status_code == 200
    times.append(times[-1] + timedelta(days=1, seconds=1))
    assert shop.client.get("/api/customer/getuser/", headers=header).status_code == 401
    assert shop.client.post("/api/jwt/refresh/", json={"refresh": pair["refresh"]}).status_code == 200
    times.append(times[-1] + timedelta(days=10))
    assert shop.client.post("/api/jwt/refresh/", json={"refresh": pair["refresh"]}).status_code == 401


def test_mails_that_nobody_sends_are_their_owners_alone(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "Änne <anne@example.com>", "Your order"
    mail.set_content("It is on its way.")
    MailFolder(tmp_path / "shop" / "mails").send(mail)
    (written,) = (tmp_path / "shop" / "mails").iterdir()
    assert written.suffix == ".eml"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(written.parent.stat().st_mode) == 0o700
    assert b"Subject: Your order\r\n" in written.read_bytes()


def test_a_wrong_provider_is_an_extension_error_below_http(sell: Sell) -> None:
    shop = sell(providing(shipping=Fixed("4.90")))
    shop.put(add_product(shop.store))
    checkout = Checkout(token=shop.token, **DELIVERY)
    with pytest.raises(ExtensionError, match=r"The provider shipping \(.*Fixed\) answered a str, no Decimal\."):
        shop.store.write(lambda: services.finalize_order(shop.store, checkout))
