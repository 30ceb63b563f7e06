"""What extensions note about products, customers and orders, and what an order costs beyond its lines.

Orders that are there already were sent for nothing, and say nothing of taxes.
"""

from typing import Any

from peewee import Database, PostgresqlDatabase

COLUMNS = (
    """ALTER TABLE "products" ADD COLUMN "metadata" {json} NOT NULL DEFAULT '{{}}'""",
    """ALTER TABLE "customers" ADD COLUMN "metadata" {json} NOT NULL DEFAULT '{{}}'""",
    'ALTER TABLE "orders" ADD COLUMN "shipping" {bigint} NOT NULL DEFAULT 0',
    'ALTER TABLE "orders" ADD COLUMN "tax" {bigint} NOT NULL DEFAULT 0',
    'ALTER TABLE "orders" ADD COLUMN "tax_is_included" {boolean} NOT NULL DEFAULT FALSE',
    """ALTER TABLE "orders" ADD COLUMN "metadata" {json} NOT NULL DEFAULT '{{}}'""",
)
TYPES = {
    True: {"json": "JSONB", "bigint": "BIGINT", "boolean": "BOOLEAN"},
    False: {"json": "TEXT", "bigint": "INTEGER", "boolean": "INTEGER"},
}


def up(migrator: Any, db: Database) -> None:
    """Add the columns."""
    types = TYPES[isinstance(db, PostgresqlDatabase)]
    for statement in COLUMNS:
        db.execute_sql(statement.format(**types))
