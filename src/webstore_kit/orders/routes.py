"""The endpoints of carts and orders."""

from webstore_kit.customers.auth import bearer_user
from webstore_kit.http.operation import Call, Operation, Work
from webstore_kit.orders import queries, services
from webstore_kit.orders.schemas import (
    CartLineOut,
    CartUpdate,
    CartUpdated,
    Checkout,
    OrderOut,
    OrderPlaced,
    cart_line_out,
    cart_refusal,
    checkout_refusal,
    order_out,
    order_placed,
)


def update_cart(call: Call[CartUpdate]) -> CartUpdated:
    """Set how many of a product are in the cart."""
    return {"status": True, "cart_items_count": services.set_quantity(call.store, call.body)}


def list_cart(call: Call[None]) -> list[CartLineOut]:
    """The lines of the open cart."""
    return [cart_line_out(row) for row in queries.cart_lines_of_token(call.params["customer_token"])]


def finalize_order(call: Call[Checkout]) -> OrderPlaced:
    """Turn the open cart into an order."""
    return order_placed(services.finalize_order(call.store, call.body))


def list_orders(call: Call[None]) -> list[OrderOut]:
    """The orders of the user who asks, the open cart among them."""
    lines = queries.lines_of(call.user_id)
    return [order_out(row, lines.get(row["id"], [])) for row in queries.orders_of(call.user_id)]


routes = [
    Operation(
        "POST",
        "/api/order/cart/update/",
        update_cart,
        body=CartUpdate,
        work=Work.WRITE,
        refusal=cart_refusal,
        idempotent=True,
    ),
    Operation("GET", "/api/order/cart/list/{customer_token:slug}/", list_cart),
    Operation(
        "PUT",
        "/api/order/finalize/",
        finalize_order,
        body=Checkout,
        work=Work.WRITE,
        refusal=checkout_refusal,
        idempotent=True,
    ),
    Operation("GET", "/api/customer/myorders/", list_orders, authenticate=bearer_user),
]
