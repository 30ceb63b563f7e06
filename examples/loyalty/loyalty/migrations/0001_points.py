"""The table of the points. Migrations have copies of the models as these are today, and are never changed."""

from typing import Any

from peewee import BigIntegerField, Check, Database, ForeignKeyField, Model

from webstore_kit.models import IdField, UtcDateTimeField


class Customer(Model):
    """The table is there already; this much of it is what ours refers to."""

    id = IdField()

    class Meta:
        table_name = "customers"


class Order(Model):
    """The table is there already, too."""

    id = IdField()

    class Meta:
        table_name = "orders"


class Points(Model):
    """The new table."""

    id = IdField()
    customer = ForeignKeyField(Customer, on_delete="CASCADE")
    order = ForeignKeyField(Order, unique=True, on_delete="CASCADE")
    points = BigIntegerField(constraints=[Check("points > 0")])
    time_booked = UtcDateTimeField()

    class Meta:
        table_name = "loyalty_points"


def up(migrator: Any, db: Database) -> None:
    """Make the table."""
    with db.bind_ctx([Customer, Order, Points]):
        db.create_tables([Points], safe=False)
