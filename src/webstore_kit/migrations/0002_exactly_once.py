"""The stock ledger, order numbers, idempotency keys, and triggers that keep a finished order whole.

Stock that is there already opens the ledger, and orders that are there already are numbered by their ids. Orders that
came from another store may lack an address, a time or lines, and are marked, so that the triggers let them be.
"""

from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    CharField,
    Check,
    Database,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

from webstore_kit.core.clock import utc_now
from webstore_kit.core.fields import IdField, UtcDateTimeField


class Table(Model):
    class Meta:
        legacy_table_names = False


class Counter(Table):
    name = CharField(max_length=40, primary_key=True)
    value = BigIntegerField()

    class Meta:
        table_name = "counters"


class LedgerEntry(Table):
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


class IdempotencyKey(Table):
    scope = CharField(max_length=64, primary_key=True)
    fingerprint = CharField(max_length=64)
    status = IntegerField()
    body = TextField()
    time_created = UtcDateTimeField(index=True)

    class Meta:
        table_name = "idempotency_keys"


TABLES = [Counter, LedgerEntry, IdempotencyKey]

COLUMNS = (
    'ALTER TABLE "orders" ADD COLUMN "number" VARCHAR(40)',
    'ALTER TABLE "orders" ADD COLUMN "is_adopted" {boolean} NOT NULL DEFAULT FALSE',
    'CREATE UNIQUE INDEX "orders_number" ON "orders" ("number")',
)

EXISTING = (
    "UPDATE orders SET number = CAST(id AS VARCHAR(40)) WHERE is_ordered",
    """UPDATE orders SET is_adopted = TRUE WHERE is_ordered AND (shipping_address_id IS NULL OR time_checkout IS NULL
        OR NOT EXISTS (SELECT 1 FROM order_lines WHERE order_lines.order_id = orders.id AND quantity > 0))""",
    "INSERT INTO counters (name, value) SELECT 'orders', MAX(id) FROM orders HAVING MAX(id) IS NOT NULL",
    """INSERT INTO stock_ledger (product_id, change, reason, time)
        SELECT product_id, quantity, 'opening', '{now}' FROM stock WHERE quantity <> 0 ORDER BY product_id""",
)

UNFINISHED = """
    NEW.is_ordered AND (NEW.number IS NULL OR NOT NEW.is_adopted AND (
        NEW.shipping_address_id IS NULL OR NEW.time_checkout IS NULL
        OR NOT EXISTS (SELECT 1 FROM order_lines WHERE order_id = NEW.id AND quantity > 0)))
"""
NOT_WHOLE = "a finished order has lines, an address, a number and a time of checkout"
ADOPTED = "an order is adopted when it is inserted, or never"
KEEPS_LINES = "a finished order keeps its lines"
APPEND_ONLY = "the stock ledger is only added to"

SQLITE = (
    f"""CREATE TRIGGER orders_whole_insert BEFORE INSERT ON orders WHEN {UNFINISHED}
        BEGIN SELECT RAISE(ABORT, '{NOT_WHOLE}'); END""",
    f"""CREATE TRIGGER orders_whole_update BEFORE UPDATE ON orders WHEN {UNFINISHED}
        BEGIN SELECT RAISE(ABORT, '{NOT_WHOLE}'); END""",
    f"""CREATE TRIGGER orders_adopted BEFORE UPDATE OF is_adopted ON orders WHEN NEW.is_adopted <> OLD.is_adopted
        BEGIN SELECT RAISE(ABORT, '{ADOPTED}'); END""",
    f"""CREATE TRIGGER order_lines_kept_delete BEFORE DELETE ON order_lines
        WHEN EXISTS (SELECT 1 FROM orders WHERE id = OLD.order_id AND is_ordered)
        BEGIN SELECT RAISE(ABORT, '{KEEPS_LINES}'); END""",
    f"""CREATE TRIGGER order_lines_kept_update BEFORE UPDATE OF order_id, quantity ON order_lines
        WHEN (NEW.order_id <> OLD.order_id OR NEW.quantity = 0)
        AND EXISTS (SELECT 1 FROM orders WHERE id = OLD.order_id AND is_ordered)
        BEGIN SELECT RAISE(ABORT, '{KEEPS_LINES}'); END""",
    f"""CREATE TRIGGER stock_ledger_kept_delete BEFORE DELETE ON stock_ledger
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    f"""CREATE TRIGGER stock_ledger_kept_update BEFORE UPDATE ON stock_ledger
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
)

POSTGRESQL = (
    f"""CREATE FUNCTION webstore_keep_order_whole() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {UNFINISHED} THEN RAISE EXCEPTION '{NOT_WHOLE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
            IF TG_OP = 'UPDATE' THEN
                IF NEW.is_adopted <> OLD.is_adopted THEN
                    RAISE EXCEPTION '{ADOPTED}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER orders_whole BEFORE INSERT OR UPDATE ON orders
        FOR EACH ROW EXECUTE FUNCTION webstore_keep_order_whole()""",
    # The order is locked while it is looked at: else one transaction could finish it while another takes its last line.
    f"""CREATE FUNCTION webstore_keep_lines() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE finished boolean;
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NEW.order_id = OLD.order_id AND NEW.quantity <> 0 THEN RETURN NEW; END IF;
            END IF;
            SELECT is_ordered INTO finished FROM orders WHERE id = OLD.order_id FOR SHARE;
            IF finished THEN RAISE EXCEPTION '{KEEPS_LINES}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
            IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
            RETURN OLD;
        END $$""",
    """CREATE TRIGGER order_lines_kept BEFORE DELETE OR UPDATE OF order_id, quantity ON order_lines
        FOR EACH ROW EXECUTE FUNCTION webstore_keep_lines()""",
    f"""CREATE FUNCTION webstore_keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER stock_ledger_kept BEFORE DELETE OR UPDATE ON stock_ledger
        FOR EACH ROW EXECUTE FUNCTION webstore_keep_ledger()""",
)


def up(migrator: Any, db: Database) -> None:
    """Add the tables and columns, enter what is there already, then the triggers."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    postgresql = isinstance(db, PostgresqlDatabase)
    boolean, now = "BOOLEAN" if postgresql else "INTEGER", UtcDateTimeField().db_value(utc_now())
    for statement in (*COLUMNS, *EXISTING):
        db.execute_sql(statement.format(boolean=boolean, now=now))
    for statement in POSTGRESQL if postgresql else SQLITE:
        db.execute_sql(statement)
