"""Registrations that run at the same time as themselves."""

from tests.factories import PASSWORD, add_customer
from tests.orders.test_concurrency import BUYERS, at_once
from webstore_kit import Store
from webstore_kit.core.database import first_row
from webstore_kit.core.errors import InvalidInput
from webstore_kit.customers import services
from webstore_kit.customers.models import Customer, User


def test_of_one_name_registered_many_times_at_once_there_is_one_user(store: Store) -> None:
    user = services.prepare_registration(store, {"username": "ann", "password": PASSWORD})
    results = at_once([lambda: services.register(store, user)] * BUYERS)
    assert sorted(results, key=str).count(InvalidInput) == BUYERS - 1
    with store.snapshot():
        assert (User.select().count(), Customer.select().count()) == (1, 1)


def test_one_token_registered_many_times_at_once_is_bound_to_one_user(store: Store) -> None:
    token = add_customer(store)
    fields = [{"username": f"u{number}", "password": PASSWORD, "token": token} for number in range(BUYERS)]
    users = [services.prepare_registration(store, each) for each in fields]
    results = at_once([lambda user=user: services.register(store, user) for user in users])  # type: ignore[misc]
    assert len(set(results)) == BUYERS
    with store.snapshot():
        assert Customer.select().count() == BUYERS
        assert first_row(Customer.select(Customer.user).where(Customer.token == token)) in [
            {"user": each} for each in results
        ]
