"""Media files: the shop's pictures under /media/, and the picture for products that have none."""

from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

NO_PHOTO = "images/no_photo.jpg"
TYPES = {".webp": "image/webp", ".avif": "image/avif"}
"""Types that not every machine knows."""
REMEMBERED = 2048
"""Paths of which it is remembered how they stand in an address."""
PATH_SAFE = "/~!*()'"
"""What stays as it is in the path of an address, as Django's `filepath_to_uri` has it."""


class MediaFiles(StaticFiles):
    """Files of the media folder; what is not there is looked up in the package, which has `images/no_photo.jpg`.

    Starlette resolves each path and refuses those that lead outside. The headers keep a browser from running what
    someone uploaded as a page.
    """

    def __init__(self, directory: Any) -> None:
        super().__init__(directory=directory, packages=[("webstore_kit", "media")], check_dir=False)
        self.config_checked = True  # the folder may come later, or never: the package's is enough

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, a 304, or an HTTPException of 404 or 405."""
        if "\0" in path:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        if known := TYPES.get(PurePosixPath(path).suffix):
            response.headers["Content-Type"] = known
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return response


def media_url(base_url: str, photo: str | None) -> str:
    """The absolute address of a picture by its path in the media folder; of `no_photo.jpg` where there is none."""
    return f"{base_url}/media/{_quoted(photo or NO_PHOTO)}"


@lru_cache(REMEMBERED)
def _quoted(path: str) -> str:
    return quote(path, safe=PATH_SAFE)
