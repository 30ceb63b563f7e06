"""The endpoints of the catalogue."""

from typing import Any

from webstore_kit.catalog import queries
from webstore_kit.catalog.filters import ProductFilter
from webstore_kit.catalog.schemas import BrandOut, CategoryOut, ProductOut, Titled, preview, product_out, titled
from webstore_kit.core.revision import revision
from webstore_kit.core.watch import Stamp
from webstore_kit.http.operation import Call, Operation
from webstore_kit.http.pagination import Page, paginate


def list_categories(call: Call[None]) -> list[Titled]:
    """The active categories."""
    return [titled(row) for row in queries.active_categories()]


def get_category(call: Call[None]) -> CategoryOut:
    """One category."""
    row = queries.category(call.params["id"])
    return {"title": row["title"], "is_active": row["is_active"]}


def list_brands(call: Call[None]) -> list[Titled]:
    """All brands."""
    return [titled(row) for row in queries.brands()]


def get_brand(call: Call[None]) -> BrandOut:
    """One brand with its products."""
    row = queries.brand(call.params["id"])
    products = [preview(product, call.base_url) for product in queries.previews_of_brand(row["id"])]
    return {"id": row["id"], "title": row["title"], "products": products}


def get_product(call: Call[None]) -> ProductOut:
    """One product."""
    row = queries.product(call.params["id"])
    return product_out(row, queries.reviews(row["id"]), call.base_url)


def list_products(call: Call[None]) -> Page:
    """A page of products, narrowed and sorted as the query asks."""
    return _page_of_products(call, category_id=None)


def list_category_products(call: Call[None]) -> Page:
    """A page of the products of one category."""
    return _page_of_products(call, call.params["category_id"])


def _page_of_products(call: Call[Any], category_id: int | None) -> Page:
    wanted = ProductFilter.from_query(call.query)
    count = queries.product_count(wanted, category_id)

    def fetch(limit: int, offset: int) -> list[Any]:
        rows = queries.previews(wanted, category_id, limit, offset)
        return [preview(row, call.base_url) for row in rows]

    return paginate(call, count, fetch)


def _stamp(result: Any) -> Stamp:
    return Stamp(revision())


def _product_stamp(product: ProductOut) -> Stamp:
    return Stamp(revision(), product["id"], product["quantity"])


routes = [
    Operation("GET", "/api/product/all/", list_products, stamp=_stamp, heeds_query=True),
    Operation("GET", "/api/product/get/{id:id}/", get_product, stamp=_product_stamp),
    Operation("GET", "/api/product/category/list/", list_categories, stamp=_stamp),
    Operation("GET", "/api/product/category/get/{id:id}/", get_category, stamp=_stamp),
    Operation(
        "GET",
        "/api/product/category/{category_id:id}/products/",
        list_category_products,
        stamp=_stamp,
        heeds_query=True,
    ),
    Operation("GET", "/api/product/brands/all/", list_brands, stamp=_stamp),
    Operation("GET", "/api/product/brands/get/{id:id}/", get_brand, stamp=_stamp),
]
