"""The page to try the API on: Swagger UI, from a package that brings it along, so that nothing is fetched elsewhere."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from webstore_kit.http.assets import Asset
from webstore_kit.http.openapi.serving import PATH, Description
from webstore_kit.http.operation import PUBLIC

PACKAGE = "offapi"
PACKAGED = {"swagger_bundle.js": "text/javascript", "swagger_style.css": "text/css"}
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
"""Of files that get another address as soon as they change."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Webstore API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{files}/swagger_style.css">
<link rel="stylesheet" href="{files}/page.css">
<main id="api"></main>
<noscript>This page needs JavaScript. The API is described in <a href="../openapi.json">openapi.json</a>.</noscript>
<script src="{files}/swagger_bundle.js"></script>
<script type="module" src="{files}/page.js"></script>
</html>
"""
STYLE = """body { margin: 0; background: #fff; }
noscript { font-family: sans-serif; }
.swagger-ui .response-col_links { display: none; } /* there are none, and phones are narrow */
"""
SCRIPT = """// Requests go to where this page comes from, whatever address the store is told to have.
const base = new URL("../..", location.href).href.replace(/[/]$/, "");
const answer = await fetch("../openapi.json");
const spec = { ...(await answer.json()), servers: [{ url: base }] };
SwaggerUIBundle({ spec, dom_id: "#api", deepLinking: true, validatorUrl: null, docExpansion: "list" });
"""


def documentation() -> list[BaseRoute]:
    """The routes of the document and of the page."""
    return [
        Route(PATH, Description(), methods=["GET"]),
        Route("/api/docs", _with_slash, methods=["GET"]),
        Route("/api/docs/", _page, methods=["GET"]),
        Route("/api/docs/{version}/{name}", _file, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Site:
    """The page and its files, each under a path that names all that is in them."""

    page: Asset
    files: dict[tuple[str, str], Asset]


async def _with_slash(request: Request) -> Response:
    # Relative, as a proxy may serve the store under a prefix that it does not know.
    return RedirectResponse("docs/")


async def _page(request: Request) -> Asset:
    return (await run_in_threadpool(_site)).page


async def _file(request: Request) -> Asset:
    site = await run_in_threadpool(_site)
    found = site.files.get((request.path_params["version"], request.path_params["name"]))
    if found is None:
        raise HTTPException(404)
    return found


@cache
def _site() -> _Site:
    bodies = {"page.css": ("text/css", STYLE.encode()), "page.js": ("text/javascript", SCRIPT.encode()), **_packaged()}
    version = sha256(b"".join(body for _, body in bodies.values())).hexdigest()[:16]
    page = Asset(PAGE.format(files=version).encode(), "text/html; charset=utf-8", _headers())
    return _Site(page, {(version, name): Asset(body, kind, FOR_GOOD) for name, (kind, body) in bodies.items()})


def _packaged() -> dict[str, tuple[str, bytes]]:
    # Not imported: that makes pages of all that the package has, 25 MB of them.
    package = distribution(PACKAGE)
    return {
        name: (kind, Path(str(package.locate_file(f"{PACKAGE}/{name}"))).read_bytes())
        for name, kind in PACKAGED.items()
    }


def _headers() -> dict[str, str]:
    return {**PUBLIC, "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
