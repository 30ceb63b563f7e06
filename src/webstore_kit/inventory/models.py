"""The stock ledger: every change of stock there was."""

from enum import StrEnum

from peewee import SQL, BigIntegerField, CharField, Check, IntegerField

from webstore_kit.core.database import BaseModel
from webstore_kit.core.fields import IdField, UtcDateTimeField


class Reason(StrEnum):
    """Why stock changed. Code of a shop may have reasons of its own, of up to 40 characters."""

    SALE = "sale"
    """An order took it; `order_id` says which."""
    COUNT = "count"
    """The shop said how many there are."""
    IMPORT = "import"
    """An import, or taking one back, said how many there are."""
    OPENING = "opening"
    """What was there when the ledger began."""


class LedgerEntry(BaseModel):
    """One change. The changes of a product always add up to its stock.

    Product and order are kept by value, so that an entry outlives both. Entries are never changed and never deleted;
    triggers of the database refuse it. An order takes a product once.
    """

    id = IdField()
    product_id = BigIntegerField()
    change = IntegerField(constraints=[Check("change <> 0")])
    reason = CharField(max_length=40)
    order_id = BigIntegerField(null=True)
    time = UtcDateTimeField()

    class Meta:
        table_name = "stock_ledger"


LedgerEntry.add_index(LedgerEntry.product_id, LedgerEntry.id, name="stock_ledger_product")
LedgerEntry.add_index(
    LedgerEntry.order_id,
    LedgerEntry.product_id,
    unique=True,
    where=SQL("reason = 'sale'"),
    name="stock_ledger_sold_once",
)

MODELS = [LedgerEntry]
