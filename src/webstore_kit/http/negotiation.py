"""What the client accepts: JSON, or the request is refused (RFC 9110, section 12.5.1)."""

from webstore_kit.core.errors import NotAcceptable

JSON_RANGES = ("application/json", "application/*", "*/*")


def require_json(accept: str | None) -> None:
    """Raise NotAcceptable where an Accept header is there and leaves JSON out."""
    if accept and accept.strip():
        ranges = (part.partition(";")[0].strip().lower() for part in accept.split(","))
        if not any(media_range in JSON_RANGES for media_range in ranges):
            raise NotAcceptable
