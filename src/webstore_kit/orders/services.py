"""Writes of carts and orders. Each locks the customer first, so that one customer's writes come one after another."""

from datetime import timedelta
from typing import Any

import peewee
from peewee import Case, fn

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import Row, keeping, locking
from webstore_kit.core.prepared import prepared
from webstore_kit.core.providers import Basket, Destination, wrong
from webstore_kit.core.store import Store
from webstore_kit.customers.models import Address, Customer
from webstore_kit.inventory.queries import available
from webstore_kit.inventory.services import sellable, take_stock
from webstore_kit.orders import pricing, queries
from webstore_kit.orders.errors import (
    CartEmpty,
    LinesUnavailable,
    NotEnoughInStock,
    UnknownCustomer,
    UnknownProduct,
    shortage,
    withdrawn,
)
from webstore_kit.orders.events import CartUpdated, OrderPlaced, OrderStatusChanged
from webstore_kit.orders.models import Counter, Order, OrderLine
from webstore_kit.orders.pricing import Totals
from webstore_kit.orders.schemas import CartUpdate, Checkout

REPEATABLE_FOR = timedelta(hours=24)
"""How long a checkout that is sent again is answered with the order that it made."""
LONGEST = 40
"""The most characters of an order's number."""


def set_quantity(store: Store, form: CartUpdate) -> int:
    """Put that many of the product into the customer's cart; answers how many lines the cart has then.

    Raises UnknownCustomer, UnknownProduct, NotEnoughInStock.
    """
    customer_id = _lock_customer(form.token)
    cart_id = queries.open_cart(customer_id)
    if form.quantity == 0:
        _remove_line(cart_id, form.product_id)
    else:
        product = _product_to_sell(store, form.product_id, form.quantity)
        cart_id = cart_id or int(_insert_cart.scalar(customer=customer_id, now=store.now()))
        _put_line(cart_id, product, form.quantity)
    store.publish(CartUpdated(customer_id, form.product_id, form.quantity))
    return queries.line_count(cart_id)


def finalize_order(store: Store, form: Checkout) -> Row:
    """Turn the customer's open cart into an order, all of it or nothing; answers the order.

    The same checkout sent again, once its cart has been finished, answers the same order and does nothing.
    Raises UnknownCustomer, CartEmpty, LinesUnavailable.
    """
    customer_id = _lock_customer(form.token)
    cart_id = queries.open_cart(customer_id)
    lines = _lines_to_sell(store, cart_id) if cart_id else []
    if not (cart_id and lines):
        return _finished_before(store, customer_id, form)
    _take_stock(store, cart_id, lines)
    destination = Destination(form.country, form.city, form.post_code, form.address)
    basket = _frozen(store, cart_id, customer_id, destination)
    totals = pricing.totals(store, basket)
    _record_details(customer_id, form)
    order = _mark_ordered(store, cart_id, _record_address(customer_id, form), form.digest(), totals)
    _publish_placed(store, order, form, basket, totals)
    return order


def _lock_customer(token: str) -> int:
    # From here to the commit no other request of this customer changes the cart, and a second one that finishes it
    # finds it finished.
    customer_id: int | None = _customer_locked.scalar(token=token)
    if customer_id is None:
        raise UnknownCustomer
    return customer_id


def _product_to_sell(store: Store, product_id: int, quantity: int) -> Row:
    product = queries.product_to_sell(_askable(product_id))
    if product is None or not product["is_active"]:
        raise UnknownProduct(product_id)
    for_sale = sellable(store, product["id"], product["quantity"])
    if quantity > for_sale:
        raise NotEnoughInStock(product["title"], for_sale)
    return product


def _put_line(cart_id: int, product: Row, quantity: int) -> None:
    # The customer is locked, so no other request can put the same line between the two statements. An upsert would
    # use up an id of PostgreSQL's sequence each time.
    line = {"quantity": quantity, "title": product["title"], "price": product["price"]}
    if not _update_line.execute(cart=cart_id, product=product["id"], **line):
        _insert_line.execute(cart=cart_id, product=product["id"], **line)


