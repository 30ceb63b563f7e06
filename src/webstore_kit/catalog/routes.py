"""The endpoints of the catalogue."""

from typing import Any

from webstore_kit.catalog import queries, search
from webstore_kit.catalog.filters import PARAMETERS, ProductFilter
from webstore_kit.catalog.lists import ProductList
from webstore_kit.catalog.schemas import (
    BrandOut,
    CategoryOut,
    Preview,
    ProductOut,
    Titled,
    preview,
    product_out,
    titled,
)
from webstore_kit.core.errors import NotFound
from webstore_kit.core.watch import Stamp
from webstore_kit.http.added_fields import added, are_of_catalogue
from webstore_kit.http.operation import Call, Operation
from webstore_kit.http.pagination import PAGE, Page, paginate
from webstore_kit.http.query import Query


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
    products = [preview(product, call.base_url) for product in queries.products_of_brand(row["id"])]
    added(call.store, "preview", products)
    return {"id": row["id"], "title": row["title"], "products": products}


def get_product(call: Call[None]) -> ProductOut:
    """One product."""
    product, description, quantity = queries.product(call.params["id"])
    answer = product_out(product, description, quantity, queries.reviews(product.id), call.base_url)
    added(call.store, "product", [answer])
    return answer


def list_products(call: Call[None]) -> Page[Preview]:
    """A page of products, narrowed and sorted as the query asks."""
    return _page_of_products(call, category_id=None)


def list_category_products(call: Call[None]) -> Page[Preview]:
    """A page of the products of one category."""
    return _page_of_products(call, call.params["category_id"])


def _page_of_products(call: Call[Any], category_id: int | None) -> Page[Preview]:
    wanted = ProductFilter.from_query(call.query)
    products = ProductList(call.store, call.revision, wanted, category_id)

    def fetch(limit: int, offset: int) -> list[Preview]:
        previews = [preview(row, call.base_url) for row in products.page(limit, offset)]
        added(call.store, "preview", previews)
        return previews

    if products.search is search.State.LAGGING:
        call.store.later(search.catch_up)
    return paginate(call, products.count, fetch)


def _stamp(call: Call[Any], result: Any) -> Stamp:
    return Stamp(call.revision)


def _list_stamp(call: Call[Any], result: Any) -> Stamp | None:
    return Stamp(call.revision) if are_of_catalogue(call.store, "preview") else None


def _product_stamp(call: Call[Any], product: ProductOut) -> Stamp | None:
    if not are_of_catalogue(call.store, "product"):
        return None
    return Stamp(call.revision, product["id"], product["quantity"])


def _always(query: Query) -> bool:
    return True


def _has_no_text(query: Query) -> bool:
    # A single step of a search may take long, and is not to be interrupted.
    return not any(query.get(name) for name in ("search", "title", "brand"))


routes = [
    Operation(
        "GET",
        "/api/product/all/",
        list_products,
        stamp=_list_stamp,
        heeds_query=True,
        is_brief=_has_no_text,
        query=(PAGE, *PARAMETERS),
        raises=(NotFound,),
    ),
    Operation(
        "GET", "/api/product/get/{id:id}/", get_product, stamp=_product_stamp, is_brief=_always, raises=(NotFound,)
    ),
    Operation("GET", "/api/product/category/list/", list_categories, stamp=_stamp, is_brief=_always),
    Operation(
        "GET", "/api/product/category/get/{id:id}/", get_category, stamp=_stamp, is_brief=_always, raises=(NotFound,)
    ),
    Operation(
        "GET",
        "/api/product/category/{category_id:id}/products/",
        list_category_products,
        stamp=_list_stamp,
        heeds_query=True,
        is_brief=_has_no_text,
        query=(PAGE, *PARAMETERS),
        raises=(NotFound,),
    ),
    Operation("GET", "/api/product/brands/all/", list_brands, stamp=_stamp, is_brief=_always),
    Operation(
        "GET", "/api/product/brands/get/{id:id}/", get_brand, stamp=_list_stamp, is_brief=_always, raises=(NotFound,)
    ),
]
