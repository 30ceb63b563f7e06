"""The client: asks a store's app without a network, as a front end does."""

from typing import Any

import httpx2
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from webstore_kit.core.store import Store
from webstore_kit.testing.factories import DELIVERY, PASSWORD


class StoreClient(TestClient):
    """Starlette's TestClient for the app of a store; `store` is that store.

    A request is over once everybody has been told of the events that it committed, so that a test can look at once at
    what came of it. Where the store is mounted in another app, `store` and the `prefix` of its paths have to be named.
    """

    def __init__(self, app: ASGIApp, *, store: Store | None = None, prefix: str = "", **options: Any) -> None:
        super().__init__(app, **options)
        self.store: Store = store or app.state.store  # type: ignore[attr-defined]  # it is what create_app has made
        self.prefix = prefix

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send the request, and wait until its events have been told."""
        response = super().send(request, **options)
        self.store.events.settle()
        return response

    def customer(self) -> str:
        """A new customer; answers the token."""
        return str(self._done("POST", "/api/customer/create/")["customer_token"])

    def log_in(self, username: str = "ann", password: str = PASSWORD) -> str:
        """Log in, so that each request from here on is that user's; answers the access token."""
        answer = self._done("POST", "/api/jwt/auth/", {"username": username, "password": password})
        self.headers["Authorization"] = f"Bearer {answer['access']}"
        return str(answer["access"])

    def log_out(self) -> None:
        """From here on requests are nobody's."""
        self.headers.pop("Authorization", None)

    def put_in_cart(self, token: str, product_id: int, quantity: int = 1) -> None:
        """Have so many of the product in the customer's cart."""
        self._done("POST", "/api/order/cart/update/", {"token": token, "product_id": product_id, "quantity": quantity})

    def check_out(self, token: str, **delivery: str) -> dict[str, Any]:
        """Order what is in the customer's cart; `delivery` is what differs from DELIVERY. Answers the order."""
        order: dict[str, Any] = self._done("PUT", "/api/order/finalize/", {**DELIVERY, **delivery, "token": token})
        return order

    def _done(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of a request that has to succeed."""
        response = self.request(method, self.prefix + path, json=body)
        assert response.is_success, f"{method} {path} was answered {response.status_code}: {response.text}"
        return response.json()
