"""The shop: what it adds to the store. `webstore serve` finds it by webstore.toml."""

from decimal import Decimal
from email.message import EmailMessage

from starlette.applications import Starlette
from webstore_kit import (
    Basket,
    Call,
    Extension,
    Operation,
    OrderPlaced,
    Store,
    Subscriber,
    create_app,
)


def opening_hours(call: Call[None]) -> dict[str, str]:
    """When the shop is open."""
    return {"monday": "9-17", "saturday": "10-14"}


def thank(store: Store, order: OrderPlaced) -> None:
    """Thank for an order by e-mail. Each is a file in mails/, until an extension has a mailer."""
    mail = EmailMessage()
    mail["To"] = order.email
    mail["Subject"] = f"Your order {order.number}"
    mail.set_content(
        f"Thank you! We send it to {order.destination.city}. It comes to {order.total}."
    )
    store.providers.mailer.send(mail)


class Shipping:
    """To send an order costs 4.90; one of 50.00 or more is sent for nothing."""

    def cost(self, store: Store, basket: Basket) -> Decimal:
        """What is added to the prices of the lines."""
        return Decimal("0.00") if basket.subtotal >= 50 else Decimal("4.90")


extension = Extension(
    name="shop",
    routes=[Operation("GET", "/api/opening-hours/", opening_hours)],
    after_commit=[Subscriber(OrderPlaced, thank)],
    providers={"shipping": Shipping()},
)


def create() -> Starlette:
    """The app, for any other ASGI server: `uvicorn --factory shop:create --no-access-log --no-proxy-headers`."""
    return create_app(extensions=[extension])
