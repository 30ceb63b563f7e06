"""Answers that are kept: as many as fit, and those that are asked for again before those that were not."""

import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from webstore_kit.core.watch import Stamp
from webstore_kit.http.encodings import IDENTITY

OVERHEAD, OF_FORM = 1200, 1000
"""Bytes that an answer takes beside its body and its key, and those that each of its forms takes, as was measured."""
PROTECTED = 0.8
"""The share of the space for answers that were asked for again."""
LARGEST = 0.25
"""The share of the space that one answer may take."""

OF_BODY = frozenset({b"content-type", b"content-length", b"content-encoding"})
"""Headers that an answer without a body does not have."""

Headers = Sequence[tuple[bytes, bytes]]
"""Kept as tuples: the garbage collector soon has nothing to do with these, and there may be very many."""


@dataclass(slots=True)
class Form:
    """An answer in one encoding; `unchanged` are the headers of the 304 that says that it is what the client has."""

    headers: Headers
    unchanged: Headers
    etag: bytes
    body: bytes


@dataclass(slots=True)
class Answer:
    """An answer with its stamp, and its forms as they were asked for."""

    stamp: Stamp
    headers: Headers
    body: bytes
    forms: dict[str, Form] = field(default_factory=dict)

    def add(self, encoding: str, body: bytes | None) -> Form:
        """The answer in the encoding, of which this is the body; or as it is, where that makes it no smaller (None)."""
        if body is None:
            return self.forms.setdefault(encoding, self.forms.get(IDENTITY) or self.add(IDENTITY, self.body))
        return self.forms.setdefault(encoding, self._made(encoding, body))

    def size(self) -> int:
        """Bytes that it takes."""
        packed = sum(len(form.body) for form in self.forms.values() if form.body is not self.body)
        return OVERHEAD + len(self.forms) * OF_FORM + len(self.body) + packed

    def _made(self, encoding: str, body: bytes) -> Form:
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        etag = f'"{digest}"'.encode()
        unchanged = *(header for header in self.headers if header[0] not in OF_BODY), (b"etag", etag)
        headers = *self.headers, (b"content-length", b"%d" % len(body)), (b"etag", etag)
        if encoding != IDENTITY:
            headers = *headers, (b"content-encoding", encoding.encode())
        return Form(headers, unchanged, etag, body)


class Kept:
    """Answers by their keys, as many as fit.

    A new one comes on probation, and drives out only others on probation; it is protected when it is asked for again.
    So requests that nobody repeats cannot drive out what everybody asks for: segmented LRU, as Karedla, Love and Wherry
    describe it (Caching Strategies to Improve Disk System Performance, 1994).
    """

    def __init__(self, space: int) -> None:
        self._space = space
        self._probation: OrderedDict[Hashable, Answer] = OrderedDict()
        self._protected: OrderedDict[Hashable, Answer] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self.size = 0
        self._protected_size = 0

    def __len__(self) -> int:
        return len(self._sizes)

    def get(self, key: Hashable) -> Answer | None:
        """The answer, if there is one; it was asked for again."""
        answer = self._protected.get(key)
        if answer is not None:
            self._protected.move_to_end(key)
            return answer
        answer = self._probation.pop(key, None)
        if answer is not None:
            self._protected[key] = answer
            self._protected_size += self._sizes[key]
            self._demote()
        return answer

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep the answer, in place of an older one; or do not, where it is too large."""
        size = answer.size() + _length(key)
        if size > self._space * LARGEST:
            self.drop(key)
        elif key in self._protected:
            self._protected[key] = answer
            self._resize(key, size)
        else:
            self._probation[key] = answer
            self._probation.move_to_end(key)
            self._sizes.setdefault(key, 0)
            self._resize(key, size)

    def grown(self, key: Hashable, answer: Answer) -> None:
        """Take note that the answer has got another form."""
        if self._protected.get(key) is answer or self._probation.get(key) is answer:
            self._resize(key, answer.size() + _length(key))

    def drop(self, key: Hashable) -> None:
        """Keep it no longer."""
        if key in self._sizes:
            self._forget(key)

    def _resize(self, key: Hashable, size: int) -> None:
        change = size - self._sizes[key]
        self._sizes[key] = size
        self.size += change
        if key in self._protected:
            self._protected_size += change
            self._demote()
        while self.size > self._space:
            self._forget(next(iter(self._probation or self._protected)))

    def _demote(self) -> None:
        while self._protected_size > self._space * PROTECTED:
            key, answer = self._protected.popitem(last=False)
            self._protected_size -= self._sizes[key]
            self._probation[key] = answer

    def _forget(self, key: Hashable) -> None:
        size = self._sizes.pop(key)
        self.size -= size
        if self._protected.pop(key, None) is not None:
            self._protected_size -= size
        self._probation.pop(key, None)


def _length(key: Hashable) -> int:
    """Bytes that its texts take, or somewhat more: letters may take four each."""
    parts = key if isinstance(key, tuple) else (key,)
    return sum(4 * len(part) for part in parts if isinstance(part, str | bytes))
