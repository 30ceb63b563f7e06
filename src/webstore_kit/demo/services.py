"""Writes the packaged demo catalogue into a store."""

import json
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from webstore_kit.catalog.models import Brand, Category, Product, ProductCategory, Review
from webstore_kit.core.store import Store
from webstore_kit.inventory.services import set_stock

HERE = Path(__file__).parent
PICTURES = "images/demo"


@dataclass(frozen=True)
class Seeded:
    """What a seeding added."""

    products: int
    reviews: int


def seed(store: Store) -> Seeded:
    """Add the demo catalogue, but for the products whose SKU is there already: a second run adds nothing."""
    catalogue = json.loads((HERE / "catalogue.json").read_text(encoding="utf-8"))
    _copy_pictures(store.settings.media_dir / PICTURES)
    with store.transaction():
        brands = {title: _id_of_title(Brand, title) for title in catalogue["brands"]}
        categories = {title: _id_of_title(Category, title) for title in catalogue["categories"]}
        added = [_add(store, product, brands, categories) for product in catalogue["products"]]
    return Seeded(products=sum(count is not None for count in added), reviews=sum(count or 0 for count in added))


def _id_of_title(model: type[Brand] | type[Category], title: str) -> int:
    found = model.select(model.id).where(model.title == title).order_by(model.id).scalar()
    return int(found or model.insert(title=title).execute())


def _add(store: Store, product: dict[str, Any], brands: dict[str, int], categories: dict[str, int]) -> int | None:
    """Add one product; answers how many reviews came with it, None where its SKU is there."""
    if Product.select().where(Product.sku == product["sku"]).exists():
        return None
    product_id = Product.insert(
        sku=product["sku"],
        title=product["title"],
        price=Decimal(product["price"]),
        old_price=Decimal(product["old_price"]) if product["old_price"] else None,
        description=product["description"],
        brand=brands.get(product["brand"]),
        photo=f"{PICTURES}/{product['photo']}",
    ).execute()
    set_stock(store, product_id, product["quantity"])
    shelves = [{"product": product_id, "category": categories[title]} for title in product["categories"]]
    ProductCategory.insert_many(shelves).execute()
    reviews = [{"product": product_id, "review": text} for text in product["reviews"]]
    if reviews:
        Review.insert_many(reviews).execute()
    return len(reviews)


def _copy_pictures(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for picture in sorted((HERE / "pictures").glob("*.png")):
        shutil.copyfile(picture, target / picture.name)
