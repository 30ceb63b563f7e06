"""The table of the payments. Orders that are there already have none."""

from typing import Any

from peewee import CharField, Check, Database, ForeignKeyField, Model

from webstore_kit.models import IdField, MoneyField, UtcDateTimeField


class Order(Model):
    """The table is there already; this much of it is what ours refers to."""

    id = IdField()

    class Meta:
        table_name = "orders"


class Payment(Model):
    """The new table."""

    id = IdField()
    order = ForeignKeyField(Order, unique=True, on_delete="RESTRICT")
    amount = MoneyField(constraints=[Check("amount >= 0")])
    status = CharField(max_length=20, constraints=[Check("status IN ('due', 'paid', 'on_delivery')")])
    method = CharField(max_length=40, null=True)
    last_digits = CharField(max_length=4, null=True)
    time_settled = UtcDateTimeField(null=True)

    class Meta:
        table_name = "payments_payments"


def up(migrator: Any, db: Database) -> None:
    """Make the table."""
    with db.bind_ctx([Order, Payment]):
        db.create_tables([Payment], safe=False)
