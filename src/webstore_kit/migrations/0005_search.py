"""The search index: trigrams of the titles of products and brands, by FTS5 on SQLite and by pg_trgm on PostgreSQL.

Where the database has neither, a search looks at every title.
"""

from typing import Any

from peewee import Database, OperationalError, PostgresqlDatabase, ProgrammingError

TABLES = (
    "CREATE TABLE search_marks (product_id INTEGER NOT NULL)",
    """CREATE VIRTUAL TABLE product_search
        USING fts5(title, brand, tokenize = 'trigram case_sensitive 1', columnsize = 0)""",
    "CREATE VIRTUAL TABLE product_search_terms USING fts5vocab(product_search, row)",
)
FILL = """
    INSERT INTO product_search (rowid, title, brand)
    SELECT p.id, webstore_fold(p.title) || char(1, 1), COALESCE(webstore_fold(b.title), '') || char(1, 1)
    FROM products AS p LEFT JOIN brands AS b ON b.id = p.brand_id WHERE p.is_active ORDER BY p.id"""
NO_INDEX = "INSERT INTO search_marks VALUES (0)"
CHANGED = " OR ".join(f"old.{column} IS NOT new.{column}" for column in ("id", "title", "brand_id", "is_active"))
RENAMED = "old.sku IS NOT new.sku OR old.key IS NOT new.key"
REPLACED = """INSERT INTO search_marks SELECT id FROM products WHERE sku = new.sku
    UNION ALL SELECT id FROM products WHERE key = new.key"""
# Marks are kept in no index and without a constraint: a product may be marked twice, whoever changed it and however.
TRIGGERS = {
    # INSERT OR REPLACE drops the product that has the SKU or the key, and tells no other trigger of it.
    "products_marked_before_insert": f"BEFORE INSERT ON products BEGIN {REPLACED}; END",
    "products_marked_before_update": f"BEFORE UPDATE OF id, sku, key ON products WHEN {RENAMED} BEGIN {REPLACED}; END",
    "products_marked_insert": "AFTER INSERT ON products BEGIN INSERT INTO search_marks VALUES (new.id); END",
    "products_marked_update": f"""AFTER UPDATE OF id, title, brand_id, is_active ON products WHEN {CHANGED}
        BEGIN INSERT INTO search_marks VALUES (old.id), (new.id); END""",
    "products_marked_delete": "AFTER DELETE ON products BEGIN INSERT INTO search_marks VALUES (old.id); END",
    # Products may name a brand that is not there, or not yet: a bare shell heeds no foreign keys.
    "brands_marked_insert": """AFTER INSERT ON brands
        BEGIN INSERT INTO search_marks SELECT id FROM products WHERE brand_id = new.id; END""",
    "brands_marked_update": """AFTER UPDATE OF id, title ON brands
        WHEN old.id IS NOT new.id OR old.title IS NOT new.title
        BEGIN INSERT INTO search_marks SELECT id FROM products WHERE brand_id IN (old.id, new.id); END""",
    "brands_marked_delete": """AFTER DELETE ON brands
        BEGIN INSERT INTO search_marks SELECT id FROM products WHERE brand_id = old.id; END""",
}
TRIGRAMS = (
    "CREATE INDEX products_title_trigrams ON products USING gin (webstore_fold(title) gin_trgm_ops)",
    "CREATE INDEX brands_title_trigrams ON brands USING gin (webstore_fold(title) gin_trgm_ops)",
)


def up(migrator: Any, db: Database) -> None:
    """Make the index and fill it."""
    if isinstance(db, PostgresqlDatabase):
        _index_postgresql(db)
    else:
        _index_sqlite(db)


def _index_sqlite(db: Database) -> None:
    marks, *index = TABLES
    db.execute_sql(marks)
    try:
        with db.atomic():
            for statement in index:
                db.execute_sql(statement)
    except OperationalError as error:
        if "no such" not in str(error):  # module: fts5; tokenizer: trigram, before SQLite 3.34
            raise
        db.execute_sql(NO_INDEX)
        return
    db.execute_sql(FILL)
    for name, rest in TRIGGERS.items():
        db.execute_sql(f"CREATE TRIGGER {name} {rest}")


def _index_postgresql(db: Database) -> None:
    has_extension = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
    if not db.execute_sql(has_extension).fetchone():
        return
    try:
        with db.atomic():
            db.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except ProgrammingError:  # only who may create in the database may do that
        return
    for statement in TRIGRAMS:
        db.execute_sql(statement)
