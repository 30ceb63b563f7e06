"""The website and the store in one ASGI app: the store answers under /shop, Django everything else.

`uvicorn --factory website.asgi:create --no-access-log --no-proxy-headers` serves it, in the folder of the store.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from django.core.asgi import get_asgi_application
from starlette.applications import Starlette
from starlette.routing import Mount

from webstore_kit import Settings, create_app


def create(settings: Settings | None = None) -> Starlette:
    """Both, with a store of these settings, or of those in the present folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "website.settings")
    website = get_asgi_application()
    shop = create_app(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with shop.router.lifespan_context(shop):  # mounted apps are not started by themselves
            yield

    app = Starlette(routes=[Mount("/shop", shop), Mount("/", website)], lifespan=lifespan)
    app.state.store = shop.state.store
    return app
