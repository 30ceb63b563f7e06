"""The cache from outside: same bytes with it and without, never an old answer, and nothing kept that must not be."""

import gzip
import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.factories import add_customer
from tests.orders.test_order_routes import finalize, put_in_cart
from webstore_kit import Store
from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review
from webstore_kit.http import encodings
from webstore_kit.inventory.services import set_stock

LIST = "/api/product/all/"
PATHS = (
    LIST,
    "/api/product/all/?ordering=-price&page=last",
    "/api/product/get/1/",
    "/api/product/category/list/",
    "/api/product/category/get/1/",
    "/api/product/category/1/products/",
    "/api/product/brands/all/",
    "/api/product/brands/get/1/",
)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_the_same_made_kept_and_without_a_cache(
    client: TestClient, uncached: TestClient, filled: Store, path: str
) -> None:
    made, kept, without = client.get(path), client.get(path), uncached.get(path)
    assert made.status_code == 200
    assert made.content == kept.content == without.content
    assert made.headers == kept.headers == without.headers


def test_what_is_kept_asks_the_database_nothing(client: TestClient, filled: Store, statements: list[str]) -> None:
    for path in PATHS:
        client.get(path)
        statements.clear()
        client.get(path)
        assert statements == []


CHANGES: dict[str, Any] = {
    "price": lambda: Product.update(price=Decimal("99.00")).where(Product.id == 1),
    "title": lambda: Product.update(title="New").where(Product.id == 1),
    "insert": lambda: Product.insert(title="More", price=Decimal(1)),
    "delete": lambda: Product.delete().where(Product.id == 2),
    "brand": lambda: Brand.update(title="New"),
    "category": lambda: Category.update(title="New", is_active=False),
    "link": lambda: ProductCategory.delete().where(ProductCategory.product == 1),
    "review": lambda: Review.insert(product=1, review="Good"),
    "inactive": lambda: Product.update(is_active=False).where(Product.id == 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_answer_is_older_than_a_change_that_was_committed(
    client: TestClient, uncached: TestClient, filled: Store, change: str
) -> None:
    for path in PATHS:
        client.get(path)
    with filled.transaction():
        CHANGES[change]().execute()
    for path in PATHS:
        fresh = uncached.get(path)
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (fresh.status_code, fresh.content)


def test_a_change_that_was_rolled_back_changes_no_answer(client: TestClient, filled: Store) -> None:
    before = client.get(LIST).content
    with suppress(LookupError), filled.transaction():
        Product.update(title="New").execute()
        assert client.get(LIST).content == before
        raise LookupError
    assert client.get(LIST).content == before


def test_stock_is_exact_though_a_checkout_leaves_the_lists_alone(
    client: TestClient, filled: Store, statements: list[str]
) -> None:
    token = add_customer(filled)
    assert client.get("/api/product/get/1/").json()["quantity"] == 5
    client.get(LIST)
    put_in_cart(client, token, 1, 2)
    assert finalize(client, token).status_code == 200
    assert client.get("/api/product/get/1/").json()["quantity"] == 3
    with filled.transaction():
        set_stock(filled, 1, 77)
    assert client.get("/api/product/get/1/").json()["quantity"] == 77
    statements.clear()
    client.get(LIST)
    client.get("/api/product/get/1/")
    assert statements == []


def test_a_client_that_has_the_answer_is_told_so(client: TestClient, filled: Store) -> None:
    first = client.get(LIST)
    etag = first.headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = client.get(LIST, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
        assert "Content-Type" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, no-cache"
    assert client.get(LIST, headers={"If-None-Match": '"other"'}).status_code == 200
    with filled.transaction():
        Product.update(title="New").where(Product.id == 1).execute()
    assert client.get(LIST, headers={"If-None-Match": etag}).status_code == 200


def test_an_answer_is_packed_as_the_client_takes_it(client: TestClient, filled: Store) -> None:
    plain = client.get("/api/product/brands/get/1/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    unpack = {"gzip": gzip.decompress, "zstd": encodings.zstd.decompress}
    tags = {plain.headers["ETag"]}
    for encoding, unpacked in unpack.items():
        with client.stream("GET", "/api/product/brands/get/1/", headers={"Accept-Encoding": encoding}) as answer:
            body = b"".join(answer.iter_raw())
        assert (answer.headers["Content-Encoding"], int(answer.headers["Content-Length"])) == (encoding, len(body))
        assert len(body) < len(plain.content)
        assert unpacked(body) == plain.content
        assert "Accept-Encoding" in answer.headers["Vary"]
        tags.add(answer.headers["ETag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        (b"gzip, deflate, br", "gzip"),
        (b"gzip, zstd", "zstd"),
        (b"zstd;q=0.1, gzip;q=0.9", "gzip"),
        (b"gzip;q=0", "identity"),
        (b"*", "zstd"),
        (b"identity, gzip;q=0.5", "identity"),
        (b"", "identity"),
        (b"gzip;q=nonsense", "identity"),
        (b"\xff\xfe", "identity"),
    ],
)
def test_the_encoding_is_the_one_that_the_client_likes_best(header: bytes, encoding: str) -> None:
    assert encodings.accepted(header) == encoding


def test_each_address_that_the_store_is_called_by_has_its_own_links(client: TestClient, filled: Store) -> None:
    for host in ("one.example", "two.example", "one.example"):
        links = client.get(LIST, headers={"Host": host}).json()["links"]
        assert links["next"] == f"http://{host}/api/product/all/?page=2"


def test_origins_are_answered_apart(client: TestClient, filled: Store) -> None:
    known, other = "http://localhost:3000", "http://evil.example"
    for _ in range(2):
        assert client.get(LIST, headers={"Origin": known}).headers["Access-Control-Allow-Origin"] == known
        assert "Access-Control-Allow-Origin" not in client.get(LIST, headers={"Origin": other}).headers
        answer = client.get(LIST)
        assert "Access-Control-Expose-Headers" not in answer.headers
        assert answer.headers["Vary"] == "Origin, Accept-Encoding"


def test_queries_that_mean_the_same_are_kept_once(client: TestClient, filled: Store, statements: list[str]) -> None:
    client.get(f"{LIST}?ordering=price&brand=Acme")
    client.get("/api/product/get/1/")
    statements.clear()
    client.get(f"{LIST}?brand=%41cme&ordering=price")
    client.get("/api/product/get/1/?anything=1")
    assert statements == []


@pytest.mark.parametrize(
    ("path", "status"), [("/api/product/get/999/", 404), (f"{LIST}?page=99", 404), (f"{LIST}?min_price=x", 400)]
)
def test_errors_are_never_kept(
    client: TestClient, filled: Store, statements: list[str], path: str, status: int
) -> None:
    for _ in range(2):
        statements.clear()
        answer = client.get(path)
        assert (answer.status_code, "ETag" in answer.headers) == (status, False)
    assert (statements == []) == (status == 400)


def test_private_answers_are_never_kept(client: TestClient, filled: Store, statements: list[str]) -> None:
    token = add_customer(filled)
    path = f"/api/order/cart/list/{token}/"
    client.get(path)
    statements.clear()
    answer = client.get(path)
    assert (answer.headers["Cache-Control"], "ETag" in answer.headers, len(statements) > 0) == ("no-store", False, True)


def test_a_head_request_is_answered_from_what_is_kept(client: TestClient, filled: Store, statements: list[str]) -> None:
    got = client.get(LIST)
    statements.clear()
    head = client.head(LIST)
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
    assert statements == []


def test_who_takes_no_json_gets_none(client: TestClient, filled: Store) -> None:
    assert client.get(LIST).status_code == 200
    assert client.get(LIST, headers={"Accept": "text/html"}).status_code == 406
    assert client.get(LIST, headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200


def test_junk_is_answered_and_not_kept(client: TestClient, filled: Store) -> None:
    junk = "x" * 2000
    assert client.get(f"{LIST}?junk={junk}").json()["count"] == 11
    assert client.get(LIST, headers={"Host": "h" * 300}).status_code == 200


def test_the_bodies_are_json_as_before(client: TestClient, filled: Store) -> None:
    answer = client.get(LIST)
    assert json.loads(answer.content)["count"] == 11
    assert answer.headers["Content-Type"] == "application/json"
