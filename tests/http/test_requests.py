"""What holds for every endpoint: paths, methods, bodies, CORS, and that no input is too much."""

import asyncio
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.factories import add_customer, add_product
from webstore_kit import Operation, Settings, Store, create_app
from webstore_kit.catalog.routes import routes as catalog_routes
from webstore_kit.customers.routes import routes as customer_routes
from webstore_kit.orders.routes import routes as order_routes

OPERATIONS = [*catalog_routes, *customer_routes, *order_routes]
PATHS = [
    (next(iter(operation.methods - {"HEAD"})), operation.path.replace("{customer_token:slug}", "x"))
    for operation in OPERATIONS
    if operation.methods
]
PATHS = [(method, path.replace("{id:id}", "1").replace("{category_id:id}", "1")) for method, path in PATHS]
WRITES = [(method, path) for method, path in PATHS if method != "GET"]
ORIGIN = {"Origin": "http://localhost:3000"}


def test_there_are_seventeen_operations() -> None:
    assert len(PATHS) == 17
    assert all(isinstance(operation, Operation) for operation in OPERATIONS)


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_each_path_is_answered_without_its_slash_too(client: TestClient, method: str, path: str) -> None:
    with_slash, without = client.request(method, path), client.request(method, path.rstrip("/"))
    assert with_slash.status_code == without.status_code
    assert with_slash.status_code != 307
    if "create" not in path:
        assert with_slash.json() == without.json() or "links" in with_slash.json()


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_method_is_405_with_allow(client: TestClient, method: str, path: str) -> None:
    answer = client.delete(path, headers=ORIGIN)
    allowed = "GET, HEAD, OPTIONS" if method == "GET" else f"OPTIONS, {method}"
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "DELETE" not allowed.'})
    assert answer.headers["Allow"] == allowed
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    options = client.options(path)
    assert (options.status_code, options.headers["Allow"]) == (204, allowed)


