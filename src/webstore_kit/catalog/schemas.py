"""The answers of the catalogue, each with the function that makes it of what was read."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from webstore_kit.core.database import Row
from webstore_kit.core.money import minor_text
from webstore_kit.http.media import media_url
from webstore_kit.http.values import Count, Flag, Id, Money, Photo

Title = Annotated[str, Field(examples=["Kettle"])]
Name = Annotated[str, Field(examples=["Acme"])]


class Listed(NamedTuple):
    """A product as lists show it; amounts are in minor units, and the brand's title is None where it has no brand."""

    id: int
    title: str
    price: int
    old_price: int | None
    photo: str | None
    brand: int | None
    brand_title: str | None


class Titled(TypedDict):
    """A brand or a category in a list."""

    id: Id
    title: Name


class CategoryOut(TypedDict):
    """One category."""

    title: Name
    is_active: Annotated[Flag, Field(description="Whether lists have it.")]


class Preview(TypedDict):
    """A product in a list."""

    id: Id
    title: Title
    price: Money
    old_price: Annotated[
        Money | None, Field(description="What it was before, where the shop says so.", examples=["449.00"])
    ]
    photo: Photo
    brand: Titled | None


class BrandOut(TypedDict):
    """One brand with all its products."""

    id: Id
    title: Name
    products: list[Preview]


class ReviewOut(TypedDict):
    """What someone wrote of a product."""

    id: Id
    review: Annotated[str, Field(examples=["Boils fast."])]
    product: Annotated[Id, Field(description="The id of the product.")]


class ProductOut(Preview):
    """One product with all that a shop shows of it."""

    quantity: Annotated[Count, Field(description="How many are in stock.")]
    description: Annotated[str | None, Field(examples=["Boils a litre in three minutes."])]
    reviews: Annotated[list[ReviewOut], Field(description="The oldest first.")]


def titled(row: Row) -> Titled:
    """A brand or a category in a list."""
    return {"id": row["id"], "title": row["title"]}


def preview(product: Listed, base_url: str) -> Preview:
    """A product in a list."""
    number, title, price, old_price, photo, brand, brand_title = product
    return {
        "id": number,
        "title": title,
        "price": minor_text(price),
        "old_price": None if old_price is None else minor_text(old_price),
        "photo": media_url(base_url, photo),
        "brand": None if brand is None or brand_title is None else {"id": brand, "title": brand_title},
    }


def product_out(
    product: Listed, description: str | None, quantity: int, reviews: Iterable[Row], base_url: str
) -> ProductOut:
    """One product with all that a shop shows of it."""
    return {
        **preview(product, base_url),
        "quantity": quantity,
        "description": description,
        "reviews": [{"id": each["id"], "review": each["review"], "product": each["product"]} for each in reviews],
    }