def _remove_line(cart_id: int | None, product_id: int) -> None:
    number = _askable(product_id)
    # A product that the shop has deleted can still be taken out; one that never was is a mistake to be told.
    if not _delete_line.execute(cart=cart_id, product=number) and queries.product_to_sell(number) is None:
        raise UnknownProduct(product_id)


def _askable(product_id: int) -> int:
    # An id beyond the range of the column is nobody's, as 0 is.
    return product_id if 0 < product_id < 10**18 else 0


def _finished_before(store: Store, customer_id: int, form: Checkout) -> Row:
    order = queries.order_finished_by(customer_id, form.digest(), since=store.now() - REPEATABLE_FOR)
    if order is None:
        raise CartEmpty
    return order


def _lines_to_sell(store: Store, cart_id: int) -> list[Row]:
    # Whoever deletes a product locks it, then its stock and its lines; a checkout that locked the stock first could
    # wait for them in a circle. SQLite has one writer at a time.
    if store.postgresql:
        _keep_products.execute(cart=cart_id)
    return queries.cart_lines(cart_id)


def _take_stock(store: Store, cart_id: int, lines: list[Row]) -> None:
    # In the order of the ids, so that two checkouts never wait for each other's stock in a circle.
    short = []
    for line in sorted(lines, key=lambda line: int(line["product_number"])):
        if not line["is_sold"]:
            short.append(withdrawn(line["title"]))
        elif not take_stock(store, line["product"], line["quantity"], cart_id):
            left = sellable(store, line["product"], available(line["product"]))
            short.append(shortage(line["title"], left))
    if short:
        raise LinesUnavailable(short)  # and the transaction gives back what was taken


def _frozen(store: Store, cart_id: int, customer_id: int, destination: Destination) -> Basket:
    """The lines, with titles and prices as they stay from now on."""
    rows = sorted(_freeze.rows(cart=cart_id), key=lambda row: int(row["id"]))
    basket = pricing.basket(store, customer_id, rows, destination)
    for row, line in zip(rows, basket.lines, strict=True):
        if line.price != row["price"]:
            _set_price.execute(line=row["id"], price=line.price)
    return basket


def _record_details(customer_id: int, form: Checkout) -> None:
    # No phone leaves the one that is known.
    details = {"first_name": form.first_name, "last_name": form.last_name, "email": form.email}
    _update_customer.execute(customer=customer_id, phone=form.phone or None, **details)


def _record_address(customer_id: int, form: Checkout) -> int:
    where = {"country": form.country, "city": form.city, "post_code": form.post_code, "address": form.address}
    return int(_insert_address.scalar(customer=customer_id, **where))


def _mark_ordered(store: Store, cart_id: int, address_id: int, digest: str, totals: Totals) -> Row:
    # The number comes last: on PostgreSQL whoever takes one makes the others wait until the commit.
    number = _number(store)
    amounts = {"shipping": totals.shipping, "tax": totals.tax.amount, "is_included": totals.tax.is_included}
    try:
        order = _mark.row(cart=cart_id, address=address_id, now=store.now(), digest=digest, number=number, **amounts)
    except peewee.IntegrityError as error:
        numbering = store.providers.order_numbering
        raise wrong("order_numbering", numbering, f"{number!r}, which another order has") from error
    assert order is not None, "the customer is locked, so the cart is still there"
    return order


def _number(store: Store) -> str:
    numbering = store.providers.order_numbering
    number = numbering.number(store, _counted)
    if not (isinstance(number, str) and number.isprintable() and 0 < len(number.strip()) == len(number) <= LONGEST):
        raise wrong("order_numbering", numbering, f"{number!r}, no text of 1 to {LONGEST} characters")
    return number


