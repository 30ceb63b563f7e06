"""Carts and checkouts: `POST /api/order/cart/update/` and `PUT /api/order/finalize/`.

Each buyer has an open cart with one line. The cart update puts a second product into it, and finalize then buys the
two. There are 50 products with plenty of stock, so that it is no race for one row of the table `stock`.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from peewee import chunked

from benchmarks.comparison import Operation, Subject
from benchmarks.load import Request, Talk
from benchmarks.servers import NUMBERS
from tests.factories import DELIVERY
from webstore_kit import Store
from webstore_kit.catalog.models import Product
from webstore_kit.core.database import BaseModel
from webstore_kit.customers.models import Customer
from webstore_kit.inventory.models import LedgerEntry, Reason
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders.models import Order, OrderLine

# Each kind of id has a range of its own, so that a number in a recorded statement says what it is.
CUSTOMERS, CARTS, PRODUCTS, ADDRESSES = 1_000_000, 2_000_000, 3_000_000, 4_000_000
PRODUCT_COUNT, PLENTY = 50, 1_000_000


def cart_update(buyer: int) -> Request:
    """Puts the second product into the buyer's cart."""
    return _put(_token(buyer), _products(buyer)[1])


def finalize(buyer: int) -> Request:
    """Buys what is in the buyer's cart."""
    return _buy(_token(buyer))


def marks(buyer: int) -> tuple[Any, ...]:
    """What is this buyer's own among the parameters of the statements.

    Bare SQL has one connection, and finishes the carts in the order of the buyers. So the id of the address and the
    number of the order, which the database hands out, are known before.
    """
    number = f"{NUMBERS['order_number_prefix']}{buyer}"
    return _token(buyer), CUSTOMERS + buyer, CARTS + buyer, *_products(buyer), ADDRESSES + buyer, number


def crowd(count: int) -> list[Talk]:
    """New customers who each put a product into a cart and buy it."""
    return [_purchase(PRODUCTS + number % PRODUCT_COUNT) for number in range(count)]


def fill(store: Store, buyers: int) -> None:
    """Products with stock, and buyers with a cart of one line."""
    now, numbers = store.now(), range(1, buyers + 1)
    with store.transaction():
        for number in range(PRODUCT_COUNT):
            Product.insert(id=PRODUCTS + number, title=f"Product {number}", price=Decimal(number + 1)).execute()
            set_stock(store, PRODUCTS + number, PLENTY)
        customers = ({"id": CUSTOMERS + buyer, "token": _token(buyer), "time_created": now} for buyer in numbers)
        carts = ({"id": CARTS + buyer, "customer": CUSTOMERS + buyer, "time_created": now} for buyer in numbers)
        _insert(Customer, customers)
        _insert(Order, carts)
        _insert(OrderLine, (_line(buyer) for buyer in numbers))
        _start_addresses(store)


def verify(buyers: int, purchases: int) -> None:
    """Raise where not each cart has become an order, and each of its lines a sale."""
    orders = Order.select().where(Order.is_ordered).count()
    sales = LedgerEntry.select().where(LedgerEntry.reason == Reason.SALE.value).count()
    if (orders, sales) != (buyers + purchases, 2 * buyers + purchases):
        raise AssertionError(f"{buyers} buyers and {purchases} purchases made {orders} orders and {sales} sales")


SUBJECT = Subject(
    operations=(Operation("cart update", cart_update, marks), Operation("finalize", finalize, marks)),
    fill=fill,
    verify=verify,
    crowd=crowd,
    crowd_name="create, cart, finalize",
)


def _token(buyer: int) -> str:
    return f"buyer-{buyer}"


def _products(buyer: int) -> tuple[int, int]:
    """The one that is in the cart, and the one that the cart update puts there."""
    first, further = buyer % PRODUCT_COUNT, 1 + buyer // PRODUCT_COUNT % (PRODUCT_COUNT - 1)
    return PRODUCTS + first, PRODUCTS + (first + further) % PRODUCT_COUNT


def _put(token: str, product: int) -> Request:
    return Request("POST", "/api/order/cart/update/", {"token": token, "product_id": product, "quantity": 1})


def _buy(token: str) -> Request:
    return Request("PUT", "/api/order/finalize/", {**DELIVERY, "token": token})


def _purchase(product: int) -> Talk:
    answer = yield Request("POST", "/api/customer/create/", {}).wire()
    token = json.loads(answer).get("customer_token")
    if token is not None:  # else the status is counted, and says that the customer was refused
        yield _put(token, product).wire()
        yield _buy(token).wire()


def _line(buyer: int) -> dict[str, Any]:
    product = _products(buyer)[0]
    line = {"order": CARTS + buyer, "product": product, "product_number": product, "quantity": 1}
    return {**line, "title": f"Product {product - PRODUCTS}", "price": Decimal(product - PRODUCTS + 1)}


def _insert(model: type[BaseModel], rows: Iterable[dict[str, Any]]) -> None:
    for some in chunked(rows, 500):
        model.insert_many(some).execute()


def _start_addresses(store: Store) -> None:
    # The database hands out the ids of the addresses while it is measured; here it learns where their range begins.
    if store.postgresql:
        store.database.execute_sql("SELECT setval('addresses_id_seq', %s)", (ADDRESSES,))
    else:
        store.database.execute_sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('addresses', ?)", (ADDRESSES,))
