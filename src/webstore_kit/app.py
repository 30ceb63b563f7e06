"""The app: `create_app` puts everything together. It is the only place that knows all parts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route

from webstore_kit import migrations
from webstore_kit.catalog.routes import routes as catalog_routes
from webstore_kit.core.errors import StoreError
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.customers.routes import routes as customer_routes
from webstore_kit.extensions.assembly import put_together
from webstore_kit.extensions.checks import require_new_operations
from webstore_kit.extensions.extension import Extension
from webstore_kit.extensions.finding import find
from webstore_kit.http import idempotency
from webstore_kit.http.cache import AnswerCache, Scene
from webstore_kit.http.docs_page import documentation
from webstore_kit.http.errors import FaultBoundary, on_http_exception, on_store_error
from webstore_kit.http.landing import landing_page
from webstore_kit.http.media import MediaFiles
from webstore_kit.http.middleware import DiscardUnread, ForwardedHeaders
from webstore_kit.http.operation import Operation, meaning
from webstore_kit.http.storefront import Storefront
from webstore_kit.orders.routes import routes as order_routes

OPERATIONS = (*catalog_routes, *order_routes, *customer_routes)
CORS_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Those that django-cors-headers allows by default, and so front ends in use today may send, and Idempotency-Key.
CORS_HEADERS = (
    "Accept-Encoding",
    "Authorization",
    "Content-Type",
    "DNT",
    idempotency.HEADER,
    "Origin",
    "User-Agent",
    "X-CSRFToken",
    "X-Requested-With",
)


def create_app(
    settings: Settings | None = None, *, routes: Sequence[BaseRoute] = (), extensions: Sequence[Extension] = ()
) -> Starlette:
    """A store as an ASGI app; without settings they are loaded (arguments, environment, webstore.toml).

    The app stands alone or is mounted under a prefix of another; it keeps all its state in `app.state`, so that
    several stores live in one process. `routes` are a shop's own and come first; `extensions` come beside those that
    the settings name and that installed packages have. The database is opened and checked when the app starts, or with
    the first request where the parent app does not pass on the lifespan.

    Raises SettingsError, ExtensionError; at the start DatabaseNotReady, where the database is behind or ahead of this
    version.
    """
    settings = settings or Settings.load()
    found = find(settings, extensions)
    store = Store(settings, require_ready=migrations.require_current, parts=put_together(settings, found))
    require_new_operations(found, OPERATIONS)
    added = [*routes, *(route for extension in found for route in extension.routes)]
    app = Starlette(
        routes=[
            *added,
            *OPERATIONS,
            *documentation(),
            Route("/api/" if settings.storefront else "/", landing_page),
            Mount("/media", MediaFiles(settings.media_dir)),
        ],
        middleware=[
            *([Middleware(ForwardedHeaders, trusted=settings.trusted_proxies)] if settings.trusted_proxies else []),
            Middleware(AnswerCache, scene=_scene(store, [*added, *catalog_routes])),
            Middleware(DiscardUnread),
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=CORS_METHODS,
                allow_headers=CORS_HEADERS,
                expose_headers=(idempotency.REPLAYED, "Retry-After"),
            ),
            Middleware(FaultBoundary),
        ],
        exception_handlers={HTTPException: on_http_exception, StoreError: on_store_error},
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False  # browsers refuse a redirected preflight; operations answer both forms
    if settings.storefront:
        app.router.default = Storefront(settings.storefront)  # a route would come before the 405 of operations
    app.state.running = idempotency.Running()
    app.state.store = store
    return app


def _scene(store: Store, routes: Sequence[BaseRoute]) -> Scene:
    settings = store.settings
    public = [route for route in routes if isinstance(route, Operation) and route.stamp]
    return Scene(
        watch=store.watch,
        space=settings.cache_size,
        meaning=meaning(public),
        origins=settings.cors_origins,
        has_base_url=settings.base_url is not None,
        threads=lambda: store.readers,
    )


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    store: Store = app.state.store
    try:
        await run_in_threadpool(store.ensure_ready)
        yield
    finally:
        await store.watch.close()
        await run_in_threadpool(store.close)
