"""Idempotency keys: a request that carries one is done once, and answered alike however often it is sent.

It is the header of https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/. The answer is kept in
the same transaction as the work, so that there is never one without the other. Refusals are not kept: what was refused
changed nothing, and may go through when it is sent again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from peewee import CharField, IntegerField, TextField
from starlette.responses import Response

from webstore_kit.core.database import BaseModel, skip_locked
from webstore_kit.core.errors import StoreError
from webstore_kit.core.fields import UtcDateTimeField
from webstore_kit.core.prepared import prepared
from webstore_kit.core.store import Store

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
"""The header of an answer that is given again."""
LONGEST_KEY = 255
KEPT_FOR = timedelta(hours=24)
"""How long an answer is kept."""
SWEPT_AT_ONCE = 20
"""Expired answers that are deleted with each new one: more than come in, so that they do not pile up."""


class KeyInvalid(StoreError):
    """The key is empty, too long, or not of visible ASCII characters."""

    def __init__(self) -> None:
        super().__init__(f"{HEADER} must be 1 to {LONGEST_KEY} visible ASCII characters.")


class KeyInUse(StoreError):
    """The first request with this key is still being worked on."""

    status = 409
    headers: Mapping[str, str] = {"Retry-After": "1"}

    def __init__(self) -> None:
        super().__init__(f"A request with this {HEADER} is still being worked on. Please try again in a moment.")


class KeyReused(StoreError):
    """The key came with another request before."""

    status = 422

    def __init__(self) -> None:
        super().__init__(f"This {HEADER} was used with another request before. Use a new key for a new request.")


class IdempotencyKey(BaseModel):
    """A request with a key that has been done, and its answer."""

    scope = CharField(max_length=64, primary_key=True)
    """SHA-256 of who asks, what for, and the key."""
    fingerprint = CharField(max_length=64)
    """SHA-256 of the request."""
    status = IntegerField()
    body = TextField()
    time_created = UtcDateTimeField(index=True)

    class Meta:
        table_name = "idempotency_keys"


MODELS = [IdempotencyKey]


@dataclass(frozen=True)
class Claim:
    """One request with a key, as it is known again."""

    scope: str
    fingerprint: str

    @property
    def lock(self) -> int:
        """The number of the claim's advisory lock on PostgreSQL."""
        return int.from_bytes(bytes.fromhex(self.scope)[:8], signed=True)


def claim_of(operation: str, principal: str, key: str | None, body: bytes) -> Claim | None:
    """The claim of a request; None where it carries no key. Raises KeyInvalid.

    Keys of two principals, or of two operations, have nothing to do with each other.
    """
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() and not key.isspace()):
        raise KeyInvalid
    return Claim(scope=_digest(operation, principal, key), fingerprint=_digest(operation, body))


class Running:
    """The claims that this process is working on."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}

    @contextmanager
    def working_on(self, claim: Claim) -> Iterator[None]:
        """Inside, nobody else works on it; raises KeyInUse where somebody does."""
        # One atomic step, so that of two threads with the same claim one alone gets through.
        if self.claims.setdefault(claim.scope, claim) is not claim:
            raise KeyInUse
        try:
            yield
        finally:
            del self.claims[claim.scope]


def kept_answer(store: Store, claim: Claim, headers: Mapping[str, str]) -> Response | None:
    """The answer that this request got before, if it did, with these headers.

    Raises KeyReused where another request had the key.
    """
    row = _kept.row(scope=claim.scope, since=store.now() - KEPT_FOR)
    if row is None:
        return None
    if row["fingerprint"] != claim.fingerprint:
        raise KeyReused
    return Response(row["body"], row["status"], {**headers, REPLAYED: "true"}, "application/json")


def lock_claim(store: Store, claim: Claim) -> None:
    """Let no other process work on the claim until the transaction ends; raises KeyInUse where one does."""
    # SQLite has one writer at a time: whoever comes second finds the answer of the first.
    if store.postgresql:
        locked = store.database.execute_sql("SELECT pg_try_advisory_xact_lock(%s)", (claim.lock,)).fetchone()[0]
        if not locked:
            raise KeyInUse


def keep_answer(store: Store, claim: Claim, response: Response) -> None:
    """Keep the answer, as part of the transaction that did the work, and delete some that have expired."""
    now = store.now()
    _expire.execute(before=now - KEPT_FOR)
    answer = {"status": response.status_code, "body": bytes(response.body).decode()}
    _keep.execute(scope=claim.scope, fingerprint=claim.fingerprint, now=now, **answer)


def _digest(*parts: str | bytes) -> str:
    digest = sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(b"%d:" % len(raw) + raw)  # with its length, so that no two lists of parts are written alike
    return digest.hexdigest()


@prepared
def _kept(scope: Any, since: Any) -> Any:
    answer = IdempotencyKey.fingerprint, IdempotencyKey.status, IdempotencyKey.body
    return IdempotencyKey.select(*answer).where(IdempotencyKey.scope == scope, IdempotencyKey.time_created >= since)


@prepared
def _keep(scope: Any, fingerprint: Any, status: Any, body: Any, now: Any) -> Any:
    answer = {"fingerprint": fingerprint, "status": status, "body": body, "time_created": now}
    # There can be one for this key already that has expired.
    return IdempotencyKey.insert(scope=scope, **answer).on_conflict(
        conflict_target=[IdempotencyKey.scope], preserve=[getattr(IdempotencyKey, name) for name in answer]
    )


@prepared
def _expire(before: Any) -> Any:
    expired = IdempotencyKey.select(IdempotencyKey.scope).where(IdempotencyKey.time_created < before)
    some = skip_locked(expired.order_by(IdempotencyKey.time_created).limit(SWEPT_AT_ONCE))
    return IdempotencyKey.delete().where(IdempotencyKey.scope.in_(some))
