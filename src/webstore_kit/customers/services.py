"""Writes of users and customers."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import peewee

from webstore_kit.core.errors import InvalidInput
from webstore_kit.core.store import Store
from webstore_kit.customers import credentials, queries
from webstore_kit.customers.errors import UNKNOWN_TOKEN, USERNAME_TAKEN, InvalidLogin, InvalidToken
from webstore_kit.customers.events import CustomerRegistered
from webstore_kit.customers.models import Customer, User
from webstore_kit.customers.schemas import NewPassword, NewUser, Registration, TokenPair
from webstore_kit.http.fields import examine, validate


def create_customer(store: Store) -> str:
    """A fresh customer; answers its token."""
    token = str(uuid4())
    _insert_customer(store, token)
    return token


def prepare_registration(store: Store, data: Any) -> NewUser:
    """The new user, checked so that every wrong field is named at once; raises InvalidInput.

    It takes the time of a hash, and so comes before the transaction that registers.
    """
    values, errors = examine(Registration, data)
    with store.snapshot():
        if queries.username_taken(values.get("username", "")):
            errors["username"] = [USERNAME_TAKEN]
        if values.get("token") and not queries.token_known(values["token"]):
            errors["token"] = [UNKNOWN_TOKEN]
    names = {"username": "username", "first_name": "first name", "last_name": "last name", "email": "email address"}
    about = {words: values.get(name, "") for name, words in names.items()}
    weak = credentials.weaknesses(values["password"], about) if "password" in values else []
    if weak:
        errors["password"] = weak
    if errors:
        raise InvalidInput(errors)
    form = Registration.model_construct(**values)
    return NewUser(form, credentials.hash_password(form.password))


def register(store: Store, user: NewUser, **flags: bool) -> int:
    """Add the user, bound to the token's customer or to a fresh one; answers the user's id. Raises InvalidInput.

    A customer that is bound already stays with its user. `flags` are those of staff: `is_staff`, `is_superuser`.
    """
    form = user.form
    names = {"first_name": form.first_name, "last_name": form.last_name, "email": form.email}
    with store.transaction():
        user_id = _add_user(store, form.username, user.password_hash, **names, **flags)
        customer_id = _bind_customer(form.token, user_id, names)
        if customer_id is None:
            customer_id = _insert_customer(store, str(uuid4()), user=user_id, **names)
        store.publish(CustomerRegistered(user_id, customer_id, form.username, **names))
    return user_id


def log_in(store: Store, username: str, password: str) -> TokenPair:
    """Tokens for the active user with this name and password; raises InvalidLogin, in the same time for anyone."""
    with store.snapshot():
        row = queries.login(credentials.normal_username(username))
        older = queries.older_hash()
    kept = row["password"] if row else None
    verified, replacement = credentials.verify_password(password, kept, older)
    if not (row and verified and row["is_active"]):
        raise InvalidLogin
    with store.transaction():
        User.update(time_last_login=store.now()).where(User.id == row["id"]).execute()
        if replacement:
            # Not over a password that was changed since it was read.
            User.update(password=replacement).where(User.id == row["id"], User.password == kept).execute()
    access = credentials.issue_token(store.settings, "access", row["id"], store.now())
    return {"refresh": credentials.issue_token(store.settings, "refresh", row["id"], store.now()), "access": access}


def refresh_access(store: Store, refresh: str) -> str:
    """A new access token for the user of the refresh token; raises InvalidToken."""
    user_id = credentials.token_user_id(store.settings, "refresh", refresh, store.now())
    if not queries.is_active(user_id):
        raise InvalidToken("No active account found for the given token.")
    return credentials.issue_token(store.settings, "access", user_id, store.now())


def set_password(store: Store, username: str, password: str) -> bool:
    """Give the user a new password; answers whether there is such a user. Raises InvalidInput for one that is weak."""
    form = validate(NewPassword, {"username": username, "password": password})
    weak = credentials.weaknesses(form.password, {"username": form.username})
    if weak:
        raise InvalidInput({"password": weak})
    password_hash = credentials.hash_password(form.password)
    name = credentials.normal_username(form.username)
    with store.transaction():
        return bool(User.update(password=password_hash).where(User.username == name).execute())


def _bind_customer(token: str, user_id: int, names: Mapping[str, str]) -> int | None:
    """Give the customer of that token to the user; answers its id, or None where there is none that is free."""
    bound = Customer.update(user=user_id, **{name: text for name, text in names.items() if text})
    # Of two registrations with one token at the same moment, the condition lets one bind it.
    bound = bound.where(Customer.token == token, Customer.user.is_null()).returning(Customer.id)
    return next((int(row.id) for row in bound.execute()), None)


def _insert_customer(store: Store, token: str, **details: Any) -> int:
    return int(Customer.insert(token=token, time_created=store.now(), **details).execute())


def _add_user(store: Store, username: str, password_hash: str, **details: Any) -> int:
    """A new user; answers the id. Raises InvalidInput where the name is taken, also by one who came just before."""
    try:
        user = User.insert(username=username, password=password_hash, time_joined=store.now(), **details)
        return int(user.execute())
    except peewee.IntegrityError:
        raise InvalidInput({"username": [USERNAME_TAKEN]}) from None
