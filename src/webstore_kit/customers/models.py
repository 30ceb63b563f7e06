"""The tables of users, customers and addresses."""

from peewee import SQL, BooleanField, CharField, ForeignKeyField, TextField

from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, JsonField, UtcDateTimeField


class User(BaseModel):
    """Who can log in."""

    id = IdField()
    username = CharField(max_length=150, unique=True)
    password = TextField()
    """The hash, never the password; see credentials.py."""
    email = TextField(default="")
    first_name = TextField(default="")
    last_name = TextField(default="")
    is_active = BooleanField(default=True)
    is_staff = BooleanField(default=False)
    is_superuser = BooleanField(default=False)
    time_joined = UtcDateTimeField()
    time_last_login = UtcDateTimeField(null=True)

    class Meta:
        table_name = "users"


# Every login asks whether there is one, so it has to be found at once; written alike in index and query, or PostgreSQL
# and SQLite do not use the index.
OLDER_HASH = SQL("substr(\"password\", 1, 13) = 'pbkdf2_sha256'")
User.add_index(User.id, where=OLDER_HASH, name="users_older_hash")


class Customer(BaseModel):
    """Who buys: known by a token from the first visit on, and bound to at most one user by registration."""

    id = IdField()
    token = CharField(max_length=200, unique=True)
    user = ForeignKeyField(User, null=True, unique=True, on_delete="SET NULL")
    first_name = TextField(null=True)
    last_name = TextField(null=True)
    phone = TextField(null=True)
    email = TextField(null=True)
    time_created = UtcDateTimeField()
    metadata = JsonField(constraints=[SQL("DEFAULT '{}'")])
    """What the shop notes about the customer, as a JSON object."""

    class Meta:
        table_name = "customers"


class Address(BaseModel):
    """Where an order goes. It is never changed, as orders point to it."""

    id = IdField()
    customer = ForeignKeyField(Customer, on_delete="CASCADE")
    country = TextField()
    city = TextField()
    post_code = TextField()
    address = TextField()

    class Meta:
        table_name = "addresses"


MODELS = [User, Customer, Address]
