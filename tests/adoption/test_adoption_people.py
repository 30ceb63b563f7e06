"""What becomes of users, customers and addresses, good ones and odd ones."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.adoption.legacy import ARGON2_HASH, PASSWORD, PBKDF2_HASH, Legacy, SqliteLegacy, add
from tests.adoption.reading import cases, rows
from webstore_kit import Settings, Store
from webstore_kit.adoption.services import adopt
from webstore_kit.customers import services as customers
from webstore_kit.customers.models import Address, Customer, User

NOW = datetime(2030, 1, 2, 3, 4, 5, 6, UTC)
MOMENT = datetime(2021, 8, 4, 12, 30, 45, 123456, UTC)


def is_uuid4(token: str) -> bool:
    return UUID(token).version == 4 and str(UUID(token)) == token


def test_users_keep_their_ids_names_rights_and_times(store: Store, legacy: Legacy) -> None:
    add(legacy, "auth_user", id=4, last_login="2022-01-02 03:04:05")
    add(legacy, "auth_user", id=6, username="boss", is_staff=True, is_superuser=True, is_active=False, email="")
    assert adopt(store, legacy.source).cases == ()
    ann = {
        "id": 4, "username": "ann", "password": PBKDF2_HASH, "email": "ann@example.com", "first_name": "Ann",
        "last_name": "Lee", "is_active": True, "is_staff": False, "is_superuser": False,
        "time_joined": MOMENT, "time_last_login": datetime(2022, 1, 2, 3, 4, 5, tzinfo=UTC),
    }  # fmt: skip
    boss = {"id": 6, "username": "boss", "email": "", "is_active": False, "is_staff": True, "is_superuser": True}
    assert rows(store, User) == [ann, {**ann, **boss, "time_last_login": None}]


@pytest.mark.parametrize("password_hash", [PBKDF2_HASH, ARGON2_HASH])
def test_a_user_logs_in_with_the_old_password(store: Store, legacy: Legacy, password_hash: str) -> None:
    add(legacy, "auth_user", password=password_hash)
    assert adopt(store, legacy.source).cases == ()
    assert set(customers.log_in(store, "ann", PASSWORD)) == {"refresh", "access"}


def test_only_the_name_of_djangos_hasher_is_taken_from_an_argon2_hash(store: Store, legacy: Legacy) -> None:
    add(legacy, "auth_user", password=ARGON2_HASH)
    adopt(store, legacy.source)
    assert rows(store, User, User.password) == [(ARGON2_HASH.removeprefix("argon2"),)]


@pytest.mark.parametrize("password_hash", ["!unusable", "bcrypt_sha256$$2b$12$abc", ""])
def test_a_hash_that_cannot_be_checked_is_kept_and_listed(store: Store, legacy: Legacy, password_hash: str) -> None:
    add(legacy, "auth_user", id=1, password=password_hash)
    report = adopt(store, legacy.source)
    what = (
        "the password of 'ann' is none that can be checked: kept as it is; "
        "`webstore user password` gives the user a new one"
    )
    assert rows(store, User, User.password) == [(password_hash,)]
    assert cases(report) == [("auth_user", 1, what)]


def test_of_users_with_one_name_the_newest_keeps_it(store: Store, loose_legacy: SqliteLegacy) -> None:
    for user_id, name in ((1, "ann"), (2, "ann-1"), (3, "ann"), (4, ""), (5, "x" * 151)):
        add(loose_legacy, "auth_user", id=user_id, username=name)
    report = adopt(store, loose_legacy.source)
    names = ["ann-1-2", "ann-1", "ann", "user-4", "x" * 148 + "-5"]
    assert rows(store, User, User.username) == [(name,) for name in names]
    assert cases(report)[:2] == [
        ("auth_user", 1, "username 'ann' is that of a newer user too: the user is now 'ann-1-2'"),
        ("auth_user", 4, "username '' is none that can be kept: the user is now 'user-4'"),
    ]


def test_two_renamed_users_do_not_get_one_name(store: Store, loose_legacy: SqliteLegacy) -> None:
    for user_id, name in ((1, "ann"), (2, "ann-1"), (3, "ann"), (4, "ann-1")):
        add(loose_legacy, "auth_user", id=user_id, username=name)
    adopt(store, loose_legacy.source)
    assert rows(store, User, User.username) == [("ann-1-2",), ("ann-1-2-2",), ("ann",), ("ann-1",)]


def test_customers_and_addresses_keep_ids_tokens_and_times(store: Store, legacy: Legacy) -> None:
    add(legacy, "auth_user", id=4)
    add(
        legacy, "customers", id=2, user_id=4, token="11111111-2222-4333-8444-555555555555", first_name="Leg",
        last_name="Acy", phone=380501234567, email="a@example.com",
    )  # fmt: skip
    add(legacy, "customers", id=3, token="abc")
    add(legacy, "customers_addresses", id=8, customer_id=2)
    assert adopt(store, legacy.source).cases == ()
    assert rows(store, Customer) == [
        {
            "id": 2, "token": "11111111-2222-4333-8444-555555555555", "user": 4, "first_name": "Leg",
            "last_name": "Acy", "phone": "380501234567", "email": "a@example.com", "time_created": MOMENT,
            "metadata": {},
        },
        {
            "id": 3, "token": "abc", "user": None, "first_name": None, "last_name": None, "phone": None,
            "email": None, "time_created": MOMENT, "metadata": {},
        },
    ]  # fmt: skip
    assert rows(store, Address) == [
        {
            "id": 8, "customer": 2, "country": "Ukraine", "city": "Kyiv", "post_code": "1001",
            "address": "Khreshchatyk 1",
        }
    ]  # fmt: skip


def test_of_customers_with_one_token_the_newest_keeps_it(store: Store, legacy: Legacy) -> None:
    for customer_id in (1, 2, 3):
        add(legacy, "customers", id=customer_id, token="same")
    report = adopt(store, legacy.source)
    [(first,), (second,), (third,)] = rows(store, Customer, Customer.token)
    assert third == "same"
    assert is_uuid4(first)
    assert is_uuid4(second)
    assert first != second
    what = "the token is that of a newer customer too: the customer has a new one"
    assert cases(report) == [("customers", 1, what), ("customers", 2, what)]


@pytest.mark.parametrize("token", ["", "t" * 201, "a\0b"])
def test_a_token_that_cannot_be_kept_is_replaced(store: Store, sqlite_legacy: SqliteLegacy, token: str) -> None:
    add(sqlite_legacy, "customers", id=1, token=token)
    report = adopt(store, sqlite_legacy.source)
    [(taken,)] = rows(store, Customer, Customer.token)
    assert is_uuid4(taken)
    assert cases(report) == [("customers", 1, "the token is none that can be kept: the customer has a new one")]


def test_of_customers_of_one_user_the_newest_keeps_it(store: Store, legacy: Legacy) -> None:
    add(legacy, "auth_user", id=1)
    add(legacy, "customers", id=1, user_id=1)
    add(legacy, "customers", id=2, user_id=1)
    report = adopt(store, legacy.source)
    assert rows(store, Customer, Customer.id, Customer.user) == [(1, None), (2, 1)]
    assert cases(report) == [
        ("customers", 1, "user_id 1 is the user of customer 2 too: this older customer belongs to no user")
    ]


def test_a_customer_of_a_missing_user_belongs_to_none(store: Store, legacy: Legacy) -> None:
    add(legacy, "customers", id=1, user_id=9)
    report = adopt(store, legacy.source)
    assert rows(store, Customer, Customer.id, Customer.user) == [(1, None)]
    assert cases(report) == [
        ("customers", 1, "user_id 9 is a missing user: not taken, the customer belongs to no user")
    ]


def test_an_address_of_a_missing_customer_is_not_taken(store: Store, legacy: Legacy) -> None:
    add(legacy, "customers_addresses", id=1, customer_id=9)
    report = adopt(store, legacy.source)
    assert rows(store, Address) == []
    assert rows(store, Customer) == []
    what = "an address of the missing customer 9, not taken: Ukraine, Kyiv, 1001, Khreshchatyk 1"
    assert cases(report) == [("customers_addresses", 1, what)]


def test_times_that_are_none_become_that_of_the_adoption(settings: Settings, sqlite_legacy: SqliteLegacy) -> None:
    store = Store(settings, now=lambda: NOW)
    add(sqlite_legacy, "auth_user", id=1, date_joined="soon", last_login="2021-02-30 00:00:00")
    add(sqlite_legacy, "customers", id=1, time_created=20210804)
    add(sqlite_legacy, "customers", id=2, time_created="2021-08-04T14:30:45.123456+02:00")
    report = adopt(store, sqlite_legacy.source)
    assert rows(store, User, User.time_joined, User.time_last_login) == [(NOW, None)]
    assert rows(store, Customer, Customer.time_created) == [(NOW,), (MOMENT,)]
    assert cases(report) == [
        ("auth_user", 1, "date_joined 'soon' is no time: taken as the time of the adoption"),
        ("auth_user", 1, "last_login '2021-02-30 00:00:00' is no time: left out"),
        ("customers", 1, "time_created 20210804 is no time: taken as the time of the adoption"),
    ]
    store.close()


@pytest.mark.parametrize("time", ["infinity", "0044-03-15 00:00:00 BC", "12000-01-01"])
def test_a_timestamp_that_python_knows_not_is_listed(store: Store, postgresql_legacy: Legacy, time: str) -> None:
    add(postgresql_legacy, "customers", id=1, time_created=time)
    report = adopt(store, postgresql_legacy.source)
    assert len(rows(store, Customer)) == 1
    assert [(case.table, case.id) for case in report.cases] == [("customers", 1)]


def test_a_post_code_and_a_phone_of_text_stay_as_they_are(store: Store, sqlite_legacy: SqliteLegacy) -> None:
    add(sqlite_legacy, "customers", id=1, phone="+44 20")
    add(sqlite_legacy, "customers_addresses", customer_id=1, post_code="SW1A 1AA")
    assert adopt(store, sqlite_legacy.source).cases == ()
    assert rows(store, Customer, Customer.phone) == [("+44 20",)]
    assert rows(store, Address, Address.post_code) == [("SW1A 1AA",)]