def _counted(name: str, start: int) -> int:
    return int(_count.scalar(name=name, start=start))


def _publish_placed(store: Store, order: Row, form: Checkout, basket: Basket, totals: Totals) -> None:
    store.publish(OrderStatusChanged(order["id"], order["number"], before="cart", after="ordered"))
    store.publish(
        OrderPlaced(
            order_id=order["id"],
            number=order["number"],
            customer_id=basket.customer_id,
            email=form.email,
            lines=basket.lines,
            destination=basket.destination,
            subtotal=totals.subtotal,
            shipping=totals.shipping,
            tax=totals.tax,
            total=totals.total,
        )
    )


@prepared
def _customer_locked(token: Any) -> Any:
    return locking(Customer.select(Customer.id).where(Customer.token == token))


@prepared
def _keep_products(cart: Any) -> Any:
    products = OrderLine.select(OrderLine.product).where(OrderLine.order == cart)
    return keeping(Product.select(Product.id).where(Product.id.in_(products)).order_by(Product.id), Product)


@prepared
def _insert_cart(customer: Any, now: Any) -> Any:
    return Order.insert(customer=customer, time_created=now)


@prepared
def _update_line(cart: Any, product: Any, quantity: Any, title: Any, price: Any) -> Any:
    line = OrderLine.order == cart, OrderLine.product_number == product
    return OrderLine.update(quantity=quantity, title=title, price=price).where(*line)


@prepared
def _insert_line(cart: Any, product: Any, quantity: Any, title: Any, price: Any) -> Any:
    today = {"quantity": quantity, "title": title, "price": price}
    return OrderLine.insert(order=cart, product=product, product_number=product, **today)


@prepared
def _delete_line(cart: Any, product: Any) -> Any:
    return OrderLine.delete().where(OrderLine.order == cart, OrderLine.product_number == product)


@prepared
def _freeze(cart: Any) -> Any:
    title = Product.select(Product.title).where(Product.id == OrderLine.product)
    price = Product.select(Product.price).where(Product.id == OrderLine.product)
    frozen = OrderLine.update(title=title, price=price).where(OrderLine.order == cart)
    # As they are then: on PostgreSQL a price may have changed since the lines were read.
    return frozen.returning(
        OrderLine.id, OrderLine.product_number, OrderLine.title, OrderLine.quantity, OrderLine.price
    )


@prepared
def _set_price(line: Any, price: Any) -> Any:
    return OrderLine.update(price=price).where(OrderLine.id == line)


@prepared
def _update_customer(customer: Any, first_name: Any, last_name: Any, email: Any, phone: Any) -> Any:
    details = {"first_name": first_name, "last_name": last_name, "email": email}
    return Customer.update(phone=fn.COALESCE(phone, Customer.phone), **details).where(Customer.id == customer)


@prepared
def _insert_address(customer: Any, country: Any, city: Any, post_code: Any, address: Any) -> Any:
    where = {"country": country, "city": city, "post_code": post_code, "address": address}
    return Address.insert(customer=customer, **where)


@prepared
def _count(name: Any, start: Any) -> Any:
    # One statement, so that no two orders get one number; a raised start is jumped to, a lowered one has no effect.
    following = Case(None, ((Counter.value >= start, Counter.value + 1),), start)
    counter = Counter.insert(name=name, value=start).on_conflict(
        conflict_target=[Counter.name], update={Counter.value: following}
    )
    return counter.returning(Counter.value)


@prepared
def _mark(
    cart: Any, address: Any, now: Any, digest: Any, number: Any, shipping: Any, tax: Any, is_included: Any
) -> Any:
    ordered = {"is_ordered": True, "time_checkout": now, "checkout_digest": digest, "number": number}
    ordered |= {"shipping": shipping, "tax": tax, "tax_is_included": is_included}
    return Order.update(shipping_address=address, **ordered).where(Order.id == cart).returning(Order)
