"""Reads of users and customers. All of them run inside `store.snapshot()` or `.transaction()`."""

from webstore_kit.core.database import Row, first_row, rows
from webstore_kit.core.errors import NotFound
from webstore_kit.customers.models import OLDER_HASH, Customer, User


def username_taken(username: str) -> bool:
    """Whether a user has this name."""
    return bool(User.select(User.id).where(User.username == username).exists())


def token_known(token: str) -> bool:
    """Whether a customer has this token."""
    return bool(Customer.select(Customer.id).where(Customer.token == token).exists())


def is_active(user_id: int) -> bool | None:
    """Whether the user may act; None where there is no such user."""
    active: bool | None = User.select(User.is_active).where(User.id == user_id).scalar()
    return None if active is None else bool(active)


def login(username: str) -> Row | None:
    """What a login is checked against: id, password hash and whether the user is active; None for nobody."""
    columns = (User.id, User.password, User.is_active)
    return first_row(User.select(*columns).where(User.username == username))


def older_hash() -> str | None:
    """Some password hash of an older kind, where a user still has one that was adopted and never logged in since."""
    older: str | None = User.select(User.password).where(OLDER_HASH).limit(1).scalar()
    return older


def customer_of(user_id: int) -> Row:
    """The customer of the user; raises NotFound."""
    row = first_row(Customer.select().where(Customer.user == user_id))
    if row is None:
        raise NotFound
    return row


def users() -> list[Row]:
    """All users, without their passwords, by id."""
    columns = (User.id, User.username, User.email, User.is_staff, User.is_active, User.time_joined)
    return rows(User.select(*columns).order_by(User.id))
