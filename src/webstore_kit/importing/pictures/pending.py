"""The pictures that an import run still has to fetch, and what became of those it fetched: rows of `product_pictures`.

All of it runs inside `store.snapshot()` or `.transaction()`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import fn

from webstore_kit.catalog.models import Product, ProductPicture
from webstore_kit.core.database import tuples
from webstore_kit.importing.pictures.photos import lock_products, set_photos
from webstore_kit.importing.present import OWN_KEY

ROWS = 500
"""Pictures that one transaction writes at most, as a source may be that of every product."""
NAMED = 10
"""Products that are named for one source."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a source: the `path` that it has in the media folder now, or why it could not be had."""

    path: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FailedPicture:
    """A source that could not be had, and why; `products` are the SKUs or keys of the first ten that name it."""

    products: tuple[str, ...]
    source: str
    reason: str


def source_count(run_id: int) -> int:
    """How many different sources the run still has to fetch."""
    return int(ProductPicture.select(fn.COUNT(ProductPicture.source.distinct())).where(*_pending(run_id)).scalar())


def sources_after(run_id: int, last: str | None, limit: int) -> list[str]:
    """The next different sources that the run still has to fetch, in their order."""
    query = ProductPicture.select(ProductPicture.source).where(*_pending(run_id))
    if last is not None:
        query = query.where(ProductPicture.source > last)
    return [source for (source,) in tuples(query.distinct().order_by(ProductPicture.source).limit(limit))]


def known_paths(sources: Collection[str]) -> dict[str, str]:
    """The path of each of the sources that was had already, for any product and by any run; the latest of several."""
    if not sources:
        return {}
    query = ProductPicture.select(ProductPicture.source, ProductPicture.path)
    had = query.where(ProductPicture.source.in_(list(sources)), ProductPicture.path.is_null(False))
    return dict(tuples(had.order_by(ProductPicture.id)))


def record(run_id: int, outcomes: Mapping[str, Outcome]) -> bool:
    """Write what became of the sources to pictures of the run, and give the products their photos.

    It writes a bounded number of pictures, and answers whether there may be more. What another process has written
    meanwhile stays.
    """
    columns = ProductPicture.id, ProductPicture.product, ProductPicture.source
    query = ProductPicture.select(*columns).where(*_pending(run_id), ProductPicture.source.in_(list(outcomes)))
    rows = tuples(query.order_by(ProductPicture.product, ProductPicture.id).limit(ROWS))
    lock_products({product_id for _, product_id, _ in rows})  # first, as everyone does who writes to a product
    for source, outcome in outcomes.items():
        ids = [number for number, _, name in rows if name == source]
        change = ProductPicture.update(path=outcome.path, error=outcome.error)
        change.where(ProductPicture.id.in_(ids), *_pending(run_id)).execute()
    set_photos({product_id for _, product_id, source in rows if outcomes[source].path is not None})
    return len(rows) == ROWS


def failures(run_id: int, limit: int) -> list[FailedPicture]:
    """The first sources that the run could not have, in their order."""
    query = ProductPicture.select(ProductPicture.source, fn.MIN(ProductPicture.error)).where(*_failed(run_id))
    found = tuples(query.group_by(ProductPicture.source).order_by(ProductPicture.source).limit(limit))
    return [FailedPicture(_products(run_id, source), source, reason) for source, reason in found]


def failure_count(run_id: int) -> int:
    """How many different sources the run could not have."""
    return int(ProductPicture.select(fn.COUNT(ProductPicture.source.distinct())).where(*_failed(run_id)).scalar())


def paths_after(last_id: int, limit: int) -> list[tuple[int, str]]:
    """The ids and the paths in the media folder of the next pictures that were had, of any run."""
    query = ProductPicture.select(ProductPicture.id, ProductPicture.path).where(ProductPicture.path.is_null(False))
    return tuples(query.where(ProductPicture.id > last_id).order_by(ProductPicture.id).limit(limit))


def _products(run_id: int, source: str) -> tuple[str, ...]:
    query = Product.select(Product.sku, Product.key, Product.id).join(ProductPicture)
    named = query.where(*_failed(run_id), ProductPicture.source == source).order_by(Product.id).limit(NAMED)
    return tuple(sku or key or f"{OWN_KEY}{number}" for sku, key, number in tuples(named))


def _pending(run_id: int) -> tuple[Any, ...]:
    return ProductPicture.run_id == run_id, ProductPicture.path.is_null(), ProductPicture.error.is_null()


def _failed(run_id: int) -> tuple[Any, ...]:
    return ProductPicture.run_id == run_id, ProductPicture.error.is_null(False)
