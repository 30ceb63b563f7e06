"""The landing page at `/`: says what this is, and links to what it serves."""

import re
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from webstore_kit.http.operation import Operation
from webstore_kit.http.urls import base_url

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>webstore-kit</title>
<link rel="icon" href="data:,">
<style>
  :root {{ color-scheme: light dark; --line: #8884; --accent: #2a6f97; }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 3rem 1.25rem; }}
  h1 {{ margin: 0; letter-spacing: -.02em; }}
  p {{ max-width: 40rem; }}
  a {{ color: var(--accent); }}
  @media (prefers-color-scheme: dark) {{ :root {{ --accent: #7cc4ef; }} }}
  ul {{ list-style: none; padding: 0; border-top: 1px solid var(--line); }}
  li {{ display: grid; grid-template-columns: 3.5rem 1fr; padding: .5rem 0; border-bottom: 1px solid var(--line); }}
  b {{ font: 600 .8rem/1.9 ui-monospace, monospace; }}
  code {{ font: .9rem/1.7 ui-monospace, monospace; overflow-wrap: anywhere; }}
  li span {{ grid-column: 2; font-size: .9rem; opacity: .75; }}
</style>
<h1>webstore-kit</h1>
<p>This is the back end of a web store. Shops and apps talk to it through the REST API below; it answers JSON.
<a href="{base}/api/docs/">Try it</a> in the browser, or generate a client from <a href="{base}/api/openapi.json">its
description</a> in OpenAPI.</p>
<ul>
{operations}
</ul>
<p>Pictures are served under <code>{base}/media/</code>.</p>
</html>
"""


async def landing_page(request: Request) -> Response:
    """The page; operations without parameters that a browser can open are links."""
    base = escape(base_url(request.scope, request.app.state.store.settings.base_url))
    operations = [route for route in request.app.routes if isinstance(route, Operation)]
    page = PAGE.format(base=base, operations="\n".join(_item(operation, base) for operation in operations))
    response = HTMLResponse(page)
    if request.method == "HEAD":
        response.body = b""  # the headers keep the length that GET has
    return response


def _item(operation: Operation, base: str) -> str:
    method = next(iter(sorted(operation.methods or ())))
    path = escape(re.sub(r":\w+}", "}", operation.path))
    is_link = method == "GET" and "{" not in operation.path and operation.authenticate is None
    shown = f'<a href="{base}{path}">{path}</a>' if is_link else path
    purpose = escape((operation.endpoint.__doc__ or "").partition("\n")[0])
    return f"  <li><b>{method}</b> <code>{shown}</code> <span>{purpose}</span></li>"