@pytest.mark.parametrize(("method", "path"), [pair for pair in PATHS if pair[0] == "GET"])
def test_head_answers_as_get_without_the_body(client: TestClient, method: str, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers == got.headers


@pytest.mark.parametrize(
    "path", ["/nothing/", "/api/", "/api/product/get/", "/media", "/api/product/get/1/x", "/media2/x"]
)
def test_an_unknown_path_is_404(client: TestClient, path: str) -> None:
    for answer in (client.get(path, headers=ORIGIN), client.post(path, headers=ORIGIN)):
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_each_call_of_a_browser_is_preflighted_and_allowed(client: TestClient, method: str, path: str) -> None:
    for asked in (path, path.rstrip("/")):
        answer = client.options(
            asked,
            headers={
                **ORIGIN,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization,content-type",
            },
        )
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
        assert method in answer.headers["Access-Control-Allow-Methods"]
        assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()


def test_another_origin_is_not_allowed(client: TestClient) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"}
    assert "Access-Control-Allow-Origin" not in client.options("/api/product/all/", headers=headers).headers
    assert "Access-Control-Allow-Origin" not in client.get("/api/product/all/", headers=headers).headers


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 200),
        ("*/*", 200),
        ("application/json, text/plain, */*", 200),
        ("application/*;q=0.5", 200),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200),
        ("application/json; indent=4", 200),
        ("text/html", 406),
        ("image/png, text/*", 406),
    ],
)
def test_a_client_that_takes_no_json_is_told(client: TestClient, accept: str, status: int) -> None:
    answer = client.get("/api/product/brands/all/", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        assert answer.json() == {"detail": "Could not satisfy the request Accept header."}


def test_forms_are_taken_as_json_is(client: TestClient, store: Store) -> None:
    token, product = add_customer(store), add_product(store)
    body = {"token": token, "product_id": str(product), "quantity": "2"}
    parts = {name: (None, value) for name, value in body.items()}
    for answer in (
        client.post("/api/order/cart/update", data=body),
        client.post("/api/order/cart/update", files=parts),
    ):
        assert answer.json() == {"status": True, "cart_items_count": 1}
    answer = client.post(
        "/api/order/cart/update/",
        content=f"token={token}&product_id=x&product_id={product}&quantity=3",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    assert answer.json()["status"] is True


def test_an_uploaded_file_is_no_text(client: TestClient) -> None:
    answer = client.post("/api/jwt/auth/", data={"password": "x"}, files={"username": ("a.txt", b"ann")})
    assert (answer.status_code, answer.json()) == (400, {"username": ["Not a valid string."]})


JSON = {"Content-Type": "application/json"}
HOSTILE: list[tuple[bytes, dict[str, str]]] = [
    (b"", JSON),
    (b"{", JSON),
    (b"\xff\xfe\x00", JSON),
    (b"\xef\xbb\xbf{}", JSON),
    (b"[" * 100_000, JSON),
    (b'{"a":' * 50_000, JSON),
    (b"[" * 500 + b"]" * 500, JSON),
    (b'{"quantity": NaN}', JSON),
    (b'{"quantity": 1e999, "username": -1e999}', JSON),
    (b'{"quantity": ' + b"9" * 10_000 + b"}", JSON),
    (b'{"token": "\\ud800", "username": "\\udfff", "password": "\\ud83d", "refresh": "\\ud800"}', JSON),
    (b'{"token": "a\\u0000b", "username": "\\u0000", "password": "\\u0000", "refresh": "\\u0000"}', JSON),
    (b'{"token": {"a": [1]}, "product_id": {}, "quantity": []}', JSON),
    (b'{"token": 1e308, "product_id": 1e308, "quantity": 1e308}', JSON),
    (b'{"token": "t", "product_id": 99999999999999999999, "quantity": 99999999999999999999}', JSON),
    (b'{"token": "t", "product_id": -99999999999999999999, "quantity": 0}', JSON),
    (b'"text"', JSON),
    (b"null", JSON),
    (b"true", JSON),
    (b"a=1", {}),
    (b"a=1", {"Content-Type": ""}),
    (b"a=1", {"Content-Type": "text/plain"}),
    (b"<a/>", {"Content-Type": "application/xml"}),
    (b"%ff=%00&token=%ff%00&username=%00&quantity=1", {"Content-Type": "application/x-www-form-urlencoded"}),
    (b"a&" * 5000, {"Content-Type": "application/x-www-form-urlencoded"}),
    (b"x", {"Content-Type": "multipart/form-data"}),
    (b"x", {"Content-Type": "multipart/form-data; boundary=b"}),
    (b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nx',
     {"Content-Type": "multipart/form-data; boundary=b"}),
    (b"--b\r\n\r\nx\r\n--b--", {"Content-Type": "multipart/form-data; boundary=b"}),
    (b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n\xff\x00\r\n--b--\r\n',
     {"Content-Type": "multipart/form-data; boundary=b; charset=nonsense"}),
    (b"--b\r\nContent-Disposition: \xff\r\n\r\n\r\n--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("body", range(len(HOSTILE)))
def test_no_body_is_too_much(client: TestClient, method: str, path: str, body: int) -> None:
    content, headers = HOSTILE[body]
    answer = client.request(method, path, content=content, headers=headers)
    assert answer.status_code in ((200,) if "create" in path else (400, 401, 415)), answer.text
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_over_the_limit_is_413(client: TestClient, method: str, path: str) -> None:
    expected = {"detail": "The request body is larger than 1048576 bytes."}
    content = b"x" * 10_000_000
    answer = client.request(method, path, content=content, headers={**JSON, **ORIGIN})
    assert (answer.status_code, answer.json()) == (413, expected)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    chunked = client.request(method, path, content=iter([content]), headers=JSON)
    assert (chunked.status_code, chunked.json()) == (413, expected)


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    "query", ["%zz=%zz", "%ff", "\xff", "page=%00", "a" * 5000, "&".join(["a=1"] * 5000), "search=" + "%27%25_" * 50]
)
def test_no_query_is_too_much(client: TestClient, method: str, path: str, query: str) -> None:
    answer = client.request(method, f"{path}?{query}")
    assert answer.status_code in (200, 400, 401, 404), answer.text


def test_a_fault_of_ours_is_a_plain_500_with_cors(
    client: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(call: Any) -> Any:
        raise RuntimeError("secret text of a client")

    monkeypatch.setattr(
        next(route for route in catalog_routes if route.path == "/api/product/brands/all/"), "endpoint", fail
    )
    answer = client.get("/api/product/brands/all/", headers=ORIGIN)
    assert (answer.status_code, answer.json()) == (500, {"detail": "A server error occurred."})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    logged = "\n".join(record.getMessage() for record in caplog.records if record.levelname == "ERROR")
    assert "RuntimeError at test_requests.py:" in logged
    assert "secret text" not in logged


def test_json_is_sent_as_utf8_unescaped(client: TestClient, store: Store) -> None:
    product = add_product(store, "Ünï ☕")
    answer = client.get(f"/api/product/get/{product}/")
    assert answer.headers["Content-Type"] == "application/json"
    assert "Ünï ☕".encode() in answer.content
    assert json.loads(answer.content)["title"] == "Ünï ☕"


def test_the_landing_page_links_to_what_can_be_opened(client: TestClient) -> None:
    page = client.get("/")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for path in ("/api/product/all/", "/api/product/category/list/", "/api/product/brands/all/"):
        assert f'<a href="http://testserver{path}">' in page.text
        assert client.get(path).status_code == 200
    head = client.head("/")
    assert (head.content, head.headers["Content-Length"]) == (b"", page.headers["Content-Length"])


def test_a_client_that_goes_away_in_the_middle_of_its_body_is_no_fault(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/jwt/auth/",
        "query_string": b"",
        "headers": [(b"content-length", b"10")],
        "scheme": "http",
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent == []
    assert caplog.records == []
    app.state.store.close()


@pytest.mark.parametrize(
    ("path", "status"), [("/api/product/get/9/", 404), ("/nowhere", 404), ("/api/customer/getuser/", 401)]
)
def test_no_cache_may_keep_an_error(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store")
