"""What becomes of orders, open carts and their lines, good ones and odd ones."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from tests.adoption.legacy import Legacy, SqliteLegacy, add
from tests.adoption.reading import cases, rows
from webstore_kit import Store
from webstore_kit.adoption.services import adopt
from webstore_kit.customers.models import Address, Customer
from webstore_kit.orders.models import Order, OrderLine

MOMENT = datetime(2021, 8, 4, 12, 30, 45, 123456, UTC)
LINE = (OrderLine.id, OrderLine.order, OrderLine.product, OrderLine.product_number, OrderLine.quantity, OrderLine.price)


def price(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def shop(legacy: Legacy) -> Legacy:
    """A Django store with a customer, an address and three products."""
    return stocked(legacy)


def stocked(legacy: Legacy) -> Legacy:
    add(legacy, "customers", id=1)
    add(legacy, "customers_addresses", id=1, customer_id=1)
    for product_id, title in ((1, "Kettle"), (2, "Red TV"), (3, "Fridge")):
        add(legacy, "products", id=product_id, title=title)
    return legacy


def test_orders_and_carts_keep_ids_times_prices_and_addresses(store: Store, shop: Legacy) -> None:
    add(
        shop, "orders", id=5, customer_id=1, customer_shipping_address_id=1,
        time_checkout="2021-08-05 00:00:00", time_delivery="2021-08-06 01:02:03.5",
    )  # fmt: skip
    add(shop, "orders", id=6, customer_id=1, is_ordered=False)
    add(shop, "orders_products", id=8, order_id=5, product_id=2, quantity=3, price=19.99)
    add(shop, "orders_products", id=9, order_id=6, product_id=1, quantity=1, price=10)
    report = adopt(store, shop.source)
    assert rows(store, Order) == [
        {
            "id": 5, "customer": 1, "shipping_address": 1, "is_ordered": True, "time_created": MOMENT,
            "time_checkout": datetime(2021, 8, 5, tzinfo=UTC),
            "time_delivery": datetime(2021, 8, 6, 1, 2, 3, 500000, UTC), "checkout_digest": None,
            "number": "5", "is_adopted": True,
            "shipping": price("0.00"), "tax": price("0.00"), "tax_is_included": False, "metadata": {},
        },
        {
            "id": 6, "customer": 1, "shipping_address": None, "is_ordered": False, "time_created": MOMENT,
            "time_checkout": None, "time_delivery": None, "checkout_digest": None,
            "number": None, "is_adopted": False,
            "shipping": price("0.00"), "tax": price("0.00"), "tax_is_included": False, "metadata": {},
        },
    ]  # fmt: skip
    assert rows(store, OrderLine) == [
        {
            "id": 8, "order": 5, "product": 2, "product_number": 2, "quantity": 3, "title": "Red TV",
            "price": price("19.99"),
        },
        {
            "id": 9, "order": 6, "product": 1, "product_number": 1, "quantity": 1, "title": "Kettle",
            "price": price("10.00"),
        },
    ]  # fmt: skip
    assert report.cases == ()


def test_the_newest_open_cart_takes_the_lines_of_the_older_ones(store: Store, shop: Legacy) -> None:
    for cart_id in (1, 2, 3):
        add(shop, "orders", id=cart_id, customer_id=1, is_ordered=False)
    add(shop, "orders_products", id=1, order_id=1, product_id=1, quantity=1)
    add(shop, "orders_products", id=2, order_id=1, product_id=2, quantity=2)
    add(shop, "orders_products", id=3, order_id=2, product_id=2, quantity=7)
    add(shop, "orders_products", id=4, order_id=3, product_id=1, quantity=4)
    add(shop, "orders_products", id=5, order_id=3, product_id=3, quantity=5)
    report = adopt(store, shop.source)
    assert rows(store, Order, Order.id, Order.is_ordered) == [(3, False)]
    assert rows(store, OrderLine, *LINE) == [
        (3, 3, 2, 2, 7, price("9.99")),
        (4, 3, 1, 1, 4, price("9.99")),
        (5, 3, 3, 3, 5, price("9.99")),
    ]
    assert sorted(cases(report)) == [
        ("orders", 1, "an older open cart of customer 1: merged into cart 3"),
        ("orders", 2, "an older open cart of customer 1: merged into cart 3"),
        ("orders_products", 1, "1 x 'Kettle' at 9.99 in cart 1, not taken: the newer line 4 has the same product"),
        ("orders_products", 2, "2 x 'Red TV' at 9.99 in cart 1, not taken: the newer line 3 has the same product"),
    ]


def test_carts_of_two_customers_and_finished_orders_are_not_merged(store: Store, shop: Legacy) -> None:
    add(shop, "customers", id=2)
    add(shop, "orders", id=1, customer_id=1, is_ordered=False)
    add(shop, "orders", id=2, customer_id=2, is_ordered=False)
    add(shop, "orders", id=3, customer_id=1)
    assert adopt(store, shop.source).cases == ()
    assert rows(store, Order, Order.id) == [(1,), (2,), (3,)]


def test_of_a_product_twice_in_a_cart_the_newest_line_counts(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1, is_ordered=False)
    add(shop, "orders_products", id=1, order_id=1, product_id=1, quantity=5)
    add(shop, "orders_products", id=2, order_id=1, product_id=1, quantity=2, price=8)
    report = adopt(store, shop.source)
    assert rows(store, OrderLine, *LINE) == [(2, 1, 1, 1, 2, price("8.00"))]
    assert cases(report) == [
        ("orders_products", 1, "5 x 'Kettle' at 9.99 in cart 1, not taken: the newer line 2 has the same product")
    ]
    assert report.cases[0].effects == {"rows": -1, "quantity": -5, "money": price("-49.95")}


def test_lines_of_a_cart_of_which_nothing_is_wanted_are_not_taken(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1, is_ordered=False)
    add(shop, "orders_products", id=1, order_id=1, product_id=1, quantity=0)
    add(shop, "orders_products", id=2, order_id=1, product_id=2, quantity=-3)
    report = adopt(store, shop.source)
    assert rows(store, OrderLine) == []
    assert sorted(cases(report)) == [
        ("orders_products", 1, "0 x 'Kettle' at 9.99 in cart 1, not taken: nothing is wanted of it"),
        ("orders_products", 2, "0 x 'Red TV' at 9.99 in cart 1, not taken: nothing is wanted of it"),
        ("orders_products", 2, "quantity -3 is below 0: taken as 0"),
    ]


def test_a_product_twice_in_an_order_at_one_price_is_one_line_of_both(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1)
    for line_id, quantity in ((1, 2), (2, 3), (3, 4)):
        add(shop, "orders_products", id=line_id, order_id=1, product_id=1, quantity=quantity)
    report = adopt(store, shop.source)
    assert rows(store, OrderLine, *LINE) == [(1, 1, 1, 1, 9, price("9.99"))]
    assert cases(report) == [
        ("orders_products", 2, "product 1 is in order 1 twice: its quantity of 3 is added to line 1"),
        ("orders_products", 3, "product 1 is in order 1 twice: its quantity of 4 is added to line 1"),
    ]
    money = report.rows[-1].totals[1]
    assert (money.source, money.target) == (price("89.91"), price("89.91"))


def test_a_product_twice_in_an_order_at_two_prices_stays_two_lines(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1)
    add(shop, "orders_products", id=7, order_id=1, product_id=1, quantity=1, price=10)
    add(shop, "orders_products", id=8, order_id=1, product_id=1, quantity=3, price=12)
    report = adopt(store, shop.source)
    assert rows(store, OrderLine, *LINE, OrderLine.title) == [
        (7, 1, 1, 1, 1, price("10.00"), "Kettle"),
        (8, 1, None, -8, 3, price("12.00"), "Kettle"),
    ]
    what = "product 1 is in order 1 twice, at another price: kept apart, without the product"
    assert cases(report) == [("orders_products", 8, what)]


def test_quantities_that_do_not_fit_one_line_stay_two_lines(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1)
    add(shop, "orders_products", id=1, order_id=1, product_id=1, quantity=2**31 - 1, price=1)
    add(shop, "orders_products", id=2, order_id=1, product_id=1, quantity=1, price=1)
    adopt(store, shop.source)
    assert rows(store, OrderLine, OrderLine.product_number, OrderLine.quantity) == [(1, 2**31 - 1), (-2, 1)]


def test_a_negative_quantity_in_an_order_becomes_zero(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1)
    add(shop, "orders_products", id=1, order_id=1, product_id=1, quantity=-2, price=-5)
    report = adopt(store, shop.source)
    assert rows(store, OrderLine, *LINE) == [(1, 1, 1, 1, 0, price("0.00"))]
    assert cases(report) == [
        ("orders_products", 1, "quantity -2 is below 0: taken as 0"),
        ("orders_products", 1, "price -5 is below 0: taken as 0.00"),
    ]
    assert report.cases[0].effects == {"quantity": 2, "money": -10}


def test_the_largest_line_of_all_is_counted_to_the_cent(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1)
    for line_id in (1, 2):
        add(shop, "orders_products", id=line_id, order_id=1, product_id=line_id, quantity=2**31 - 1, price=1e200)
    adopt(store, shop.source)
    largest = (2**31 - 1, price("9999999999999.99"))
    assert rows(store, OrderLine, OrderLine.quantity, OrderLine.price) == [largest, largest]


def test_an_order_of_a_missing_customer_brings_the_customer_back(store: Store, legacy: Legacy) -> None:
    add(legacy, "customers", id=1)
    add(legacy, "orders", id=1, customer_id=40)
    add(legacy, "orders", id=2, customer_id=40, is_ordered=False)
    add(legacy, "customers_addresses", id=1, customer_id=40)
    report = adopt(store, legacy.source)
    assert rows(store, Order, Order.id, Order.customer) == [(1, 40), (2, 40)]
    assert rows(store, Address, Address.customer) == [(40,)]
    [_, (customer_id, token, user, name)] = rows(
        store, Customer, Customer.id, Customer.token, Customer.user, Customer.first_name
    )
    assert (customer_id, UUID(token).version, user, name) == (40, 4, None, None)
    what = "customer 40 is missing but an order needs it: made anew, empty, with a new token"
    assert cases(report) == [("customers", 40, what)]


def test_an_address_that_an_order_needs_brings_its_customer_back(store: Store, legacy: Legacy) -> None:
    add(legacy, "customers", id=1)
    add(legacy, "customers_addresses", id=1, customer_id=40)
    add(legacy, "customers_addresses", id=2, customer_id=41)
    add(legacy, "orders", id=1, customer_id=1, customer_shipping_address_id=1)
    report = adopt(store, legacy.source)
    assert rows(store, Customer, Customer.id) == [(1,), (40,)]
    assert rows(store, Address, Address.id, Address.customer) == [(1, 40)]
    assert rows(store, Order, Order.customer, Order.shipping_address) == [(1, 1)]
    assert [(table, row_id) for table, row_id, _ in cases(report)] == [("customers", 40), ("customers_addresses", 2)]


def test_an_order_without_any_customer_gets_one_that_never_was(store: Store, loose_legacy: SqliteLegacy) -> None:
    add(loose_legacy, "customers", id=70)
    loose_legacy.run("DELETE FROM customers")
    add(loose_legacy, "orders", id=1, customer_id=None)
    add(loose_legacy, "orders", id=2, customer_id="someone")
    add(loose_legacy, "orders", id=3, customer_id=90)
    report = adopt(store, loose_legacy.source)
    assert sorted(rows(store, Order, Order.id, Order.customer)) == [(1, 91), (2, 92), (3, 90)]
    assert [row_id for _, row_id, _ in cases(report)] == [90, 91, 92]


def test_an_order_to_a_missing_address_has_none(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1, customer_shipping_address_id=9)
    report = adopt(store, shop.source)
    assert rows(store, Order, Order.id, Order.shipping_address) == [(1, None)]
    assert cases(report) == [("orders", 1, "customer_shipping_address_id 9 is a missing address: taken without one")]


def test_a_line_of_a_missing_order_is_not_taken_and_said_in_full(store: Store, shop: Legacy) -> None:
    add(shop, "orders_products", id=1, order_id=9, product_id=2, quantity=3)
    report = adopt(store, shop.source)
    assert rows(store, OrderLine) == []
    assert cases(report) == [
        ("orders_products", 1, "3 x product 2 ('Red TV') at 9.99 in order 9, not taken: the order is missing")
    ]


def test_a_line_of_a_missing_product_keeps_its_number(store: Store, shop: Legacy) -> None:
    add(shop, "orders", id=1, customer_id=1)
    add(shop, "orders_products", id=1, order_id=1, product_id=70, quantity=2)
    report = adopt(store, shop.source)
    assert rows(store, OrderLine, *LINE, OrderLine.title) == [(1, 1, None, 70, 2, price("9.99"), "Product 70")]
    what = "product_id 70 is a missing product: taken without it as 'Product 70'"
    assert cases(report) == [("orders_products", 1, what)]


def test_a_line_of_no_product_at_all_is_known_by_minus_its_id(store: Store, loose_legacy: SqliteLegacy) -> None:
    stocked(loose_legacy)
    add(loose_legacy, "orders", id=1, customer_id=1)
    add(loose_legacy, "orders_products", id=5, order_id=1, product_id=None)
    adopt(store, loose_legacy.source)
    assert rows(store, OrderLine, *LINE) == [(5, 1, None, -5, 1, price("9.99"))]


def test_the_title_of_a_line_is_cut_as_that_of_its_product_is(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    add(sqlite_legacy, "customers", id=1)
    add(sqlite_legacy, "products", id=1, title="é" * 300)
    add(sqlite_legacy, "orders", id=1, customer_id=1)
    add(sqlite_legacy, "orders_products", id=1, order_id=1, product_id=1)
    report = adopt(store, sqlite_legacy.source)
    assert rows(store, OrderLine, OrderLine.title) == [("é" * 200,)]
    assert [(table, row_id) for table, row_id, _ in cases(report)] == [("products", 1)]


@pytest.mark.parametrize(("checkout", "is_ordered"), [("2021-08-05", True), (None, False)])
def test_where_an_order_does_not_say_if_it_is_finished_its_checkout_does(
    store: Store, loose_legacy: SqliteLegacy, checkout: str | None, is_ordered: bool
) -> None:
    stocked(loose_legacy)
    add(loose_legacy, "orders", id=1, customer_id=1, is_ordered=None, time_checkout=checkout)
    add(loose_legacy, "orders_products", id=1, order_id=1, product_id=1, quantity=0)
    report = adopt(store, loose_legacy.source)
    assert rows(store, Order, Order.is_ordered) == [(is_ordered,)]
    assert len(rows(store, OrderLine)) == int(is_ordered)
    kind = "a finished order" if is_ordered else "an open cart"
    assert cases(report)[0] == ("orders", 1, f"is_ordered null is unclear: taken as {kind}")
