"""The reviews of the demo catalogue. A file of products has none, so they are added once the products are there."""

import json
from collections.abc import Sequence
from pathlib import Path

from peewee import JOIN

from webstore_kit.catalog.models import Product, Review
from webstore_kit.core.database import tuples
from webstore_kit.core.store import Store
from webstore_kit.importing import present as products
from webstore_kit.importing.models import ImportChange, ImportRun, Kind

FILE = Path(__file__).parent / "reviews.json"
"""By SKU."""


def add_reviews(store: Store, digest: str) -> int:
    """Give reviews to the products that imports with that digest have made, and that have none; answers how many.

    That a product has none shows that its reviews were never added, also where the one who should have was killed. A
    product that the shop itself has under such an SKU gets none.
    """
    with store.snapshot():
        lacking = _lacking(digest)
    if not lacking:
        return 0
    return store.write(lambda: _add(digest, [number for number, _ in lacking]))


def _add(digest: str, ids: Sequence[int]) -> int:
    # Locked, so that of two processes the second one finds the reviews of the first.
    products.lock(ids)
    reviews = _reviews()
    rows = [{"product": number, "review": text} for number, sku in _lacking(digest) for text in reviews[sku]]
    if rows:
        Review.insert_many(rows).execute()
    return len(rows)


def _lacking(digest: str) -> list[tuple[int, str]]:
    """The ids and SKUs of the products that were made, have no review and should have some, by id."""
    query = (
        Product.select(Product.id, Product.sku)
        .join(ImportChange, on=(ImportChange.item_id == Product.id))
        .join(ImportRun, on=(ImportChange.run == ImportRun.id))
        .join(Review, JOIN.LEFT_OUTER, on=(Review.product == Product.id))
    )
    made = ImportRun.digest == digest, ImportChange.kind == Kind.PRODUCT, ImportChange.before.is_null()
    skus = list(_reviews())
    return tuples(query.where(*made, Review.id.is_null(), Product.sku.in_(skus)).order_by(Product.id))


def _reviews() -> dict[str, list[str]]:
    reviews: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return reviews
