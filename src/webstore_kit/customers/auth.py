"""Who is asking: from the Authorization header to the user."""

from webstore_kit.core.store import Store
from webstore_kit.customers import queries
from webstore_kit.customers.credentials import token_user_id
from webstore_kit.customers.errors import (
    BadAuthorizationHeader,
    CodedRefusal,
    InvalidAccessToken,
    InvalidToken,
    NamesNobody,
    NotAuthenticated,
)


def bearer_user(store: Store, authorization: str | None) -> int:
    """The id of the active user whose access token the header carries; raises a kind of Unauthorized."""
    parts = (authorization or "").split()
    if not parts or parts[0].lower() != "bearer":
        raise NotAuthenticated
    if len(parts) != 2:
        raise BadAuthorizationHeader
    try:
        user_id = token_user_id(store.settings, "access", parts[1], store.now())
    except NamesNobody:
        raise
    except InvalidToken as error:
        raise InvalidAccessToken(error.detail) from None
    active = queries.is_active(user_id)
    if active is None:
        raise CodedRefusal("User not found", "user_not_found")
    if not active:
        raise CodedRefusal("User is inactive", "user_inactive")
    return user_id
