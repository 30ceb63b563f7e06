"""The table of the payments."""

from peewee import CharField, Check, ForeignKeyField

from webstore_kit.models import IdField, Model, MoneyField, Order, UtcDateTimeField

DUE, PAID, ON_DELIVERY = "due", "paid", "on_delivery"


class Payment(Model):
    """What is to be paid for an order, and how that was done; there is one for each order.

    Of a card only the last four digits are kept.
    """

    id = IdField()
    order = ForeignKeyField(Order, unique=True, on_delete="RESTRICT")
    amount = MoneyField(constraints=[Check("amount >= 0")])
    status = CharField(max_length=20, default=DUE, constraints=[Check("status IN ('due', 'paid', 'on_delivery')")])
    method = CharField(max_length=40, null=True)
    last_digits = CharField(max_length=4, null=True)
    time_settled = UtcDateTimeField(null=True)
    """When it was paid, or when it was agreed to pay on delivery."""

    class Meta:
        table_name = "payments_payments"
