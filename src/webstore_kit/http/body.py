"""The request's body: read up to a limit, then JSON or a form by its media type, as plain Python values."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from webstore_kit.core.errors import BodyTooLarge, MalformedBody, UnsupportedMedia

# It warns of each body that is broken, which is the client's fault and is told there.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

MOST_FIELDS = 1000
"""Fields that a form may have; more is an attack, not a form."""


async def parse(request: Request, raw: bytes) -> Any:
    """The body as JSON values; a form is a dict of texts, where the last of a repeated field wins; nothing is {}.

    Raises MalformedBody, UnsupportedMedia.
    """
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if not raw:
        return {}
    if media_type == "application/json":
        return _json(raw)
    if media_type == "application/x-www-form-urlencoded":
        return _urlencoded(raw)
    if media_type == "multipart/form-data":
        return await _multipart(request, raw)
    raise UnsupportedMedia(content_type)


async def drain(request: Request, limit: int) -> bytes:
    """The whole body; raises BodyTooLarge as soon as it is known to be over the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise BodyTooLarge(limit)
    chunks, size = [], 0
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit)
    return b"".join(chunks)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant, parse_int=_whole_number)
    except RecursionError:
        raise MalformedBody("JSON parse error - The value is nested too deeply") from None
    except ValueError as error:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise MalformedBody(f"JSON parse error - {error}") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"Out of range float values are not JSON compliant: {name}")


def _whole_number(digits: str) -> int:
    if len(digits) > 1000:
        raise ValueError("A number has too many digits")
    return int(digits)


def _urlencoded(raw: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise MalformedBody(f"Form parse error - There are more than {MOST_FIELDS} fields") from None


async def _multipart(request: Request, raw: bytes) -> dict[str, Any]:
    if not raw.rstrip().endswith(b"--"):
        raise MalformedBody("Multipart form parse error - The body ends before its last boundary")

    async def stream() -> AsyncIterator[bytes]:
        yield raw

    parser = MultiPartParser(request.headers, stream(), max_files=MOST_FIELDS, max_fields=MOST_FIELDS)  # type: ignore[arg-type]
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise MalformedBody(f"Multipart form parse error - {error.message}") from None
    except ValueError:  # the parser library's own errors, whose texts name its internals
        raise MalformedBody("Multipart form parse error - The body is not in that form") from None
    fields = form.multi_items()
    await form.close()  # of uploaded files: no operation takes any, so a file is left as a value of the wrong type
    return dict(fields)
