"""Customers, registration and login from outside."""

import json
import re
from datetime import timedelta
from typing import Any

import jwt
import pytest
from starlette.testclient import TestClient

from tests.factories import PASSWORD, SECRET, add_customer, add_user
from webstore_kit import Settings, Store
from webstore_kit.core.clock import utc_now
from webstore_kit.core.database import rows
from webstore_kit.customers.credentials import issue_token
from webstore_kit.customers.models import Customer, User
from webstore_kit.customers.schemas import NOT_USERNAME

DJANGO_HASH = "pbkdf2_sha256$260000$F3THhOW2KI51pm3ZSiPidO$YqfCW3Fig5zVtwfI7oUsRODd8rJhf5qsoWKn4Z447SM="
INVALID = "Token is invalid or expired"
NOBODY = "Token contained no recognizable user identification"
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def register(client: TestClient, **fields: Any) -> Any:
    body = {
        "username": "ann",
        "password": PASSWORD,
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Lee",
    }
    content = json.dumps({**body, **fields})
    return client.post("/api/customer/registration/", content=content, headers={"Content-Type": "application/json"})


def bearer(client: TestClient, username: str = "ann", password: str = PASSWORD) -> dict[str, str]:
    answer = client.post("/api/jwt/auth/", json={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access']}"}


@pytest.mark.parametrize("body", [b"", b"{}", b"[1", b"\xff\xfe"])
def test_anyone_gets_a_fresh_token_whatever_the_body(client: TestClient, body: bytes) -> None:
    first = client.post("/api/customer/create/", content=body, headers={"Content-Type": "text/plain"}).json()
    second = client.post("/api/customer/create").json()
    assert first["status"] is True
    assert UUID4.fullmatch(first["customer_token"])
    assert first["customer_token"] != second["customer_token"]


def test_registration_binds_the_customer_of_the_token(client: TestClient, store: Store) -> None:
    token = add_customer(store)
    answer = register(client, token=token)
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": 1, "username": "ann", "email": "ann@example.com", "first_name": "Ann", "last_name": "Lee"},
    )
    customer = client.get("/api/customer/getuser/", headers=bearer(client)).json()
    created = customer.pop("time_created")
    assert customer == {
        "id": 1,
        "first_name": "Ann",
        "last_name": "Lee",
        "phone": None,
        "email": "ann@example.com",
        "token": token,
        "user": 1,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", created)


def test_a_customer_that_is_bound_stays_with_its_user(client: TestClient, store: Store) -> None:
    token = add_customer(store)
    register(client, token=token)
    register(client, token=token, username="bob")
    assert client.get("/api/customer/getuser/", headers=bearer(client)).json()["token"] == token
    other = client.get("/api/customer/getuser/", headers=bearer(client, "bob")).json()["token"]
    assert other != token
    assert UUID4.fullmatch(other)


@pytest.mark.parametrize("token", [None, "", "  "])
def test_without_a_token_the_user_gets_a_fresh_customer(client: TestClient, token: str | None) -> None:
    assert register(client, token=token).status_code == 201
    assert UUID4.fullmatch(client.get("/api/customer/getuser/", headers=bearer(client)).json()["token"])


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"username": ""}, {"username": ["This field may not be blank."]}),
        ({"username": "   "}, {"username": ["This field may not be blank."]}),
        ({"username": None}, {"username": ["This field may not be null."]}),
        ({"username": True}, {"username": ["Not a valid string."]}),
        ({"username": ["x"]}, {"username": ["Not a valid string."]}),
        ({"username": {"x": 1}}, {"username": ["Not a valid string."]}),
        ({"username": "\ud800"}, {"username": ["Not a valid string."]}),
        ({"first_name": "a\0b"}, {"first_name": ["Null characters are not allowed."]}),
        ({"email": ["x"]}, {"email": ["Enter a valid email address."]}),
        (
            {"email": "x" * 255},
            {"email": ["Ensure this field has no more than 254 characters.", "Enter a valid email address."]},
        ),
        ({"username": "a" * 151}, {"username": ["Ensure this field has no more than 150 characters."]}),
        ({"username": "!" * 151}, {"username": [NOT_USERNAME, "Ensure this field has no more than 150 characters."]}),
        (
            {"username": "a b!"},
            {"username": [NOT_USERNAME]},
        ),
        (
            {"username": "\ufdfa" * 150},
            {"username": [NOT_USERNAME, "Ensure this field has no more than 150 characters."]},
        ),
        (
            {"username": "\ufdfa"},
            {"username": [NOT_USERNAME]},
        ),
        ({"email": "nope"}, {"email": ["Enter a valid email address."]}),
        ({"email": "a@b"}, {"email": ["Enter a valid email address."]}),
        ({"email": None}, {"email": ["This field may not be null."]}),
        ({"first_name": "x" * 151}, {"first_name": ["Ensure this field has no more than 150 characters."]}),
        ({"token": "nobody"}, {"token": ["Unknown customer token."]}),
        ({"password": ""}, {"password": ["This field may not be blank."]}),
        ({"password": "Sh0rt!x"}, {"password": ["This password is too short. It must contain at least 8 characters."]}),
        ({"password": "password"}, {"password": ["This password is too common."]}),
        ({"password": "ILoveYou1"}, {"password": ["This password is too common."]}),
        ({"password": "Basketball"}, {"password": ["This password is too common."]}),
        ({"password": "abcdefgh"}, {"password": ["This password is too common."]}),
        (
            {"email": "margarethe@example.com", "password": "margarethe1"},
            {"password": ["The password is too similar to the email address."]},
        ),
        (
            {"password": "12345678"},
            {"password": ["This password is too common.", "This password is entirely numeric."]},
        ),
        (
            {"username": "margarethe", "password": "margarethe1"},
            {"password": ["The password is too similar to the username."]},
        ),
        (
            {"username": "", "email": "nope", "token": "nobody", "password": "7391564820"},
            {
                "username": ["This field may not be blank."],
                "email": ["Enter a valid email address."],
                "token": ["Unknown customer token."],
                "password": ["This password is entirely numeric."],
            },
        ),
    ],
)
def test_every_wrong_field_is_named_and_nobody_registered(
    client: TestClient, store: Store, fields: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    answer = register(client, **fields)
    assert (answer.status_code, answer.json()) == (400, errors)
    with store.snapshot():
        assert (User.select().count(), Customer.select().count()) == (0, 0)


def test_a_taken_username_is_named_with_the_other_faults(client: TestClient) -> None:
    register(client)
    answer = register(client, email="nope")
    assert answer.json() == {
        "username": ["A user with that username already exists."],
        "email": ["Enter a valid email address."],
    }


def test_lookalike_letters_make_no_second_user(client: TestClient) -> None:
    assert register(client, username="ﬁn").json()["username"] == "fin"
    assert register(client, username="fin").status_code == 400
    assert bearer(client, "ﬁn")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([1], "Invalid data. Expected a dictionary, but got list."),
        ("x", "Invalid data. Expected a dictionary, but got str."),
        (7, "Invalid data. Expected a dictionary, but got int."),
        (None, "No data provided"),
    ],
)
@pytest.mark.parametrize("path", ["customer/registration", "jwt/auth", "jwt/refresh"])
def test_a_body_that_is_no_object_is_refused(client: TestClient, path: str, body: Any, message: str) -> None:
    answer = client.post(f"/api/{path}/", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": [message]})


def test_required_fields_are_named_together(client: TestClient) -> None:
    required = ["This field is required."]
    expected = {"username": required, "password": required}
    assert client.post("/api/customer/registration/", json={}).json() == expected
    assert client.post("/api/jwt/auth/", json={}).json() == expected
    assert client.post("/api/jwt/refresh/", json={}).json() == {"refresh": required}
    assert client.post("/api/jwt/refresh/", json={"refresh": None}).json() == {
        "refresh": ["This field may not be null."]
    }


def test_a_login_gives_tokens_with_the_claims_of_the_contract(client: TestClient, store: Store) -> None:
    user = add_user(store)
    answer = client.post("/api/jwt/auth/", json={"username": "ann", "password": f" {PASSWORD} "}).json()
    for kind, lifetime in (("access", 86_400), ("refresh", 864_000)):
        claims = jwt.decode(answer[kind], SECRET, ["HS256"])
        assert sorted(claims) == ["exp", "jti", "token_type", "user_id"]
        assert (claims["token_type"], claims["user_id"]) == (kind, user)
        assert re.fullmatch(r"[0-9a-f]{32}", claims["jti"])
        assert abs(claims["exp"] - utc_now().timestamp() - lifetime) < 60


@pytest.mark.parametrize(
    ("email", "kept"),
    [
        ("A.b+c@Example.COM", "A.b+c@example.com"),
        ("ü@exämple.de", "ü@exämple.de"),
        ("a@localhost", "a@localhost"),
        ("a@shop.test", "a@shop.test"),
        (".a@x.com", None),
        ("a..b@x.com", None),
        ("a.@x.com", None),
        ("a@x_y.com", None),
        ("a@127.0.0.1", None),
        ("a@b.c", None),
        ("a@-b.com", None),
        ("a b@x.com", None),
        ("@x.com", None),
        ("a@x.com@y.com", None),
    ],
)
def test_an_address_is_kept_with_its_domain_in_lower_case(client: TestClient, email: str, kept: str | None) -> None:
    answer = register(client, email=email)
    assert answer.json().get("email") == (kept or ["Enter a valid email address."])


def test_a_token_of_a_server_whose_clock_is_ahead_is_accepted(client: TestClient, store: Store) -> None:
    soon = utc_now() + timedelta(hours=1)
    claims = {"token_type": "access", "exp": soon, "iat": soon, "jti": "ab" * 16, "user_id": str(add_user(store))}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}
    assert client.get("/api/customer/getuser/", headers=headers).status_code == 200


