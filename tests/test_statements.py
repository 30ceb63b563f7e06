"""How many statements each operation of the API sends to the database, the first time and when it is asked again."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.databases import listen
from tests.factories import DELIVERY, PASSWORD, add_brand, add_category, add_customer, add_product, add_user
from webstore_kit import Settings, Store, create_app
from webstore_kit.catalog import search
from webstore_kit.catalog.routes import routes as catalog_routes
from webstore_kit.customers.routes import routes as customer_routes
from webstore_kit.orders.routes import routes as order_routes

OPERATIONS = {route.signature: route for route in (*catalog_routes, *order_routes, *customer_routes)}
CATALOGUE = [signature for signature, route in OPERATIONS.items() if route.stamp]
DATA = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
"""What statements begin with that do not begin, end or set up anything."""


class Shop:
    """A store with something of everything, and what a request needs of it."""

    def __init__(self, client: TestClient, store: Store) -> None:
        self.client = client
        add_product(store, brand=add_brand(store), categories=[add_category(store)], reviews=["Good"])
        with store.transaction():
            search.catch_up()  # or the first search has it done, beside what is counted
        self.token = add_customer(store)
        add_user(store)
        tokens = self.log_in().json()
        self.refresh = tokens["refresh"]
        self.headers = {"Authorization": f"Bearer {tokens['access']}"}

    def log_in(self) -> Any:
        return self.client.post("/api/jwt/auth/", json={"username": "ann", "password": PASSWORD})

    def put_in_cart(self) -> Any:
        return self.client.post("/api/order/cart/update/", json={"token": self.token, "product_id": 1, "quantity": 1})

    def check_out(self) -> Any:
        return self.client.put("/api/order/finalize/", json={**DELIVERY, "token": self.token})

    def register(self) -> Any:
        body = {"username": "bob", "password": PASSWORD, "email": "bob@example.com"}
        return self.client.post("/api/customer/registration/", json=body)


def get(path: str) -> Callable[[Shop], Any]:
    return lambda shop: shop.client.get(path.format(token=shop.token), headers=shop.headers)


REQUESTS: dict[str, Callable[[Shop], Any]] = {
    "GET /api/product/all/": get("/api/product/all/"),
    "GET /api/product/get/{id:id}/": get("/api/product/get/1/"),
    "GET /api/product/category/list/": get("/api/product/category/list/"),
    "GET /api/product/category/get/{id:id}/": get("/api/product/category/get/1/"),
    "GET /api/product/category/{category_id:id}/products/": get("/api/product/category/1/products/"),
    "GET /api/product/brands/all/": get("/api/product/brands/all/"),
    "GET /api/product/brands/get/{id:id}/": get("/api/product/brands/get/1/"),
    "POST /api/order/cart/update/": Shop.put_in_cart,
    "GET /api/order/cart/list/{customer_token:slug}/": get("/api/order/cart/list/{token}/"),
    "GET /api/order/cart/totals/{customer_token:slug}/": get("/api/order/cart/totals/{token}/"),
    "PUT /api/order/finalize/": Shop.check_out,
    "GET /api/customer/myorders/": get("/api/customer/myorders/"),
    "POST /api/customer/create/": lambda shop: shop.client.post("/api/customer/create/"),
    "POST /api/customer/registration/": Shop.register,
    "GET /api/customer/getuser/": get("/api/customer/getuser/"),
    "POST /api/jwt/auth/": Shop.log_in,
    "POST /api/jwt/refresh/": lambda shop: shop.client.post("/api/jwt/refresh/", json={"refresh": shop.refresh}),
}


# An operation that is not here fails a test, so that nobody adds one without having counted.
COUNTS = {
    # Of what is public, the revision is one; asked again, the watch alone looks at the database.
    "GET /api/product/all/": (4, 0),
    "GET /api/product/get/{id:id}/": (3, 0),
    "GET /api/product/category/list/": (2, 0),
    "GET /api/product/category/get/{id:id}/": (2, 0),
    "GET /api/product/category/{category_id:id}/products/": (3, 0),
    "GET /api/product/brands/all/": (2, 0),
    "GET /api/product/brands/get/{id:id}/": (3, 0),
    "POST /api/order/cart/update/": (7, 5),
    "GET /api/order/cart/list/{customer_token:slug}/": (1, 1),
    "GET /api/order/cart/totals/{customer_token:slug}/": (1, 1),
    "PUT /api/order/finalize/": (10, 3),
    "GET /api/customer/myorders/": (3, 3),
    "POST /api/customer/create/": (1, 1),
    # The second is refused, as the name is taken.
    "POST /api/customer/registration/": (4, 1),
    "GET /api/customer/getuser/": (2, 2),
    "POST /api/jwt/auth/": (3, 3),
    "POST /api/jwt/refresh/": (1, 1),
}
MORE_ON_POSTGRESQL = {"PUT /api/order/finalize/": 1}
"""Statements more that the first request takes there: the products that are sold are locked."""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the watch of PostgreSQL asks; on SQLite, all that any connection of this process says to a database."""
    said: list[str] = []
    connect, execute = sqlite3.connect, psycopg.AsyncConnection.execute

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(said.append)
        return connection

    async def noted(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        said.append(query)
        return await execute(self, query, *arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", traced)
    monkeypatch.setattr(psycopg.AsyncConnection, "execute", noted)
    return said


@pytest.fixture
def shop(settings: Settings, store: Store, watched: list[str]) -> Iterator[Shop]:
    """The shop, whose app connects to the database once statements are noted."""
    with TestClient(create_app(settings)) as client:
        yield Shop(client, store)


@pytest.fixture
def sent(shop: Shop) -> list[str]:
    """The statements that read or write data, as the app's store sends them."""
    said: list[str] = []

    def note(event: Any) -> None:
        if event.sql.split()[0] in DATA:
            said.append(event.sql)

    listen(shop.client.app.state.store, note)  # type: ignore[attr-defined]
    return said


def test_every_operation_is_counted() -> None:
    assert list(COUNTS) == list(REQUESTS) == list(OPERATIONS)


@pytest.mark.parametrize("signature", OPERATIONS)
def test_an_operation_takes_few_statements(shop: Shop, store: Store, sent: list[str], signature: str) -> None:
    if signature == "PUT /api/order/finalize/":
        shop.put_in_cart()
    taken = []
    for _ in range(2):
        sent.clear()
        assert REQUESTS[signature](shop).status_code in (200, 201, 400)
        taken.append(len(sent))
    first, again = COUNTS[signature]
    assert taken == [first + (MORE_ON_POSTGRESQL.get(signature, 0) if store.postgresql else 0), again], sent


@pytest.mark.parametrize("signature", CATALOGUE)
def test_what_is_kept_takes_one_look_of_the_watch(
    shop: Shop, store: Store, sent: list[str], watched: list[str], signature: str
) -> None:
    for _ in range(2):  # the first is made; with the second the watch learns what there is
        assert REQUESTS[signature](shop).status_code == 200
    sent.clear()
    watched.clear()
    assert REQUESTS[signature](shop).status_code == 200
    assert sent == []
    assert len(watched) == 1
    assert "SUM(value)" in watched[0] if store.postgresql else watched == ["PRAGMA data_version"]


@pytest.mark.parametrize("query", ["brand_id=1&max_price=99", "search=kettle&ordering=-price", "title=KETT"])
def test_a_list_that_is_narrowed_takes_few(shop: Shop, store: Store, sent: list[str], query: str) -> None:
    assert shop.client.get(f"/api/product/all/?{query}").json()["count"] == 1
    # The revision, the count and the page; SQLite looks whether its search index is up to date.
    has_text = not query.startswith("brand_id")
    assert len(sent) == (4 if has_text and not store.postgresql else 3), sent
