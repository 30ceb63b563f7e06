"""Assets: answers that stay the same as long as the process runs."""

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from webstore_kit.core.watch import Stamp
from webstore_kit.http.cache import give
from webstore_kit.http.encodings import accepted, encoded
from webstore_kit.http.kept import Answer, Form


class Asset:
    """An ASGI app that answers with one body: encoded as the client likes best, or 304 where the client has it."""

    def __init__(self, body: bytes, media_type: str, headers: Mapping[str, str]) -> None:
        told = {"Content-Type": media_type, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", **headers}
        lines = tuple((name.lower().encode(), value.encode()) for name, value in told.items())
        self._answer = Answer(Stamp(0), lines, body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        headers = Headers(scope=scope)
        encoding = accepted(headers.get("accept-encoding", "").encode("latin-1"))
        form = self._answer.forms.get(encoding)
        if form is None:
            form = await run_in_threadpool(self._formed, encoding)
        known = ",".join(headers.getlist("if-none-match")).encode("latin-1")
        await give(form, known, send, is_head=scope["method"] == "HEAD")

    def _formed(self, encoding: str) -> Form:
        return self._answer.add(encoding, encoded(self._answer.body, encoding))
