"""The endpoints of carts and orders."""

from webstore_kit.core.providers import Destination
from webstore_kit.customers.auth import bearer_user
from webstore_kit.http.added_fields import added
from webstore_kit.http.operation import Call, Operation, Work
from webstore_kit.http.query import Parameter
from webstore_kit.orders import pricing, queries, services
from webstore_kit.orders.pricing import Totals
from webstore_kit.orders.schemas import (
    CartCount,
    CartLineOut,
    CartTotals,
    CartUpdate,
    Checkout,
    CheckoutOut,
    OrderOut,
    cart_line_out,
    cart_refusal,
    cart_totals,
    checkout_out,
    checkout_refusal,
    order_out,
)


def update_cart(call: Call[CartUpdate]) -> CartCount:
    """Set how many of a product are in the cart."""
    return {"status": True, "cart_items_count": services.set_quantity(call.store, call.body)}


def list_cart(call: Call[None]) -> list[CartLineOut]:
    """The lines of the open cart."""
    rows = queries.cart_lines_of_token(call.params["customer_token"])
    return [cart_line_out(row) for row in pricing.priced(call.store, rows)]


def get_cart_totals(call: Call[None]) -> CartTotals:
    """What the open cart comes to.

    With the query parameters `country`, `city` and `post_code`, as far as they are known, for sending it there.
    """
    rows = queries.cart_lines_of_token(call.params["customer_token"])
    if not rows:
        return cart_totals(Totals())
    destination = Destination(*(call.query.get(name) for name in ("country", "city", "post_code")))
    basket = pricing.basket(call.store, rows[0]["customer"], rows, destination)
    return cart_totals(pricing.totals(call.store, basket))


def finalize_order(call: Call[Checkout]) -> CheckoutOut:
    """Turn the open cart into an order."""
    return checkout_out(services.finalize_order(call.store, call.body))


def list_orders(call: Call[None]) -> list[OrderOut]:
    """The orders of the user who asks, the open cart among them."""
    lines = queries.lines_of(call.user_id)
    orders = []
    for row in queries.orders_of(call.user_id):
        own = lines.get(row["id"], [])
        orders.append(order_out(row, own if row["is_ordered"] else pricing.priced(call.store, own)))
    added(call.store, "order", orders)
    return orders


WHERE_TO = (
    Parameter("country", "The country that the order goes to, as far as it is known."),
    Parameter("city", "The city."),
    Parameter("post_code", "The post code."),
)

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
    Operation("GET", "/api/order/cart/totals/{customer_token:slug}/", get_cart_totals, query=WHERE_TO),
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
