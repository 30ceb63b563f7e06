"""Carts and checkout from outside."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.customers.test_customer_routes import bearer
from tests.factories import DELIVERY, add_customer, add_product, add_user
from webstore_kit import Store
from webstore_kit.catalog.models import Product
from webstore_kit.customers.models import Address, Customer, User
from webstore_kit.inventory.queries import available
from webstore_kit.inventory.services import set_stock
from webstore_kit.orders.models import Order, OrderLine


def put_in_cart(client: TestClient, token: str, product: Any, quantity: Any) -> Any:
    body = {"token": token, "product_id": product, "quantity": quantity}
    return client.post("/api/order/cart/update/", json=body)


def cart(client: TestClient, token: str) -> Any:
    return client.get(f"/api/order/cart/list/{token}/").json()


def finalize(client: TestClient, token: str, **fields: Any) -> Any:
    body = {**DELIVERY, "phone": "0501234567", "token": token, **fields}
    return client.put("/api/order/finalize/", json=body)


def stock(store: Store, product: int) -> int:
    with store.snapshot():
        return available(product)


def test_a_cart_counts_its_lines_and_lists_the_oldest_first(client: TestClient, store: Store) -> None:
    token = add_customer(store)
    kettle, mug = add_product(store, "Kettle", "10.10"), add_product(store, "Mug", "3.00")
    assert put_in_cart(client, token, kettle, 2).json() == {"status": True, "cart_items_count": 1}
    assert put_in_cart(client, token, str(mug), "1").json() == {"status": True, "cart_items_count": 2}
    assert put_in_cart(client, token, kettle, 3).json() == {"status": True, "cart_items_count": 2}
    assert cart(client, token) == [
        {"id": 1, "price": "10.10", "quantity": 3, "order": 1, "product": kettle},
        {"id": 2, "price": "3.00", "quantity": 1, "order": 1, "product": mug},
    ]
    assert put_in_cart(client, token, kettle, 0).json() == {"status": True, "cart_items_count": 1}
    assert [line["product"] for line in cart(client, token)] == [mug]


def test_an_unknown_token_has_no_cart(client: TestClient) -> None:
    assert cart(client, "nobody") == []
    assert client.get("/api/order/cart/list/a%00b/").status_code == 404


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (-1, "Ensure this value is greater than or equal to 0."),
        (1.5, "A valid integer is required."),
        ("1.5", "A valid integer is required."),
        (True, "A valid integer is required."),
        ("", "A valid integer is required."),
        ("two", "A valid integer is required."),
        ("٣", "A valid integer is required."),
        ([1], "A valid integer is required."),
        ({}, "A valid integer is required."),
        (None, "This field may not be null."),
        (6, 'Only 5 of "Kettle" are available.'),
        (10**30, 'Only 5 of "Kettle" are available.'),
    ],
)
def test_a_quantity_that_cannot_be_is_refused_and_changes_nothing(
    client: TestClient, store: Store, quantity: Any, message: str
) -> None:
    token, kettle = add_customer(store), add_product(store, "Kettle", quantity=5)
    put_in_cart(client, token, kettle, 4)
    answer = put_in_cart(client, token, kettle, quantity)
    assert answer.status_code == 400
    assert answer.json()["status"] is False
    assert message in answer.json()["error"]
    assert answer.json()["errors"] == {"quantity": [message]}
    assert [line["quantity"] for line in cart(client, token)] == [4]


def test_a_whole_number_may_come_in_any_form(client: TestClient, store: Store) -> None:
    token, kettle = add_customer(store), add_product(store)
    for quantity, kept in (("3", 3), (" 2 ", 2), (4.0, 4), ("1.0", 1)):
        assert put_in_cart(client, token, kettle, quantity).status_code == 200
        assert [line["quantity"] for line in cart(client, token)] == [kept]


def test_the_cart_names_what_it_does_not_know(client: TestClient, store: Store) -> None:
    token, kettle = add_customer(store), add_product(store)
    sentence = "Unknown customer token."
    assert put_in_cart(client, "nobody", kettle, 1).json() == {
        "status": False,
        "error": sentence,
        "errors": {"token": [sentence]},
    }
    for product in (999, 10**30, -1):
        for quantity in (0, 1):
            sentence = f"There is no product {product}."
            answer = put_in_cart(client, token, product, quantity)
            assert (answer.status_code, answer.json()) == (
                400,
                {"status": False, "error": sentence, "errors": {"product_id": [sentence]}},
            )


def test_the_cart_names_all_wrong_fields_before_it_looks_anything_up(client: TestClient) -> None:
    answer = client.post("/api/order/cart/update/", json={"quantity": "x"}).json()
    assert answer["errors"] == {
        "token": ["This field is required."],
        "product_id": ["This field is required."],
        "quantity": ["A valid integer is required."],
    }
    assert client.post("/api/order/cart/update/", json=[1]).json() == {
        "status": False,
        "error": "Invalid data. Expected a dictionary, but got list.",
        "errors": {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
    }


def test_a_cart_shows_todays_price(client: TestClient, store: Store) -> None:
    token, kettle = add_customer(store), add_product(store, price="10.00")
    put_in_cart(client, token, kettle, 1)
    with store.transaction():
        Product.update(price=1250).execute()
    assert [line["price"] for line in cart(client, token)] == ["12.50"]


def test_a_checkout_takes_stock_and_freezes_price_and_title(client: TestClient, store: Store) -> None:
    add_user(store, "ann", email="ann@example.com")
    headers = bearer(client)
    token = client.get("/api/customer/getuser/", headers=headers).json()["token"]
    kettle, mug = add_product(store, "Kettle", "10.00", 5), add_product(store, "Mug", "3.00", 9)
    put_in_cart(client, token, kettle, 2)
    put_in_cart(client, token, mug, 1)
    answer = finalize(client, token)
    order = answer.json()
    assert answer.status_code == 200, answer.text
    assert (order["id"], order["is_ordered"], order["customer"]) == (1, True, 1)
    assert (order["time_delivery"], order["customer_shipping_address"]) == (None, 1)
    assert order["time_checkout"].endswith("Z")
    assert (stock(store, kettle), stock(store, mug)) == (3, 8)
    with store.transaction():
        Product.update(price=9900, title="Renamed").execute()
    put_in_cart(client, token, kettle, 1)
    listed = client.get("/api/customer/myorders/", headers=headers).json()
    assert [(each["id"], each["is_ordered"]) for each in listed] == [(1, True), (2, False)]
    assert listed[0]["products"] == [
        {"order_id": 1, "product_id": kettle, "price": "10.00", "quantity": 2, "product": "Kettle"},
        {"order_id": 1, "product_id": mug, "price": "3.00", "quantity": 1, "product": "Mug"},
    ]
    assert listed[1]["products"] == [
        {"order_id": 2, "product_id": kettle, "price": "99.00", "quantity": 1, "product": "Renamed"}
    ]
    customer = client.get("/api/customer/getuser/", headers=headers).json()
    assert (customer["first_name"], customer["phone"]) == ("Ann", "0501234567")
    with store.snapshot():
        assert Address.get().post_code == "01001"


def test_the_same_checkout_again_answers_the_same_order(client: TestClient, store: Store) -> None:
    token, kettle = add_customer(store), add_product(store, quantity=5)
    put_in_cart(client, token, kettle, 2)
    first = finalize(client, token)
    form = {key: f" {value} " for key, value in {**DELIVERY, "phone": "0501234567", "token": token}.items()}
    for again in (finalize(client, token), client.put("/api/order/finalize/", data=form)):
        assert (again.status_code, again.json()) == (200, first.json())
    assert stock(store, kettle) == 3
    other = finalize(client, token, city="Lyon")
    assert (other.status_code, other.json()) == (400, {"error": "The cart is empty."})


def test_a_new_cart_makes_a_new_order_with_the_same_body(client: TestClient, store: Store) -> None:
    token, kettle = add_customer(store), add_product(store, quantity=5)
    ids = []
    for _ in range(2):
        put_in_cart(client, token, kettle, 1)
        ids.append(finalize(client, token).json()["id"])
    assert ids == [1, 2]


def test_an_empty_cart_is_refused(client: TestClient, store: Store) -> None:
    token, kettle = add_customer(store), add_product(store)
    assert finalize(client, token).json() == {"error": "The cart is empty."}
    put_in_cart(client, token, kettle, 1)
    put_in_cart(client, token, kettle, 0)
    assert finalize(client, token).json() == {"error": "The cart is empty."}
    assert finalize(client, "nobody").json()["errors"] == {"token": ["Unknown customer token."]}


def test_a_checkout_that_cannot_be_met_names_each_line_and_changes_nothing(client: TestClient, store: Store) -> None:
    token = add_customer(store)
    products = [add_product(store, title, quantity=5) for title in ("Kettle", "Mug", "Pan", "Pot")]
    for product in products:
        put_in_cart(client, token, product, 3)
    with store.transaction():
        set_stock(store, products[1], 1)
        set_stock(store, products[2], 0)
        Product.delete().where(Product.id == products[3]).execute()
    answer = finalize(client, token)
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": 'Only 1 of "Mug" is available. "Pan" is sold out. '
            '"Pot" is no longer sold; please take it out of the cart.'
        },
    )
    assert [stock(store, product) for product in products[:3]] == [5, 1, 0]
    with store.snapshot():
        assert (Address.select().count(), Order.get().is_ordered, Customer.get().first_name) == (0, False, None)
    for product, quantity in ((products[1], 1), (products[2], 0), (products[3], 0)):
        assert put_in_cart(client, token, product, quantity).status_code == 200
    assert finalize(client, token).status_code == 200


def test_a_product_that_is_sold_no_more_cannot_be_bought_but_taken_out(client: TestClient, store: Store) -> None:
    token, kettle, mug = add_customer(store), add_product(store, "Kettle"), add_product(store, "Mug", is_active=False)
    answer = put_in_cart(client, token, mug, 1)
    assert (answer.status_code, answer.json()["errors"]) == (400, {"product_id": [f"There is no product {mug}."]})
    put_in_cart(client, token, kettle, 1)
    with store.transaction():
        Product.update(is_active=False).execute()
    assert finalize(client, token).json() == {"error": '"Kettle" is no longer sold; please take it out of the cart.'}
    assert stock(store, kettle) == 5
    assert put_in_cart(client, token, kettle, 0).json() == {"status": True, "cart_items_count": 0}


def test_the_checkout_names_all_wrong_fields_before_it_looks_anything_up(client: TestClient) -> None:
    body = {"token": "nobody", "email": "nope", "post_code": 1.5, "phone": True, "country": "x" * 201}
    answer = client.put("/api/order/finalize/", json=body).json()
    required = ["This field is required."]
    assert answer["errors"] == {
        "first_name": required,
        "last_name": required,
        "city": required,
        "address": required,
        "email": ["Enter a valid email address."],
        "post_code": ["Not a valid string."],
        "phone": ["Not a valid string."],
        "country": ["Ensure this field has no more than 200 characters."],
    }
    assert "city: This field is required." in answer["error"]


@pytest.mark.parametrize(
    ("sent", "kept"), [(75001, "75001"), (75001.0, "75001"), ("00100", "00100"), ("SW1A 1AA", "SW1A 1AA")]
)
def test_a_post_code_is_kept_as_it_was_sent(client: TestClient, store: Store, sent: Any, kept: str) -> None:
    token, kettle = add_customer(store), add_product(store)
    put_in_cart(client, token, kettle, 1)
    assert finalize(client, token, post_code=sent, phone=None).status_code == 200
    with store.snapshot():
        assert (Address.get().post_code, Customer.get().phone) == (kept, None)


def test_deleting_product_and_user_leaves_the_order_and_its_lines(client: TestClient, store: Store) -> None:
    add_user(store)
    token = client.get("/api/customer/getuser/", headers=bearer(client)).json()["token"]
    kettle = add_product(store, "Kettle", "10.00")
    put_in_cart(client, token, kettle, 1)
    finalize(client, token)
    headers = bearer(client)
    with store.transaction():
        Product.delete().execute()
    assert client.get("/api/customer/myorders/", headers=headers).json()[0]["products"] == [
        {"order_id": 1, "product_id": kettle, "price": "10.00", "quantity": 1, "product": "Kettle"}
    ]
    with store.transaction():
        User.delete().execute()
    with store.snapshot():
        assert (Order.select().count(), OrderLine.select().count()) == (1, 1)


@pytest.mark.parametrize(
    ("path", "method", "shape"),
    [
        ("/api/order/cart/update/", "POST", {"status": False}),
        ("/api/order/finalize/", "PUT", {}),
    ],
)
def test_unparsable_json_is_refused_in_the_endpoints_own_shape(
    client: TestClient, path: str, method: str, shape: dict[str, Any]
) -> None:
    answer = client.request(method, path, content=b"{", headers={"Content-Type": "application/json"})
    error = "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    assert (answer.status_code, answer.json()) == (400, {**shape, "error": error})
    answer = client.request(method, path, content=b"x", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()) == (415, {"detail": 'Unsupported media type "text/plain" in request.'})