def test_a_password_longer_than_any_is_a_wrong_one(client: TestClient, store: Store) -> None:
    add_user(store, password="x1" * 512)
    for password, status in (("x1" * 512, 200), ("x1" * 512 + "x", 401), ("x1" * 100_000, 401)):
        answer = client.post("/api/jwt/auth/", json={"username": "ann", "password": password})
        assert answer.status_code == status


@pytest.mark.parametrize(("username", "password"), [("ann", "wrong"), ("nobody", PASSWORD), ("ANN", PASSWORD)])
def test_a_wrong_login_says_the_same_for_all(client: TestClient, store: Store, username: str, password: str) -> None:
    add_user(store)
    answer = client.post("/api/jwt/auth/", json={"username": username, "password": password})
    assert (answer.status_code, answer.json()) == (
        401,
        {"detail": "No active account found with the given credentials"},
    )
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_inactive_user_cannot_log_in_refresh_or_ask(client: TestClient, store: Store, settings: Settings) -> None:
    user = add_user(store)
    headers = bearer(client)
    refresh = issue_token(settings, "refresh", user, utc_now())
    with store.transaction():
        User.update(is_active=False).execute()
    assert client.post("/api/jwt/auth/", json={"username": "ann", "password": PASSWORD}).status_code == 401
    assert client.post("/api/jwt/refresh/", json={"refresh": refresh}).status_code == 401
    answer = client.get("/api/customer/getuser/", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"detail": "User is inactive", "code": "user_inactive"})


