"""The revision of the catalogue, and the triggers that raise it with every change that the public can see; and indexes
for lists of the products that are sold.
"""

from typing import Any

from peewee import SQL, BigIntegerField, BooleanField, Database, IntegerField, Model, PostgresqlDatabase


class CatalogueRevision(Model):
    slot = IntegerField(primary_key=True)
    value = BigIntegerField()
    is_bulk = BooleanField(constraints=[SQL("DEFAULT FALSE")])

    class Meta:
        table_name = "catalogue_revision"
        legacy_table_names = False


INDEXES = {
    "products_listed": '"is_active", "id"',
    "products_price": '"is_active", "price", "id"',
    "products_price_desc": '"is_active", "price" DESC, "id"',
    "products_title": '"is_active", "title", "id"',
    "products_title_desc": '"is_active", "title" DESC, "id"',
    "products_brand_price": '"brand_id", "is_active", "price", "id"',
}
TABLES = ("products", "brands", "categories", "product_categories", "reviews")
SLOTS = 32

SQLITE = """CREATE TRIGGER {table}_revised_{event} AFTER {event} ON {table}
    WHEN (SELECT NOT is_bulk FROM catalogue_revision)
    BEGIN UPDATE catalogue_revision SET value = value + 1; END"""

# Once in a transaction is enough, as others see its changes all at once. Where every slot is held, one is waited for.
FUNCTION = f"""CREATE FUNCTION webstore_revise() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE free integer;
    BEGIN
        IF current_setting('webstore_kit.revised', true) = pg_current_xact_id()::text THEN RETURN NULL; END IF;
        SELECT slot INTO free FROM catalogue_revision LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF free IS NULL THEN free := mod(pg_backend_pid(), {SLOTS}); END IF;
        UPDATE catalogue_revision SET value = value + 1 WHERE slot = free;
        PERFORM set_config('webstore_kit.revised', pg_current_xact_id()::text, true);
        RETURN NULL;
    END $$"""
POSTGRESQL = """CREATE TRIGGER {table}_revised AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION webstore_revise()"""


def up(migrator: Any, db: Database) -> None:
    """Make the table with its first values, then the triggers."""
    postgresql = isinstance(db, PostgresqlDatabase)
    with db.bind_ctx([CatalogueRevision]):
        db.create_tables([CatalogueRevision], safe=False)
        slots = range(SLOTS if postgresql else 1)
        CatalogueRevision.insert_many([{"slot": slot, "value": 0, "is_bulk": False} for slot in slots]).execute()
    for name, columns in INDEXES.items():
        db.execute_sql(f'DROP INDEX IF EXISTS "{name}"')
        db.execute_sql(f'CREATE INDEX "{name}" ON "products" ({columns})')
    for statement in _statements(postgresql=postgresql):
        db.execute_sql(statement)


def _statements(*, postgresql: bool) -> list[str]:
    if postgresql:
        return [FUNCTION, *(POSTGRESQL.format(table=table) for table in TABLES)]
    return [SQLITE.format(table=table, event=event) for table in TABLES for event in ("INSERT", "UPDATE", "DELETE")]
