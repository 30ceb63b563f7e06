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
    "products_listed": '"is_active", "id", "price", "brand_id"',
    "products_price": '"is_active", "price", "id", "brand_id"',
    "products_price_desc": '"is_active", "price" DESC, "id", "brand_id"',
    "products_title": '"is_active", "title", "id", "price", "brand_id"',
    "products_title_desc": '"is_active", "title" DESC, "id", "price", "brand_id"',
    "products_brand": '"brand_id", "is_active", "id"',
    "products_brand_price": '"brand_id", "is_active", "price", "id"',
}
TABLES = ("products", "brands", "categories", "product_categories", "reviews")
SLOTS = 32

# Steps are of random length: a database that is put back from a backup, and changed anew, comes to no number that it
# has had before.
STEP = "1 + (random() & 1073741823)"
SQLITE = f"""CREATE TRIGGER {{table}}_revised_{{event}} AFTER {{event}} ON {{table}}
    WHEN (SELECT NOT is_bulk FROM catalogue_revision)
    BEGIN UPDATE catalogue_revision SET value = value + {STEP}; END"""

# Once in a transaction is enough, as others see its changes all at once. Where no slot is free, or the transaction
# cannot tell which is, it makes one of its own, which somebody else then adds to theirs: nobody waits, and nobody is
# refused. Whoever may write a table of the catalogue need have no right on this one, nor its schema in the search path.
FUNCTION = """CREATE FUNCTION webstore_revise() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    DECLARE
        free integer;
        step bigint := 1 + floor(random() * 1073741823);
    BEGIN
        IF current_setting('webstore_kit.revised', true) = pg_current_xact_id()::text THEN RETURN NULL; END IF;
        IF current_setting('transaction_isolation') = 'read committed' THEN
            SELECT slot INTO free FROM catalogue_revision WHERE slot >= 0 LIMIT 1 FOR UPDATE SKIP LOCKED;
        END IF;
        IF free IS NULL THEN
            INSERT INTO catalogue_revision (slot, value) VALUES (-1 - floor(random() * 2147483647)::integer, step);
        ELSE
            WITH taken AS (
                DELETE FROM catalogue_revision WHERE slot IN (
                    SELECT slot FROM catalogue_revision WHERE slot < 0 LIMIT 100 FOR UPDATE SKIP LOCKED
                ) RETURNING value
            )
            UPDATE catalogue_revision SET value = value + step + (SELECT COALESCE(SUM(value), 0) FROM taken)
            WHERE slot = free;
        END IF;
        PERFORM set_config('webstore_kit.revised', pg_current_xact_id()::text, true);
        RETURN NULL;
    END $$"""
POSTGRESQL = """CREATE TRIGGER {table}_revised AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION webstore_revise()"""
# What comes by replication fires only what is enabled for it, and by rows:
# https://www.postgresql.org/docs/current/logical-replication-architecture.html
REPLICATED = (
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_revised",
    """CREATE TRIGGER {table}_revised_row AFTER INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION webstore_revise()""",
    "ALTER TABLE {table} ENABLE REPLICA TRIGGER {table}_revised_row",
)


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
    for statement in _postgresql(db) if postgresql else _sqlite():
        db.execute_sql(statement)


def _sqlite() -> list[str]:
    return [SQLITE.format(table=table, event=event) for table in TABLES for event in ("INSERT", "UPDATE", "DELETE")]


def _postgresql(db: Database) -> list[str]:
    (schema,) = db.execute_sql("SELECT quote_ident(current_schema())").fetchone()
    triggers = [statement.format(table=table) for table in TABLES for statement in (POSTGRESQL, *REPLICATED)]
    return [FUNCTION.format(schema=schema), *triggers]
