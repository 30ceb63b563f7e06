"""Encodings of an answer: which of them the client takes, and the body in it (RFC 9110, section 12.5.3)."""

import gzip
import sys
from functools import lru_cache

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

IDENTITY = "identity"
OURS = ("zstd", "gzip")
"""The best first: at its level, zstd is twice as fast as gzip, and makes less of it."""
SHORTEST = 500
"""Bytes of a body that is worth the work."""
GZIP_LEVEL = 6
ZSTD_LEVEL = 6


@lru_cache(1024)
def accepted(header: bytes) -> str:
    """The encoding that a client with this Accept-Encoding gets."""
    weights: dict[str, float] = {}
    for part in header.decode("latin-1").lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters)
    best, best_weight = IDENTITY, 0.0
    for name in OURS:
        weight = weights.get(name, weights.get("*", 0.0))
        if weight > best_weight:
            best, best_weight = name, weight
    return best if best_weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def encoded(body: bytes, encoding: str) -> bytes | None:
    """The body in that encoding, always the same bytes; None where that would not make it smaller."""
    if encoding == IDENTITY:
        return body
    if len(body) < SHORTEST:
        return None
    if encoding == "gzip":
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    return zstd.compress(body, ZSTD_LEVEL)


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
