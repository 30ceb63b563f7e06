"""The clock: times are aware and in UTC everywhere in the code, and ISO 8601 with `Z` on the wire."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def iso_text(moment: datetime) -> str:
    """The moment as the contract writes it: 2021-08-04T12:30:45.123456Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
