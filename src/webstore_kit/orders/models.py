"""The tables of orders and their lines, and the counter of their numbers."""

from peewee import SQL, BigIntegerField, BooleanField, CharField, Check, ForeignKeyField, IntegerField

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, JsonField, MoneyField, TitleField, UtcDateTimeField
from webstore_kit.customers.models import Address, Customer


class Order(BaseModel):
    """A customer's open cart, or an order once `is_ordered`. It cannot be lost with its customer or address.

    Triggers of the database refuse an order that is finished without lines, address, number and time of checkout, and
    to take a line away from it; see the migration 0002_exactly_once.
    """

    id = IdField()
    customer = ForeignKeyField(Customer, on_delete="RESTRICT")
    shipping_address = ForeignKeyField(Address, null=True, on_delete="RESTRICT")
    is_ordered = BooleanField(default=False)
    time_created = UtcDateTimeField()
    time_checkout = UtcDateTimeField(null=True)
    time_delivery = UtcDateTimeField(null=True)
    checkout_digest = CharField(max_length=64, null=True)
    """SHA-256 of the request that finished it, by which the same request sent again is known."""
    number = CharField(max_length=40, null=True)
    """What the shop and the customer call the order; a cart has none."""
    is_adopted = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    """Whether it was finished in another store, which may have kept it without address, time or lines."""
    shipping = MoneyField(constraints=[SQL("DEFAULT 0")])
    tax = MoneyField(constraints=[SQL("DEFAULT 0")])
    tax_is_included = BooleanField(constraints=[SQL("DEFAULT FALSE")])
    """Whether the tax is in the prices already; else it is added to them."""
    metadata = JsonField(constraints=[SQL("DEFAULT '{}'")])
    """What the shop notes about the order, as a JSON object."""

    class Meta:
        table_name = "orders"


Order.add_index(Order.customer, unique=True, where=~Order.is_ordered, name="orders_one_open_cart")
Order.add_index(Order.number, unique=True, name="orders_number")


class OrderLine(BaseModel):
    """A product in a cart or order. Title and price are today's while the cart is open, and frozen from checkout on.

    The line outlives its product: `product` becomes null when that is deleted, `product_number` keeps the id.
    """

    id = IdField()
    order = ForeignKeyField(Order, on_delete="CASCADE", index=False)
    product = ForeignKeyField(Product, null=True, on_delete="SET NULL")
    product_number = BigIntegerField()
    quantity = IntegerField(constraints=[Check("quantity >= 0")])
    title = TitleField(max_length=200)
    price = MoneyField(constraints=[Check("price >= 0")])

    class Meta:
        table_name = "order_lines"


OrderLine.add_index(OrderLine.order, OrderLine.product_number, unique=True, name="order_lines_order_product")


ORDERS = "orders"
"""The name of the counter that numbers the orders."""


class Counter(BaseModel):
    """A number that only rises: the last that was given out under a name."""

    name = CharField(max_length=40, primary_key=True)
    value = BigIntegerField()

    class Meta:
        table_name = "counters"


MODELS = [Order, OrderLine, Counter]
