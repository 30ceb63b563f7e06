"""Added fields: in every answer that has them, in the snapshot of the answer, and never older than it may be."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import pytest
from starlette.testclient import TestClient

from tests.databases import listen, settings_for
from tests.extensions.shops import Sell
from tests.factories import add_brand, add_category, add_product
from webstore_kit import AddedField, Settings, Store, change_metadata, create_app, metadata_field
from webstore_kit.catalog.models import Review
from webstore_kit.core.database import tuples
from webstore_kit.core.parts import AnswerName
from webstore_kit.extensions.extension import Extension

Read = Callable[[Store, Sequence[int]], Mapping[int, Any]]
ANSWERS: tuple[AnswerName, ...] = get_args(AnswerName)


def adding(read: Read, *answers: AnswerName, is_of_catalogue: bool = False) -> Extension:
    """An extension that adds the field `extra` to the answers."""
    fields = [AddedField(each, "extra", Any, read, is_of_catalogue=is_of_catalogue) for each in answers]
    return Extension(name="extra", fields=fields)


def _note(statements: list[str], query: Any) -> None:
    statements.append(query.sql)


def number_of_reviews(store: Store, ids: Sequence[int]) -> dict[int, int]:
    found = [number for (number,) in tuples(Review.select(Review.product).where(Review.product.in_(list(ids))))]
    return {number: found.count(number) for number in ids if number in found}


def test_every_answer_has_its_field_and_null_where_nothing_is_said(sell: Sell) -> None:
    asked: list[list[int]] = []

    def read(store: Store, ids: Sequence[int]) -> dict[int, str]:
        asked.append(list(ids))
        return {number: f"no. {number}" for number in ids if number != 2}

    shop = sell(adding(read, *ANSWERS))
    brand, shelf = add_brand(shop.store), add_category(shop.store)
    for _ in range(3):
        add_product(shop.store, brand=brand, categories=[shelf])
    expected = {1: "no. 1", 2: None, 3: "no. 3"}
    shop.put(1)
    shop.check_out()
    shop.put(2)
    for path in ("/api/product/all/", f"/api/product/category/{shelf}/products/"):
        assert {each["id"]: each["extra"] for each in shop.client.get(path).json()["result"]} == expected
    in_brand = shop.client.get(f"/api/product/brands/get/{brand}/").json()["products"]
    assert {each["id"]: each["extra"] for each in in_brand} == expected
    assert shop.client.get("/api/product/get/1/").json()["extra"] == "no. 1"
    assert shop.client.get("/api/product/get/2/").json()["extra"] is None
    assert [each["extra"] for each in shop.my_orders().json()] == ["no. 1", None]
    assert shop.client.get("/api/customer/getuser/", headers=shop.log_in()).json()["extra"] == "no. 1"
    assert [sorted(ids) for ids in asked] == [[1, 2, 3]] * 3 + [[1], [2], [1, 2], [1]]
    asked.clear()
    assert shop.client.get("/api/product/all/?search=nothing").json()["result"] == []
    assert asked == []


def test_a_field_of_anything_else_is_never_old(sell: Sell) -> None:
    values = {1: "first"}
    shop = sell(adding(lambda store, ids: values, "product", "preview"))
    brand = add_brand(shop.store)
    product = add_product(shop.store, brand=brand)
    for value in ("first", "second", "third"):
        values[product] = value
        one = shop.client.get(f"/api/product/get/{product}/")
        assert one.json()["extra"] == value
        assert shop.client.get("/api/product/all/").json()["result"][0]["extra"] == value
        assert shop.client.get(f"/api/product/brands/get/{brand}/").json()["products"][0]["extra"] == value
        assert (one.headers["cache-control"], "etag" in one.headers) == ("no-store", False)
        head = shop.client.head(f"/api/product/get/{product}/", headers={"Accept-Encoding": "gzip"})
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(one.content)))
        known = shop.client.get(f"/api/product/get/{product}/", headers={"If-None-Match": "*"})
        assert (known.status_code, known.json()["extra"]) == (200, value)
    kept = shop.client.get("/api/product/brands/all/")
    assert (kept.headers["cache-control"], "etag" in kept.headers) == ("public, no-cache", True)


def test_a_field_of_the_product_alone_leaves_lists_kept(sell: Sell) -> None:
    shop = sell(adding(lambda store, ids: {}, "product"))
    product = add_product(shop.store)
    assert "etag" in shop.client.get("/api/product/all/").headers
    assert "etag" not in shop.client.get(f"/api/product/get/{product}/").headers


def test_a_field_of_the_catalogue_is_kept_until_that_changes(sell: Sell) -> None:
    asked: list[int] = []

    def read(store: Store, ids: Sequence[int]) -> dict[int, int]:
        asked.extend(ids)
        return number_of_reviews(store, ids)

    shop = sell(adding(read, "product", is_of_catalogue=True))
    product = add_product(shop.store, reviews=["Good"])
    path = f"/api/product/get/{product}/"
    first = shop.client.get(path)
    assert (first.json()["extra"], shop.client.get(path).json()["extra"], asked) == (1, 1, [product])
    tag = {"If-None-Match": first.headers["etag"]}
    assert shop.client.get(path, headers=tag).status_code == 304
    with shop.store.transaction():
        Review.insert(product=product, review="Better").execute()
    again = shop.client.get(path, headers=tag)
    assert (again.status_code, again.json()["extra"]) == (200, 2)


def test_metadata_is_fresh_in_every_process(settings: Settings) -> None:
    fields = [metadata_field("product", "colour"), metadata_field("preview", "colour", str, "hue")]
    given = [Extension(name="colours", fields=fields)]
    with (
        TestClient(create_app(settings, extensions=given)) as one,
        TestClient(create_app(settings, extensions=given)) as other,
    ):
        store = one.app.state.store  # type: ignore[attr-defined]
        product = add_product(store)
        for colour in (None, "red", "blue", None):
            store.write(partial(change_metadata, store, "product", product, {"colour": colour}))
            for client in (one, other):
                answer = client.get(f"/api/product/get/{product}/")
                assert (answer.json()["colour"], "etag" in answer.headers) == (colour, True)
                assert client.get("/api/product/all/").json()["result"][0]["hue"] == colour


def test_a_field_costs_one_statement_for_all_items(settings: Settings) -> None:
    counts = []
    for names in ([], ["preview.colour"]):
        app = create_app(settings_for(settings.directory, settings.database_url, exposed_metadata=names, cache_size=0))
        store: Store = app.state.store
        if not names:
            for _ in range(9):
                add_product(store)
        statements: list[str] = []
        with TestClient(app) as client:
            client.get("/api/product/all/")
            listen(store, partial(_note, statements))
            assert len(client.get("/api/product/all/").json()["result"]) == 9
        counts.append(sum(sql.lstrip().upper().startswith(("SELECT", "WITH")) for sql in statements))
    assert counts[1] == counts[0] + 1


def test_a_field_that_fails_is_a_clean_500(sell: Sell, caplog: pytest.LogCaptureFixture) -> None:
    def read(store: Store, ids: Sequence[int]) -> Mapping[int, Any]:
        raise LookupError("a secret that a client sent")

    shop = sell(adding(read, "product", is_of_catalogue=True))
    product = add_product(shop.store)
    for _ in range(2):
        answer = shop.client.get(f"/api/product/get/{product}/")
        assert (answer.status_code, answer.json()) == (500, {"detail": "A server error occurred."})
    assert "GET get_product failed: LookupError at test_added_fields.py:" in caplog.text
    assert "secret" not in caplog.text
    assert shop.client.get("/api/product/all/").status_code == 200


def test_a_field_sees_what_the_answer_sees(sell: Sell) -> None:
    """A review that comes in between is in neither of them."""

    def read(store: Store, ids: Sequence[int]) -> dict[int, int]:
        other = Store(store.settings)
        with other.transaction():
            Review.insert(product=ids[0], review="Later").execute()
        other.close()
        return number_of_reviews(store, ids)

    shop = sell(adding(read, "product"))
    product = add_product(shop.store, reviews=["Good"])
    for reviews in (1, 2, 3):
        answer = shop.client.get(f"/api/product/get/{product}/").json()
        assert (answer["extra"], len(answer["reviews"])) == (reviews, reviews)
