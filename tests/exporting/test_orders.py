"""Orders as files: what is in them, in which order, of which days."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.factories import DELIVERY, add_customer, add_product
from webstore_kit import Settings, Store
from webstore_kit.catalog.models import Product
from webstore_kit.customers.models import Customer
from webstore_kit.exporting import orders
from webstore_kit.exporting.orders import ALWAYS, Days
from webstore_kit.orders import services
from webstore_kit.orders.models import Order
from webstore_kit.orders.schemas import CartUpdate, Checkout

Place = Callable[..., None]
MOMENT = datetime(2026, 1, 31, 12, 30, 45, 123456, UTC)


@pytest.fixture
def place(settings: Settings) -> Iterator[Place]:
    """Places an order of these products, two of each, at the moment."""
    times = [MOMENT]
    store = Store(settings, now=lambda: times[-1])

    def placed(*products: int, at: datetime = MOMENT, **details: str) -> None:
        times.append(at)
        token = add_customer(store)
        with store.transaction():
            for product in products:
                services.set_quantity(store, CartUpdate(token=token, product_id=product, quantity=2))
            services.finalize_order(store, Checkout(token=token, **{**DELIVERY, "phone": "0123", **details}))

    yield placed
    store.close()


def text(store: Store, name: str, days: Days = ALWAYS) -> str:
    with store.snapshot():
        return "".join(orders.FORMATS[name](orders.placed(days)))


def rows(store: Store, days: Days = ALWAYS) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(store, "csv", days), newline="")))


def numbers(store: Store, days: Days = ALWAYS) -> list[str]:
    return [order["number"] for order in json.loads(text(store, "json", days))]


def adopted(store: Store, number: str, time: datetime | None = None) -> None:
    """An order that another store finished, and kept without address and lines."""
    with store.transaction():
        customer = Customer.insert(token=f"adopted-{number}", time_created=MOMENT).execute()
        fields = {"is_ordered": True, "is_adopted": True, "number": number, "time_checkout": time}
        Order.insert(customer=customer, time_created=MOMENT, **fields).execute()


def test_the_table_has_a_row_for_each_line(store: Store, place: Place) -> None:
    mug, cup = add_product(store, "Mug, red", "10.50"), add_product(store, "Cup", "0.99")
    place(mug, cup)
    with store.transaction():
        skus = [Product.get_by_id(number).sku for number in (mug, cup)]
        Product.update(price=1, title="New").execute()
    where = "0123,1 rue X,01001,Paris,France"
    assert text(store, "csv") == (
        "number,time_checkout,first_name,last_name,email,phone,address,post_code,city,country,"
        "product_id,sku,title,quantity,price,line_total,shipping,tax,order_total\n"
        f"1001,2026-01-31T12:30:45.123456Z,Ann,Lee,ann@example.com,{where},{mug},{skus[0]},"
        '"Mug, red",2,10.50,21.00,0.00,0.00,22.98\n'
        f"1001,2026-01-31T12:30:45.123456Z,Ann,Lee,ann@example.com,{where},{cup},{skus[1]},Cup,2,0.99,1.98,0.00,0.00,22.98\n"
    )


def test_json_has_an_object_for_each_order_on_its_line(store: Store, place: Place) -> None:
    mug = add_product(store, "Mug", "10.50")
    place(mug)
    place(mug)
    with store.snapshot():
        sku = Product.get_by_id(mug).sku
    _, first, second, _ = text(store, "json").split("\n", 3)
    assert json.loads(first.removesuffix(",")) == {
        "number": "1001",
        "time_checkout": "2026-01-31T12:30:45.123456Z",
        **DELIVERY,
        "phone": "0123",
        "shipping": "0.00",
        "tax": "0.00",
        "tax_is_included": False,
        "lines": [
            {"product_id": mug, "sku": sku, "title": "Mug", "quantity": 2, "price": "10.50", "line_total": "21.00"}
        ],
        "order_total": "21.00",
    }
    assert json.loads(second)["number"] == "1002"


def test_open_carts_are_no_orders(store: Store) -> None:
    token, mug = add_customer(store), add_product(store)
    with store.transaction():
        services.set_quantity(store, CartUpdate(token=token, product_id=mug, quantity=1))
    assert rows(store) == []
    assert text(store, "json") == "[]\n"


def test_what_a_customer_types_is_no_formula(store: Store, place: Place) -> None:
    place(add_product(store, "+Mug"), first_name="=HYPERLINK(1)", last_name="'@Lee", city="-Paris", address="\n=1")
    (row,) = rows(store)
    typed = ("first_name", "last_name", "city", "address", "title")
    assert [row[name] for name in typed] == ["'=HYPERLINK(1)", "''@Lee", "'-Paris", "'=1", "'+Mug"]
    assert json.loads(text(store, "json"))[0]["first_name"] == "=HYPERLINK(1)"


def test_a_product_that_is_gone_is_told_by_its_number_and_title(store: Store, place: Place) -> None:
    mug = add_product(store, "Mug")
    place(mug)
    with store.transaction():
        Product.delete().execute()
    (row,) = rows(store)
    assert (row["product_id"], row["sku"], row["title"]) == (str(mug), "", "Mug")


def test_orders_come_by_time_and_those_without_one_first(store: Store, place: Place) -> None:
    mug = add_product(store, quantity=100)
    for hour in (2, 1, 1, 3):
        place(mug, at=MOMENT + timedelta(hours=hour))
    adopted(store, "7")
    adopted(store, "8", MOMENT)
    assert numbers(store) == ["7", "8", "1002", "1003", "1001", "1004"]


def test_orders_over_many_pages_come_once_each(store: Store, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "PLACES", 2)
    monkeypatch.setattr(orders, "BATCH", 3)
    for number in range(5):
        adopted(store, f"a{number}")
        adopted(store, f"b{number}", MOMENT)
        adopted(store, f"c{number}", MOMENT + timedelta(microseconds=5 - number))
    ordered = [*(f"a{n}" for n in range(5)), *(f"b{n}" for n in range(5)), *(f"c{n}" for n in reversed(range(5)))]
    assert numbers(store) == ordered


def test_an_adopted_order_without_lines_and_address_has_a_row(store: Store) -> None:
    adopted(store, "7")
    (row,) = rows(store)
    assert {name: cell for name, cell in row.items() if cell} == {
        "number": "7",
        "shipping": "0.00",
        "tax": "0.00",
        "order_total": "0.00",
    }
    (order,) = json.loads(text(store, "json"))
    assert (order["time_checkout"], order["address"], order["lines"]) == (None, None, [])


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (None, None, ["0", "1", "2", "3", "4"]),
        (date(2026, 1, 31), date(2026, 1, 31), ["2", "3"]),
        (date(2026, 1, 31), None, ["2", "3", "4"]),
        (None, date(2026, 1, 30), ["1"]),
        (None, date.max, ["1", "2", "3", "4"]),
        (date(2026, 2, 2), None, []),
    ],
    ids=["all", "day", "from", "to", "last-day-there-is", "none"],
)
def test_days_are_of_utc_and_the_last_one_is_in(
    store: Store, first: date | None, last: date | None, found: list[str]
) -> None:
    midnight = datetime(2026, 1, 31, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    times: list[Any] = [None, midnight - moment, midnight, midnight + timedelta(days=1) - moment]
    for number, time in enumerate([*times, midnight + timedelta(days=1)]):
        adopted(store, str(number), time)
    assert numbers(store, Days(first, last)) == found
