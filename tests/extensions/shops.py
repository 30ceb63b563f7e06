"""A shop with extensions, and what a customer does in it."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from tests.factories import DELIVERY, add_customer, add_user
from webstore_kit import Settings, Store, create_app
from webstore_kit.extensions.extension import Extension

Sell = Callable[..., "Shop"]


def providing(**providers: Any) -> Extension:
    """An extension that provides these."""
    provided: Any = providers
    return Extension(name="shop", providers=provided)


class Shop:
    """A client of the app of a store with these extensions, and one customer; to be closed."""

    def __init__(self, settings: Settings, *extensions: Extension) -> None:
        self.app = create_app(settings, extensions=extensions)
        self.store: Store = self.app.state.store
        # Inside its lifespan, which closes what the app has opened.
        self.client = TestClient(self.app, follow_redirects=False).__enter__()
        self.token = add_customer(self.store)

    def close(self) -> None:
        """End the app."""
        self.client.__exit__()

    def put(self, product: int, quantity: int = 1) -> Any:
        """Put so many into the cart."""
        body = {"token": self.token, "product_id": product, "quantity": quantity}
        return self.client.post("/api/order/cart/update/", json=body)

    def check_out(self, **details: str) -> Any:
        """Finish the cart."""
        return self.client.put("/api/order/finalize/", json={**DELIVERY, "token": self.token, **details})

    def cart(self) -> Any:
        """The lines of the cart."""
        return self.client.get(f"/api/order/cart/list/{self.token}/")

    def totals(self, query: str = "") -> Any:
        """What the cart comes to."""
        return self.client.get(f"/api/order/cart/totals/{self.token}/{query}")

    def my_orders(self) -> Any:
        """All orders of the customer, who gets a user if there is none yet."""
        return self.client.get("/api/customer/myorders/", headers=self.log_in())

    def log_in(self) -> dict[str, str]:
        """The header of a user to whom the customer belongs."""
        with self.store.snapshot():
            found = self.store.database.execute_sql("SELECT COUNT(*) FROM users").fetchone()
        if not found[0]:
            add_user(self.store, token=self.token)
        from_login = self.client.post("/api/jwt/auth/", json={"username": "ann", "password": "Correct-horse-7"})
        return {"Authorization": f"Bearer {from_login.json()['access']}"}

    def column(self, query: str) -> list[Any]:
        """The first column of what the database answers."""
        with self.store.snapshot():
            return [row[0] for row in self.store.database.execute_sql(query).fetchall()]
