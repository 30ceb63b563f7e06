"""The tables of orders and their lines."""

from peewee import BigIntegerField, BooleanField, CharField, Check, ForeignKeyField, IntegerField

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, MoneyField, TitleField, UtcDateTimeField
from webstore_kit.customers.models import Address, Customer


class Order(BaseModel):
    """A customer's open cart, or an order once `is_ordered`. It cannot be lost with its customer or address."""

    id = IdField()
    customer = ForeignKeyField(Customer, on_delete="RESTRICT")
    shipping_address = ForeignKeyField(Address, null=True, on_delete="RESTRICT")
    is_ordered = BooleanField(default=False)
    time_created = UtcDateTimeField()
    time_checkout = UtcDateTimeField(null=True)
    time_delivery = UtcDateTimeField(null=True)
    checkout_digest = CharField(max_length=64, null=True)
    """SHA-256 of the request that finished it, by which the same request sent again is known."""

    class Meta:
        table_name = "orders"


Order.add_index(Order.customer, unique=True, where=~Order.is_ordered, name="orders_one_open_cart")


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

MODELS = [Order, OrderLine]
