"""Writes of carts and orders. Each locks the customer first, so that one customer's writes come one after another."""

from datetime import timedelta

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import Row, locking
from webstore_kit.core.store import Store
from webstore_kit.customers.models import Address, Customer
from webstore_kit.inventory.queries import available
from webstore_kit.inventory.services import take_stock
from webstore_kit.orders import queries
from webstore_kit.orders.errors import (
    CartEmpty,
    LinesUnavailable,
    NotEnoughInStock,
    UnknownCustomer,
    UnknownProduct,
    shortage,
    withdrawn,
)
from webstore_kit.orders.models import Order, OrderLine
from webstore_kit.orders.schemas import CartUpdate, Checkout

REPEATABLE_FOR = timedelta(hours=24)
"""How long a checkout that is sent again is answered with the order that it made."""


def set_quantity(store: Store, form: CartUpdate) -> int:
    """Put that many of the product into the customer's cart; answers how many lines the cart has then.

    Raises UnknownCustomer, UnknownProduct, NotEnoughInStock.
    """
    customer_id = _lock_customer(form.token)
    cart_id = queries.open_cart(customer_id)
    if form.quantity == 0:
        _remove_line(cart_id, form.product_id)
    else:
        product = _product_to_sell(form.product_id, form.quantity)
        cart_id = cart_id or _open_cart(store, customer_id)
        _put_line(cart_id, product, form.quantity)
    return queries.line_count(cart_id)


def finalize_order(store: Store, form: Checkout) -> Row:
    """Turn the customer's open cart into an order, all of it or nothing; answers the order.

    The same checkout sent again, once its cart has been finished, answers the same order and does nothing.
    Raises UnknownCustomer, CartEmpty, LinesUnavailable.
    """
    customer_id = _lock_customer(form.token)
    cart_id = queries.open_cart(customer_id)
    lines = queries.cart_lines(cart_id) if cart_id else []
    if not (cart_id and lines):
        return _finished_before(store, customer_id, form)
    _take_stock(lines)
    _freeze_lines(cart_id)
    _record_details(customer_id, form)
    _mark_ordered(store, cart_id, _record_address(customer_id, form), form.digest())
    return queries.order(cart_id)


def _lock_customer(token: str) -> int:
    # From here to the commit no other request of this customer changes the cart, and a second one that finishes it
    # finds it finished.
    customer_id: int | None = locking(Customer.select(Customer.id).where(Customer.token == token)).scalar()
    if customer_id is None:
        raise UnknownCustomer
    return customer_id


def _open_cart(store: Store, customer_id: int) -> int:
    return int(Order.insert(customer=customer_id, time_created=store.now()).execute())


def _product_to_sell(product_id: int, quantity: int) -> Product:
    product: Product | None = Product.get_or_none(Product.id == _askable(product_id))
    if product is None:
        raise UnknownProduct(product_id)
    on_hand = available(product.id)
    if quantity > on_hand:
        raise NotEnoughInStock(product.title, on_hand)
    return product


def _put_line(cart_id: int, product: Product, quantity: int) -> None:
    # The customer is locked, so no other request can put the same line between the two statements. An upsert would
    # use up an id of PostgreSQL's sequence each time.
    today = {"quantity": quantity, "title": product.title, "price": product.price}
    line = OrderLine.order == cart_id, OrderLine.product_number == product.id
    if not OrderLine.update(**today).where(*line).execute():
        OrderLine.insert(order=cart_id, product=product.id, product_number=product.id, **today).execute()


def _remove_line(cart_id: int | None, product_id: int) -> None:
    number = _askable(product_id)
    removed = OrderLine.delete().where(OrderLine.order == cart_id, OrderLine.product_number == number).execute()
    # A product that the shop has deleted can still be taken out; one that never was is a mistake to be told.
    if not removed and not Product.select().where(Product.id == number).exists():
        raise UnknownProduct(product_id)


def _askable(product_id: int) -> int:
    # An id beyond the range of the column is nobody's, as 0 is.
    return product_id if 0 < product_id < 10**18 else 0


def _finished_before(store: Store, customer_id: int, form: Checkout) -> Row:
    order = queries.order_finished_by(customer_id, form.digest(), since=store.now() - REPEATABLE_FOR)
    if order is None:
        raise CartEmpty
    return order


def _take_stock(lines: list[Row]) -> None:
    # In the order of the ids, so that two checkouts never wait for each other's stock in a circle.
    short = []
    for line in sorted(lines, key=lambda line: int(line["product_number"])):
        if line["product"] is None:
            short.append(withdrawn(line["title"]))
        elif not take_stock(line["product"], line["quantity"]):
            short.append(shortage(line["title"], available(line["product"])))
    if short:
        raise LinesUnavailable(short)  # and the transaction gives back what was taken


def _freeze_lines(cart_id: int) -> None:
    title = Product.select(Product.title).where(Product.id == OrderLine.product)
    price = Product.select(Product.price).where(Product.id == OrderLine.product)
    OrderLine.update(title=title, price=price).where(OrderLine.order == cart_id).execute()


def _record_details(customer_id: int, form: Checkout) -> None:
    details = {"first_name": form.first_name, "last_name": form.last_name, "email": form.email}
    if form.phone:
        details["phone"] = form.phone
    Customer.update(**details).where(Customer.id == customer_id).execute()


def _record_address(customer_id: int, form: Checkout) -> int:
    where = {"country": form.country, "city": form.city, "post_code": form.post_code, "address": form.address}
    return int(Address.insert(customer=customer_id, **where).execute())


def _mark_ordered(store: Store, cart_id: int, address_id: int, digest: str) -> None:
    ordered = {"is_ordered": True, "time_checkout": store.now(), "checkout_digest": digest}
    Order.update(shipping_address=address_id, **ordered).where(Order.id == cart_id).execute()
