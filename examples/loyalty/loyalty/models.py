"""The table of the points."""

from peewee import BigIntegerField, Check, ForeignKeyField

from webstore_kit.models import Customer, IdField, Model, Order, UtcDateTimeField


class Points(Model):
    """What a customer got for an order. The database itself keeps that from being booked twice."""

    id = IdField()
    customer = ForeignKeyField(Customer, on_delete="CASCADE")
    order = ForeignKeyField(Order, unique=True, on_delete="CASCADE")
    points = BigIntegerField(constraints=[Check("points > 0")])
    time_booked = UtcDateTimeField()

    class Meta:
        table_name = "loyalty_points"
