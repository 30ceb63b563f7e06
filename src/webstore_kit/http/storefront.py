"""The front end at `/`: static files of the shop's own, or of the demo that comes with the package."""

from pathlib import Path, PurePath
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from webstore_kit.core.errors import SettingsError

DEMO = Path(__file__).parents[1] / "storefront"
"""The folder of the demo shop."""
INDEX = "index.html"
RESERVED = ("api", "media")
"""What is under them is never looked for in the folder: unknown paths of the API stay its own."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Types that not every machine knows, and without which a browser runs no script and applies no style."""
HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


class Storefront(StaticFiles):
    """The files of a folder; pages that it has no file for are its index.html, where the front end finds its way.

    Where the folder has a 404.html, that is shown in place of unknown pages. The demo needs neither, as its pages stand
    after the # of the address. Starlette resolves each path and refuses those that lead outside.
    """

    def __init__(self, directory: Path) -> None:
        require_index(directory)
        super().__init__(directory=directory, html=True)
        self.is_demo = directory == DEMO

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, a 304, a redirect to the folder, or an HTTPException of 404 or 405."""
        parts = PurePath(path).parts
        if parts and (parts[0] in RESERVED or any(map(_is_hidden, parts))):
            raise HTTPException(404)
        response = await self._found(path, scope)
        if isinstance(response, RedirectResponse):
            # Relative, so that it is right whatever a proxy has done to the address.
            response.headers["Location"] = f"{quote(parts[-1])}/"
        if isinstance(response, FileResponse) and (known := TYPES.get(PurePath(response.path).suffix.lower())):
            response.headers["Content-Type"] = known
        response.headers.update(HEADERS)
        return response

    async def _found(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or self.is_demo or not _asks_for_page(path, scope):
                raise
            return await super().get_response(INDEX, scope)


def require_index(directory: Path) -> None:
    """Raise SettingsError where the folder is no front end."""
    if not (directory / INDEX).is_file():
        raise SettingsError([f"storefront is wrong: there is no file {INDEX} in {directory}."])


def _is_hidden(part: str) -> bool:
    return part.startswith(".") and part not in (".", ".well-known")


def _asks_for_page(path: str, scope: Scope) -> bool:
    return not PurePath(path).suffix and "text/html" in Headers(scope=scope).get("accept", "")