def test_a_hash_of_django_is_accepted_and_replaced(client: TestClient, store: Store) -> None:
    with store.transaction():
        User.insert(username="legacy", password=DJANGO_HASH, time_joined=utc_now()).execute()
    bearer(client, "legacy", "Legacy-pass-123")
    with store.snapshot():
        user = User.get()
    assert user.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert user.time_last_login is not None
    bearer(client, "legacy", "Legacy-pass-123")


@pytest.mark.parametrize(
    "kept", ["!unusable", "", "bcrypt$x", "md5$a$b", "pbkdf2_sha256$x", "pbkdf2_sha256$1$", "$argon2id$v=19$x"]
)
def test_a_hash_that_cannot_be_checked_lets_nobody_in(client: TestClient, store: Store, kept: str) -> None:
    with store.transaction():
        User.insert(username="ann", password=kept, time_joined=utc_now()).execute()
    for password in ("x", kept or "y"):
        answer = client.post("/api/jwt/auth/", json={"username": "ann", "password": password})
        assert answer.status_code == 401


def test_a_refresh_token_goes_on_working(client: TestClient, store: Store) -> None:
    add_user(store)
    tokens = client.post("/api/jwt/auth/", json={"username": "ann", "password": PASSWORD}).json()
    for _ in range(2):
        answer = client.post("/api/jwt/refresh/", json={"refresh": tokens["refresh"]}).json()
        assert list(answer) == ["access"]
        headers = {"Authorization": f"Bearer {answer['access']}"}
        assert client.get("/api/customer/getuser/", headers=headers).status_code == 200


