"""The steps that take over people: users, customers and addresses."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from webstore_kit.adoption.readings import Reading, shown, text
from webstore_kit.adoption.run import Row, Run, fresh_token
from webstore_kit.adoption.source import Source
from webstore_kit.customers.credentials import is_known_hash
from webstore_kit.customers.schemas import SAFE_INTEGER

LONGEST_USERNAME = 150
LONGEST_TOKEN = 200
USERS = """
    SELECT id, username, password, email, first_name, last_name,
           is_active, is_staff, is_superuser, date_joined, last_login FROM auth_user ORDER BY id
"""
CUSTOMERS = """
    SELECT c.id, c.first_name, c.last_name, c.phone, c.email, c.time_created, c.token, c.user_id, u.id AS known_user
    FROM customers AS c LEFT JOIN auth_user AS u ON u.id = c.user_id ORDER BY c.id
"""
ADDRESSES = """
    SELECT a.id, a.country, a.city, a.post_code, a.address, a.customer_id, c.id AS known_customer
    FROM customers_addresses AS a LEFT JOIN customers AS c ON c.id = a.customer_id ORDER BY a.id
"""
# Whom an order belongs to, and who has an address that an order goes to.
NEEDED = """
    SELECT o.customer_id FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id WHERE c.id IS NULL
    UNION
    SELECT a.customer_id FROM orders AS o JOIN customers_addresses AS a ON a.id = o.customer_shipping_address_id
    LEFT JOIN customers AS c ON c.id = a.customer_id WHERE c.id IS NULL
"""


def users(run: Run) -> Iterator[Row]:
    """Every user, with the hash of the password that he or she has."""
    newest = run.source.newest("auth_user", "username")
    renamed: set[str] = set()
    for row in run.source.readings(USERS):
        user = {
            "id": row.id,
            "username": _username(run.source, row, newest, renamed),
            "password": _password(row),
            "email": row.text("email"),
            "first_name": row.text("first_name"),
            "last_name": row.text("last_name"),
            "is_active": row.flag("is_active"),
            "is_staff": row.flag("is_staff"),
            "is_superuser": row.flag("is_superuser"),
            "time_joined": row.moment("date_joined", run.now),
            "time_last_login": row.optional_moment("last_login"),
        }
        run.ledger.note_changes("auth_user", row)
        yield user


def customers(run: Run) -> Iterator[Row]:
    """Every customer, then those that are missing but that an order needs."""
    tokens = run.source.newest("customers", "token")
    bound = run.source.newest("customers", "user_id")
    for row in run.source.readings(CUSTOMERS):
        customer = {
            "id": row.id,
            "token": _token(row, tokens),
            "user": _user(row, bound),
            "first_name": row.optional_text("first_name"),
            "last_name": row.optional_text("last_name"),
            "phone": row.optional_text("phone"),
            "email": row.optional_text("email"),
            "time_created": row.moment("time_created", run.now),
        }
        run.ledger.note_changes("customers", row)
        yield customer
    yield from _recreated(run)


def addresses(run: Run) -> Iterator[Row]:
    """Every address whose customer is there, or is there again as an order needs it."""
    for row in run.source.readings(ADDRESSES):
        address = {name: row.text(name) for name in ("country", "city", "post_code", "address")}
        customer = row["known_customer"]
        if customer is None:
            customer = run.recreated.get(row["customer_id"])
        if customer is None:
            what = f"an address of the missing customer {shown(row['customer_id'])}, not taken: {_words(address)}"
            run.ledger.note("customers_addresses", row.id, what, rows=-1)
        else:
            run.ledger.note_changes("customers_addresses", row)
            yield {"id": row.id, "customer": customer, **address}


def needed_customers(source: Source) -> dict[Any, int]:
    """The customers that are missing but that orders need: how the source refers to each, and the id to have.

    What is no id at all, as `null`, gets one that no customer ever had; so does a number so large that customers to
    come, who are counted on from it, would have ids that clients cannot tell apart.
    """
    references = [reference for (reference,) in source.rows(NEEDED)]
    ids = {number: number for number in references if isinstance(number, int) and abs(number) <= SAFE_INTEGER}
    unused = count(max(source.high_water("customers"), *ids.values(), 0) + 1)
    return ids | {reference: next(unused) for reference in references if reference not in ids}


def _username(source: Source, row: Reading, newest: dict[Any, int], renamed: set[str]) -> str:
    name = row.text("username", LONGEST_USERNAME)
    if name and name == row["username"] and newest.get(name, row.id) == row.id:
        return name
    # A name that had to be changed could be another user's then, so it gets the id as one that two users have does.
    endings = (f"-{row.id}", *(f"-{row.id}-{number}" for number in range(2, 100)))
    names = ((name or "user")[: LONGEST_USERNAME - len(ending)] + ending for ending in endings)
    free = next(name for name in names if name not in renamed and not source.has("auth_user", "username", name))
    renamed.add(free)
    row.changed("username", f"{_why_not(name, row['username'], 'user')}: the user is now {shown(free)}")
    return free


def _password(row: Reading) -> str:
    # Django puts the name of its hasher before the hash that Argon2 itself writes.
    kept = row.text("password")
    kept = kept.removeprefix("argon2") if kept.startswith("argon2$argon2") else kept
    if not is_known_hash(kept):
        row.changes.append(
            f"the password of {shown(row['username'])} is none that can be checked: kept as it is; "
            "`webstore user password` gives the user a new one"
        )
    return kept


def _token(row: Reading, newest: dict[Any, int]) -> str:
    token, _ = text(row["token"], LONGEST_TOKEN)
    if token and token == row["token"] and newest.get(token, row.id) == row.id:
        return token
    # Whoever holds a token can see the cart, so it is the newest's alone; and no report shows one.
    row.changes.append(f"the token {_why_not(token, row['token'], 'customer')}: the customer has a new one")
    return fresh_token()


def _user(row: Reading, newest: dict[Any, int]) -> int | None:
    user: int | None = row["known_user"]
    if user is None and row["user_id"] is not None:
        row.changed("user_id", "is a missing user: not taken, the customer belongs to no user")
    elif user is not None and newest.get(user, row.id) != row.id:
        row.changed("user_id", f"is the user of customer {newest[user]} too: this older customer belongs to no user")
        return None
    return user


def _why_not(read: str, raw: Any, who: str) -> str:
    return f"is that of a newer {who} too" if read and read == raw else "is none that can be kept"


def _recreated(run: Run) -> Iterator[Row]:
    for reference, customer_id in run.recreated.items():
        what = f"customer {shown(reference)} is missing but an order needs it: made anew, empty, with a new token"
        run.ledger.note("customers", customer_id, what, rows=1)
        yield {"id": customer_id, "token": fresh_token(), "time_created": run.now}


def _words(address: dict[str, str]) -> str:
    return ", ".join(address.values())
