"""Credentials: password hashes, what makes a password weak, and signed tokens. No database here."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, Literal
from uuid import uuid4

import jwt
from passlib.context import CryptContext
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from webstore_kit.core.settings import Settings
from webstore_kit.customers.errors import INVALID, WRONG_TYPE, InvalidToken, NamesNobody

TokenType = Literal["access", "refresh"]

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
LONGEST_GUESSED = 16
COMMON = frozenset().union(*FREQUENCY_LISTS.values())
"""Passwords, words and names that are tried first."""
ALGORITHM = "HS256"
REQUIRED_CLAIMS = {
    "exp": "Token has no 'exp' claim",
    "jti": "Token has no id",
    "token_type": "Token has no type",
}

# OWASP's parameters for Argon2id (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
# Hashes of Django's default hashers are accepted and replaced at the next login.
_hashes = CryptContext(
    schemes=["argon2", "django_pbkdf2_sha256", "django_pbkdf2_sha1"],
    deprecated="auto",
    argon2__type="ID",
    argon2__memory_cost=19 * 1024,
    argon2__time_cost=2,
    argon2__parallelism=1,
)
# Of a password that nobody has.
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$LMX4v7e2tva+t3autZYS4g$pUu7WxN+Uwlh9G3RuyExJeGNYEpDuCsm9l5VHlw9UZs"


def hash_password(password: str) -> str:
    """The hash to keep. It takes 20 ms and more: never call it in the event loop or inside a transaction."""
    return str(_hashes.hash(password))


def verify_password(password: str, kept: str | None, older: str | None = None) -> tuple[bool, str | None]:
    """Whether the password is the one, and a new hash where the kept one is of an older kind.

    `older` is some hash of an older kind where the store still has any. It takes the time of one check of each kind
    whether the user has a hash of the one kind, of the other, or is not there at all, so that nobody can tell by the
    clock which users there are.
    """
    checked = kept if kept is not None and is_known_hash(kept) else NOBODYS_HASH
    verified, replacement = _hashes.verify_and_update(password[:LONGEST_PASSWORD], checked)
    if older and is_known_hash(older) and _is_current(checked):
        _hashes.verify(password[:LONGEST_PASSWORD], older)
    elif not _is_current(checked) and not replacement:
        _hashes.verify(password[:LONGEST_PASSWORD], NOBODYS_HASH)
    right = verified and checked is kept and len(password) <= LONGEST_PASSWORD
    return bool(right), replacement if right else None


def is_known_hash(kept: str) -> bool:
    """Whether this is a hash that a password can be checked against."""
    scheme = _hashes.identify(kept)
    if scheme is None:
        return False
    try:
        _hashes.handler(scheme).from_string(kept)
    except (ValueError, TypeError):  # it begins like one, and is none
        return False
    return True


def normal_username(username: str) -> str:
    """The username with look-alike forms of a letter made one (NFKC), as Django keeps it."""
    return unicodedata.normalize("NFKC", username)


def weaknesses(password: str, about: Mapping[str, str]) -> list[str]:
    """Why the password is too weak, in the words of Django's validators; `about` is what else is known of the user."""
    found = []
    if len(password) < SHORTEST_PASSWORD:
        found.append(f"This password is too short. It must contain at least {SHORTEST_PASSWORD} characters.")
    for name, text in about.items():
        if _is_similar(password.lower(), text.lower()):
            found.append(f"The password is too similar to the {name}.")
            break
    if _is_common(password):
        found.append("This password is too common.")
    if password.isdigit():
        found.append("This password is entirely numeric.")
    return found


def _is_current(kept: str) -> bool:
    return kept.startswith("$argon2")


def _is_common(password: str) -> bool:
    # Score 0 is what falls to fewer than a thousand guesses, such as rows of keys and repeats. To find it takes
    # milliseconds for a short password and seconds for a long one made to hurt.
    return password.lower() in COMMON or (len(password) <= LONGEST_GUESSED and zxcvbn(password)["score"] == 0)


def _is_similar(password: str, text: str) -> bool:
    # Django's UserAttributeSimilarityValidator: the whole, or a word of it, makes up 70 % of both.
    parts = [part for part in [*re.split(r"\W+", text), text] if len(part) > 2]
    return any(SequenceMatcher(a=password, b=part).quick_ratio() >= 0.7 for part in parts)


def issue_token(settings: Settings, kind: TokenType, user_id: int, now: datetime) -> str:
    """A signed token of that kind for the user; its claims are those that the reference server issues."""
    lifetimes: dict[TokenType, timedelta] = {
        "access": settings.access_token_lifetime,
        "refresh": settings.refresh_token_lifetime,
    }
    claims = {"token_type": kind, "exp": now + lifetimes[kind], "jti": uuid4().hex, "user_id": user_id}
    return jwt.encode(claims, settings.secret_key.get_secret_value(), ALGORITHM)


def token_user_id(settings: Settings, kind: TokenType, token: str, now: datetime) -> int:
    """The id of the user whom the token was issued for; raises InvalidToken with the reason."""
    claims = _claims(settings, token, now)
    for claim, missing in REQUIRED_CLAIMS.items():
        if claim not in claims:
            raise InvalidToken(missing)
    if claims["token_type"] != kind:
        raise InvalidToken(WRONG_TYPE)
    user_id = str(claims.get("user_id"))
    if not re.fullmatch(r"[0-9]{1,18}", user_id, re.ASCII):
        raise NamesNobody
    return int(user_id)


def _claims(settings: Settings, token: str, now: datetime) -> dict[str, Any]:
    secret = settings.secret_key.get_secret_value()
    # The library would ask the system what time it is, and not the store.
    options: Any = {f"verify_{claim}": False for claim in ("aud", "iss", "sub", "iat", "jti", "exp", "nbf")}
    try:
        claims: dict[str, Any] = jwt.decode(token, secret, [ALGORITHM], options)
        is_good = int(claims.get("nbf", 0)) <= now.timestamp() < int(claims.get("exp", now.timestamp() + 1))
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError, RecursionError):
        # Besides its own errors the library lets through those of parsing a header made to hurt.
        raise InvalidToken(INVALID) from None
    if not is_good:
        raise InvalidToken(INVALID)
    return claims