def test_a_token_of_the_wrong_type_or_no_token_is_refused(client: TestClient, settings: Settings, store: Store) -> None:
    user = add_user(store)
    access = issue_token(settings, "access", user, utc_now())
    expired = issue_token(settings, "refresh", user, utc_now() - timedelta(days=11))
    for token, detail in (
        (access, "Token has wrong type"),
        (expired, "Token is invalid or expired"),
        ("junk", "Token is invalid or expired"),
        ("[" * 100_000, "Token is invalid or expired"),
        (jwt.encode({"user_id": 1}, SECRET), "Token has no 'exp' claim"),
        (jwt.encode({"user_id": 1, "exp": 9e9}, SECRET), "Token has no id"),
        (jwt.encode({"user_id": 1, "exp": 9e9, "jti": "x"}, SECRET), "Token has no type"),
        (jwt.encode({"token_type": "refresh", "exp": 9e9, "jti": "x"}, SECRET), NOBODY),
        (jwt.encode({"token_type": "refresh", "user_id": "x", "exp": 9e9, "jti": "x"}, SECRET), NOBODY),
        (jwt.encode({"token_type": "refresh", "user_id": 1, "exp": 9e9, "jti": "x"}, None, "none"), INVALID),
        (jwt.encode({"token_type": "refresh", "user_id": 1, "exp": 9e9, "jti": "x"}, "another-secret-" * 3), INVALID),
    ):
        answer = client.post("/api/jwt/refresh/", json={"refresh": token})
        assert (answer.status_code, answer.json()) == (401, {"detail": detail, "code": "token_not_valid"})


def test_a_token_of_the_reference_server_is_accepted(client: TestClient, store: Store) -> None:
    user = add_user(store)
    claims = {"token_type": "access", "exp": utc_now() + timedelta(hours=1), "jti": "ab" * 16, "user_id": user}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}
    assert client.get("/api/customer/getuser/", headers=headers).json()["user"] == user


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        (None, {"detail": "Authentication credentials were not provided."}),
        ("", {"detail": "Authentication credentials were not provided."}),
        ("Basic YTpi", {"detail": "Authentication credentials were not provided."}),
        (
            "Bearer a b",
            {
                "detail": "Authorization header must contain two space-delimited values",
                "code": "bad_authorization_header",
            },
        ),
        (
            "Bearer junk",
            {
                "detail": "Given token not valid for any token type",
                "code": "token_not_valid",
                "messages": [
                    {"token_class": "AccessToken", "token_type": "access", "message": "Token is invalid or expired"}
                ],
            },
        ),
    ],
)
@pytest.mark.parametrize("path", ["/api/customer/getuser/", "/api/customer/myorders"])
def test_a_protected_answer_asks_for_a_good_token(
    client: TestClient, path: str, header: str | None, answer: dict[str, Any]
) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = client.get(path, headers=headers)
    assert (response.status_code, response.json()) == (401, answer)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_token_of_a_user_who_is_gone_is_refused(client: TestClient, settings: Settings) -> None:
    headers = {"Authorization": f"Bearer {issue_token(settings, 'access', 999, utc_now())}"}
    answer = client.get("/api/customer/getuser/", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "user_not_found")


@pytest.mark.parametrize("header", ["Bearer junk", "Bearer a b c", "Bearer", "Nonsense"])
def test_a_bad_header_is_ignored_where_anyone_may_ask(client: TestClient, header: str) -> None:
    assert client.get("/api/product/brands/all/", headers={"Authorization": header}).status_code == 200


def test_a_user_without_customer_is_not_found_and_has_no_orders(client: TestClient, store: Store) -> None:
    add_user(store)
    headers = bearer(client)
    with store.transaction():
        Customer.delete().execute()
    assert client.get("/api/customer/getuser/", headers=headers).status_code == 404
    assert client.get("/api/customer/myorders/", headers=headers).json() == []


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (None, None),
        ("380501234567", 380501234567),
        ("0", 0),
        ("0501234567", "0501234567"),
        ("+380501234567", "+380501234567"),
        ("9007199254740991", 9007199254740991),
        ("9007199254740993", "9007199254740993"),
        ("-5", "-5"),
    ],
)
def test_a_phone_is_a_number_where_that_loses_nothing(
    client: TestClient, store: Store, kept: str | None, shown: int | str | None
) -> None:
    add_user(store)
    with store.transaction():
        Customer.update(phone=kept).execute()
    assert client.get("/api/customer/getuser/", headers=bearer(client)).json()["phone"] == shown


def test_deleting_a_user_leaves_the_customer(store: Store) -> None:
    add_user(store)
    with store.transaction():
        User.delete().execute()
        assert rows(Customer.select(Customer.user)) == [{"user": None}]


def test_the_id_of_a_deleted_user_is_never_given_again(store: Store) -> None:
    first = add_user(store)
    with store.transaction():
        User.delete().execute()
    assert add_user(store, "bob") == first + 1
