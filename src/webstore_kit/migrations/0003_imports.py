"""Import runs with what they changed and refused, and what products and categories need to be imported: keys, groups
of variants, whether a product is sold, shelves in shelves, and a gallery of pictures.

Products that are there already are sold, and have no key.
"""

from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    CharField,
    Database,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

from webstore_kit.core.fields import IdField, UtcDateTimeField


class Table(Model):
    class Meta:
        legacy_table_names = False


class Product(Table):
    """The table is there already; this much of it is what others refer to."""

    id = IdField()

    class Meta:
        table_name = "products"


class ProductPicture(Table):
    id = IdField()
    product = ForeignKeyField(Product, on_delete="CASCADE", index=False)
    position = IntegerField()
    source = TextField()
    path = TextField(null=True)
    error = TextField(null=True)
    run_id = BigIntegerField(null=True)

    class Meta:
        table_name = "product_pictures"


ProductPicture.add_index(
    ProductPicture.product, ProductPicture.position, unique=True, name="product_pictures_product_position"
)
ProductPicture.add_index(
    ProductPicture.run_id,
    ProductPicture.source,
    name="product_pictures_to_fetch",
    where=SQL("path IS NULL AND error IS NULL"),
)
ProductPicture.add_index(ProductPicture.source, name="product_pictures_had", where=SQL("path IS NOT NULL"))


class ImportRun(Table):
    id = IdField()
    state = CharField(max_length=20)
    owner = CharField(max_length=32)
    name = TextField()
    digest = CharField(max_length=64)
    options = TextField()
    who = TextField()
    format = CharField(max_length=40)
    position = BigIntegerField(default=0)
    created = BigIntegerField(default=0)
    updated = BigIntegerField(default=0)
    unchanged = BigIntegerField(default=0)
    refused = BigIntegerField(default=0)
    deactivated = BigIntegerField(default=0)
    time_started = UtcDateTimeField()
    time_finished = UtcDateTimeField(null=True)
    time_undone = UtcDateTimeField(null=True)

    class Meta:
        table_name = "import_runs"


ImportRun.add_index(ImportRun.digest, ImportRun.id, name="import_runs_digest")


class ImportChange(Table):
    id = IdField()
    run = ForeignKeyField(ImportRun, on_delete="CASCADE", index=False)
    kind = CharField(max_length=20)
    item_id = BigIntegerField()
    before = TextField(null=True)
    after = TextField()
    time_undone = UtcDateTimeField(null=True)

    class Meta:
        table_name = "import_changes"


ImportChange.add_index(ImportChange.run, ImportChange.id, name="import_changes_run")
ImportChange.add_index(
    ImportChange.item_id,
    name="import_changes_taken_out",
    where=SQL('after = \'{"is_active": false, "was_missing": true}\''),
)


class ImportRefusal(Table):
    id = IdField()
    run = ForeignKeyField(ImportRun, on_delete="CASCADE", index=False)
    place = BigIntegerField()
    line = IntegerField()
    column_name = TextField()
    value = TextField()
    reason = TextField()
    fix = TextField()

    class Meta:
        table_name = "import_refusals"


ImportRefusal.add_index(ImportRefusal.run, ImportRefusal.place, ImportRefusal.id, name="import_refusals_run_place")

TABLES = [ProductPicture, ImportRun, ImportChange, ImportRefusal]

EXISTING = (
    'ALTER TABLE "categories" ADD COLUMN "parent_id" {bigint} REFERENCES "categories" ("id") ON DELETE SET NULL',
    'ALTER TABLE "products" ADD COLUMN "key" VARCHAR(200)',
    'ALTER TABLE "products" ADD COLUMN "variant_group" VARCHAR(200)',
    'ALTER TABLE "products" ADD COLUMN "is_active" {boolean} NOT NULL DEFAULT TRUE',
    'CREATE INDEX "brands_title" ON "brands" ("title", "id")',
    'CREATE INDEX "categories_title" ON "categories" ("title", "id")',
    'CREATE INDEX "categories_parent" ON "categories" ("parent_id")',
    'CREATE UNIQUE INDEX "products_key" ON "products" ("key") WHERE ("key" IS NOT NULL)',
    'CREATE INDEX "products_variant_group" ON "products" ("variant_group", "id") WHERE ("variant_group" IS NOT NULL)',
)


def up(migrator: Any, db: Database) -> None:
    """Widen the tables that are there, then add the new ones."""
    postgresql = isinstance(db, PostgresqlDatabase)
    types = {"boolean": "BOOLEAN", "bigint": "BIGINT"} if postgresql else {"boolean": "INTEGER", "bigint": "INTEGER"}
    for statement in EXISTING:
        db.execute_sql(statement.format(**types))
    with db.bind_ctx([Product, *TABLES]):
        db.create_tables(TABLES, safe=False)
