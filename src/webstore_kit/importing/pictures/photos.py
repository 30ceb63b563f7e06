"""The main picture of each product, `photo`: the first of its pictures that was had."""

from collections.abc import Collection

from peewee import fn

from webstore_kit.catalog.models import Product, ProductPicture
from webstore_kit.core.database import locking

TOGETHER = 500
"""Products in one statement."""


def set_photos(product_ids: Collection[int]) -> int:
    """Give each product its first picture that has a path; answers how many products thereby have another one.

    A product of which no picture has a path keeps the one it has. Inside `store.transaction()`; the products are
    locked in the order of their ids, as elsewhere.
    """
    ids = sorted(product_ids)
    return sum(_set(ids[start : start + TOGETHER]) for start in range(0, len(ids), TOGETHER))


def _set(ids: list[int]) -> int:
    lock_products(ids)
    had = ProductPicture.select(ProductPicture.path).where(
        ProductPicture.product == Product.id, ProductPicture.path.is_null(False)
    )
    first = had.order_by(ProductPicture.position).limit(1)
    differs = fn.COALESCE(first, Product.photo, "") != fn.COALESCE(Product.photo, "")
    return int(Product.update(photo=first).where(Product.id.in_(ids), differs).execute())


def lock_products(ids: Collection[int]) -> None:
    """Keep the products as they are for all others until the transaction ends."""
    locking(Product.select(Product.id).where(Product.id.in_(ids)).order_by(Product.id)).execute()
