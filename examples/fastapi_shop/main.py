"""A FastAPI project that has a store under /shop, and asks it in an endpoint of its own.

`uvicorn --factory main:create --no-access-log --no-proxy-headers` serves it, in the folder of the store.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from fastapi import FastAPI, Request
from pydantic import BaseModel

from webstore_kit import Settings, Store, create_app
from webstore_kit.models import Product


class Novelty(BaseModel):
    """A product that is new in the shop."""

    id: int
    title: str
    price: Decimal


def novelties(request: Request) -> list[Novelty]:
    """The three newest products. FastAPI runs what is not `async` in a thread, where the database may be waited for."""
    store: Store = request.app.state.store
    with store.snapshot():
        newest = Product.select().where(Product.is_active).order_by(Product.id.desc()).limit(3)
        return [Novelty(id=each.id, title=each.title, price=each.price) for each in newest]


def create(settings: Settings | None = None) -> FastAPI:
    """The project, with a store of these settings, or of those in the present folder."""
    shop = create_app(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with shop.router.lifespan_context(shop):  # mounted apps are not started by themselves
            yield

    app = FastAPI(lifespan=lifespan)
    app.state.store = shop.state.store
    app.add_api_route("/novelties", novelties)
    app.mount("/shop", shop)
    return app
