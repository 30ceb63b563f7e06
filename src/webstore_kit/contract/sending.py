"""The sending: from an exchange to the request, with the values in their places, and to the curl command of it."""

import json
import re
import shlex
from collections.abc import Iterator
from urllib.parse import urlencode

from webstore_kit.contract.client import Request
from webstore_kit.contract.exchange import Exchange
from webstore_kit.contract.values import TOKEN, Values

BOUNDARY = "----contract-check"
SHELL_NAME = re.compile(r"\$(?:[A-Z]+_)?(?:ACCESS|REFRESH)\b")


def request_of(exchange: Exchange, values: Values) -> Request:
    """The request; raises Unknown for a value that is not known."""
    headers, content = _content(exchange, values)
    for name, value in exchange.headers.items():
        headers[name] = values.in_text(value)
    return Request(exchange.method, values.in_target(exchange.target), headers, content)


def curl(request: Request, address: str) -> str:
    """The request as a command for a shell."""
    return " ".join(["curl", *_options(request), _quoted(f"{address}{request.target}")])


def shortened(text: str) -> str:
    """The text with only the beginning of each JWT."""
    return TOKEN.sub(lambda found: f"{found[0][:12]}…", text)


def _content(exchange: Exchange, values: Values) -> tuple[dict[str, str], bytes]:
    if exchange.has_json:
        body = json.dumps(values.filled(exchange.body), ensure_ascii=False)
        return {"Content-Type": "application/json"}, body.encode()
    if exchange.form is not None:
        fields = urlencode(values.filled(exchange.form))
        return {"Content-Type": "application/x-www-form-urlencoded"}, fields.encode()
    if exchange.multipart is not None:
        parts = "".join(_part(name, str(value)) for name, value in values.filled(exchange.multipart).items())
        return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, f"{parts}--{BOUNDARY}--\r\n".encode()
    return {}, values.in_text(exchange.raw or "").encode()


def _part(name: str, value: str) -> str:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


def _options(request: Request) -> Iterator[str]:
    # -g: braces and brackets in a URL are no patterns of curl's.
    yield "-gI" if request.method == "HEAD" else "-gi"
    if request.method not in ("GET", "HEAD"):
        yield f"-X {request.method}"
    for name, value in request.headers.items():
        yield f"-H {_quoted(f'{name}: {value}' if value else f'{name};')}"
    if request.content:
        yield f"--data-binary {_quoted(request.content.decode())}"


def _quoted(text: str) -> str:
    if SHELL_NAME.search(text):
        return '"' + re.sub(r'(["\\`])', r"\\\1", text) + '"'
    return f"$'{_escaped(text)}'" if "\r" in text else shlex.quote(text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\r", "\\r").replace("\n", "\\n")
