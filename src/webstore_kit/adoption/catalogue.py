"""The steps that take over the catalogue: brands, categories, products with their stock, links and reviews."""

from collections.abc import Iterator
from typing import Any

from webstore_kit.adoption.readings import Reading, exact, quantity, shown
from webstore_kit.adoption.run import Row, Run

LONGEST_TITLE = 200
PRODUCTS = """
    SELECT p.id, p.title, p.price, p.old_price, p.quantity, p.description, p.photo, p.brand_id, b.id AS brand
    FROM products AS p LEFT JOIN brands AS b ON b.id = p.brand_id ORDER BY p.id
"""
LINKS = """
    SELECT l.id, l.category_id, l.product_id, c.id AS category, p.id AS product FROM products_categories AS l
    LEFT JOIN categories AS c ON c.id = l.category_id LEFT JOIN products AS p ON p.id = l.product_id
    ORDER BY l.category_id, l.product_id, l.id
"""
REVIEWS = """
    SELECT r.id, r.review, r.product_id, p.id AS product
    FROM products_reviews AS r LEFT JOIN products AS p ON p.id = r.product_id ORDER BY r.id
"""


def brands(run: Run) -> Iterator[Row]:
    """Every brand."""
    for row in run.source.readings("SELECT id, title FROM brands ORDER BY id"):
        brand = {"id": row.id, "title": row.text("title", LONGEST_TITLE)}
        run.ledger.note_changes("brands", row)
        yield brand


def categories(run: Run) -> Iterator[Row]:
    """Every category."""
    for row in run.source.readings("SELECT id, title, is_active FROM categories ORDER BY id"):
        category = {"id": row.id, "title": row.text("title", LONGEST_TITLE), "is_active": row.flag("is_active")}
        run.ledger.note_changes("categories", row)
        yield category


def products(run: Run) -> Iterator[Row]:
    """Every product; without its brand where that is missing."""
    for row in run.source.readings(PRODUCTS):
        product = _product(row)
        run.ledger.note_changes(
            "products",
            row,
            price=product["price"] - exact(row["price"]),
            old_price=(product["old_price"] or 0) - exact(row["old_price"]),
            quantity=row.quantity("quantity") - exact(row["quantity"]),
        )
        yield product


def stock(run: Run) -> Iterator[Row]:
    """How many there are of every product; `products` has put down where the source has no such quantity."""
    for row in run.source.readings("SELECT id, quantity FROM products ORDER BY id"):
        yield {"product": row.id, "quantity": quantity(row["quantity"])[0]}


def links(run: Run) -> Iterator[Row]:
    """Which product is on which shelf, each pair once."""
    before = None
    for row in run.source.readings(LINKS):
        pair = (row["category"], row["product"])
        if None in pair or pair == before:
            run.ledger.note("products_categories", row.id, _why_no_link(row), rows=-1)
        else:
            yield {"id": row.id, "category": pair[0], "product": pair[1]}
        before = pair


def reviews(run: Run) -> Iterator[Row]:
    """Every review of a product that is there."""
    for row in run.source.readings(REVIEWS):
        review = row.text("review")
        if row["product"] is None:
            what = f"a review of the missing product {shown(row['product_id'])}, not taken: {shown(review)}"
            run.ledger.note("products_reviews", row.id, what, rows=-1)
        else:
            run.ledger.note_changes("products_reviews", row)
            yield {"id": row.id, "product": row["product"], "review": review}


def _product(row: Reading) -> dict[str, Any]:
    if row["brand"] is None and row["brand_id"] is not None:
        row.changed("brand_id", "is a missing brand: taken without one")
    return {
        "id": row.id,
        "title": row.text("title", LONGEST_TITLE),
        "price": row.money("price"),
        "old_price": row.optional_money("old_price"),
        "description": row.optional_text("description"),
        "brand": row["brand"],
        "photo": row.optional_text("photo") or None,
    }


def _why_no_link(row: Reading) -> str:
    link = f"product {shown(row['product_id'])} in category {shown(row['category_id'])}"
    for table in ("product", "category"):
        if row[table] is None:
            return f"{link}, not taken: the {table} is missing"
    return f"{link}, not taken: it is there already"
