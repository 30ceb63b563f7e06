"""The endpoints of customers, registration and login."""

from webstore_kit.core.errors import NotFound
from webstore_kit.customers import queries, services
from webstore_kit.customers.auth import bearer_user
from webstore_kit.customers.errors import InvalidLogin, InvalidToken
from webstore_kit.customers.schemas import (
    AccessToken,
    CustomerOut,
    Login,
    NewUser,
    Refresh,
    Registration,
    TokenCreated,
    TokenPair,
    UserOut,
    customer_out,
)
from webstore_kit.http.added_fields import added
from webstore_kit.http.operation import Call, Operation, Work


def create_customer(call: Call[None]) -> TokenCreated:
    """A fresh customer token."""
    return {"status": True, "customer_token": services.create_customer(call.store)}


def register(call: Call[NewUser]) -> UserOut:
    """Register a user and bind it to a customer."""
    form = call.body.form
    user_id = services.register(call.store, call.body)
    return {
        "id": user_id,
        "username": form.username,
        "email": form.email,
        "first_name": form.first_name,
        "last_name": form.last_name,
    }


def get_customer(call: Call[None]) -> CustomerOut:
    """The customer of the user who asks."""
    answer = customer_out(queries.customer_of(call.user_id))
    added(call.store, "customer", [answer])
    return answer


def log_in(call: Call[Login]) -> TokenPair:
    """A refresh and an access token for a username and a password."""
    return services.log_in(call.store, call.body.username, call.body.password)


def refresh_access(call: Call[Refresh]) -> AccessToken:
    """A new access token for a refresh token."""
    return {"access": services.refresh_access(call.store, call.body.refresh)}


routes = [
    Operation("POST", "/api/customer/create/", create_customer, work=Work.WRITE),
    Operation(
        "POST",
        "/api/customer/registration/",
        register,
        body=Registration,
        check=services.prepare_registration,
        work=Work.WRITE,
        status=201,
        idempotent=True,
    ),
    Operation("GET", "/api/customer/getuser/", get_customer, authenticate=bearer_user, raises=(NotFound,)),
    Operation("POST", "/api/jwt/auth/", log_in, body=Login, work=Work.HASH, raises=(InvalidLogin,)),
    Operation("POST", "/api/jwt/refresh/", refresh_access, body=Refresh, raises=(InvalidToken,)),
]
