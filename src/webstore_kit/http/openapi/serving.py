"""Serves the document: made once for each address that the store is reached at, not with each request."""

from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from webstore_kit.http.assets import Asset
from webstore_kit.http.openapi.document import document
from webstore_kit.http.operation import PUBLIC
from webstore_kit.http.urls import base_url

PATH = "/api/openapi.json"
ADDRESSES = 16
"""Addresses for which the document is kept; anybody may ask by any name."""


class Description:
    """An ASGI app that answers with the document of the app that it is in."""

    def __init__(self) -> None:
        self._document: dict[str, Any] | None = None
        self._at = lru_cache(ADDRESSES)(self._asset)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        app = scope["app"]
        if self._document is None:
            self._document = await run_in_threadpool(document, app.routes, "", app.state.store.parts.fields)
        asset = self._at(base_url(scope, app.state.store.settings.base_url))
        await asset(scope, receive, send)

    def _asset(self, base_url: str) -> Asset:
        return Asset(to_json({**(self._document or {}), "servers": [{"url": base_url}]}), "application/json", PUBLIC)
