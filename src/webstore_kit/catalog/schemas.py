"""The answers of the catalogue, each with the function that makes it of a row."""

from collections.abc import Iterable
from typing import TypedDict

from webstore_kit.core.database import Row
from webstore_kit.core.money import money_text
from webstore_kit.http.media import media_url


class Titled(TypedDict):
    """A brand or a category in a list."""

    id: int
    title: str


class CategoryOut(TypedDict):
    """One category."""

    title: str
    is_active: bool


class Preview(TypedDict):
    """A product in a list."""

    id: int
    title: str
    price: str
    old_price: str | None
    photo: str
    brand: Titled | None


class BrandOut(TypedDict):
    """One brand with all its products."""

    id: int
    title: str
    products: list[Preview]


class ReviewOut(TypedDict):
    """What someone wrote of a product."""

    id: int
    review: str
    product: int


class ProductOut(Preview):
    """One product with all that a shop shows of it."""

    quantity: int
    description: str | None
    reviews: list[ReviewOut]


def titled(row: Row) -> Titled:
    """A brand or a category in a list."""
    return {"id": row["id"], "title": row["title"]}


def preview(row: Row, base_url: str) -> Preview:
    """A product in a list, of a row of `queries.previews`."""
    return {
        "id": row["id"],
        "title": row["title"],
        "price": money_text(row["price"]),
        "old_price": None if row["old_price"] is None else money_text(row["old_price"]),
        "photo": media_url(base_url, row["photo"]),
        "brand": None if row["brand"] is None else {"id": row["brand"], "title": row["brand_title"]},
    }


def product_out(row: Row, reviews: Iterable[Row], base_url: str) -> ProductOut:
    """One product, of a row of `queries.product` and its reviews."""
    return {
        **preview(row, base_url),
        "quantity": row["quantity"],
        "description": row["description"],
        "reviews": [{"id": each["id"], "review": each["review"], "product": each["product"]} for each in reviews],
    }
