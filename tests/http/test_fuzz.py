"""Inputs that nobody thought of: every answer is one of the contract's, never a 500."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.factories import add_brand, add_customer, add_product
from tests.http.test_requests import WRITES
from webstore_kit import Store

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIELDS = ["token", "product_id", "quantity", "username", "password", "email", "first_name", "last_name", "refresh"]
FIELDS += ["country", "city", "post_code", "address", "phone"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(allow_nan=False),
    st.text(max_size=40),
    st.sampled_from(["0", "1", "-1", "1.0", "1e5", "ann", "a@b.cc", "\0", "%", "'", "\ud800", " "]),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=5), SCALARS, max_size=2))
BODIES = st.one_of(VALUES, st.dictionaries(st.sampled_from(FIELDS), VALUES))
NAMES = ["page", "min_price", "max_price", "brand_id", "brand", "title", "search", "ordering", "x"]
QUERY = st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=20) | st.decimals().map(str)), max_size=5)


@pytest.fixture
def stocked(client: TestClient, store: Store) -> TestClient:
    """A client of a store with one brand, product and customer."""
    add_product(store, "Kettle", brand=add_brand(store))
    add_customer(store)
    return client


@pytest.mark.parametrize(("method", "path"), WRITES)
@FUZZ
@given(body=BODIES)
def test_any_json_is_answered_in_a_shape_of_the_contract(
    stocked: TestClient, method: str, path: str, body: Any
) -> None:
    answer = stocked.request(method, path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 201, 400, 401), answer.text
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize(("method", "path"), WRITES)
@FUZZ
@given(
    content=st.binary(max_size=200), kind=st.sampled_from(["application/json", "multipart/form-data; boundary=b", ""])
)
def test_any_bytes_are_answered(stocked: TestClient, method: str, path: str, content: bytes, kind: str) -> None:
    answer = stocked.request(method, path, content=content, headers={"Content-Type": kind})
    assert answer.status_code in (200, 400, 401, 415), answer.text


@FUZZ
@given(query=QUERY, raw=st.binary(max_size=30))
def test_any_query_is_answered(stocked: TestClient, query: list[tuple[str, str]], raw: bytes) -> None:
    text = "&".join(f"{name}={value}" for name, value in query).encode("utf-8", "replace") + b"&" + raw
    escaped = "".join(chr(byte) if 32 < byte < 127 and byte != 35 else f"%{byte:02x}" for byte in text)
    for path in ("/api/product/all/", "/api/product/category/1/products"):
        answer = stocked.get(f"{path}?{escaped}")
        assert answer.status_code in (200, 400, 404), answer.text


@FUZZ
@given(text=st.text(min_size=1, max_size=30))
def test_any_path_is_answered(stocked: TestClient, text: str) -> None:
    escaped = "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "replace"))
    for path in ("/api/product/get", "/api/order/cart/list", "/api/product/brands/get", "/media", "/api"):
        assert stocked.get(f"{path}/{escaped}").status_code in (200, 400, 404)
