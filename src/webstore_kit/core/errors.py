r"""The errors that a client, a shop owner or a developer can cause.

```
WebstoreError                     anything that webstore-kit says no to
├── StoreError                    a client caused it: has an HTTP status, a sentence, maybe fields
│   ├── InvalidInput        400   fields are at fault: {"field": ["message", ...]}
│   ├── MalformedBody       400   the body could not be read at all
│   ├── Conflict            400   the store's state forbids it (a domain's errors.py names the cases)
│   ├── Unauthorized        401   who is asking is unknown (customers/auth.py names the cases)
│   ├── NotFound            404
│   ├── NotAcceptable       406   the client takes no JSON
│   ├── BodyTooLarge        413
│   ├── UnsupportedMedia    415
│   ├── KeyInvalid          400   \
│   ├── KeyInUse            409    } the Idempotency-Key (http/idempotency.py)
│   ├── KeyReused           422   /
│   └── Busy                503   the database could not be had in time; try again
│       └── Collided              it gave up this transaction for another's sake, and may take it at once
├── SettingsError                 the settings stop the start
├── ExtensionError                an extension stops the start, or a provider answers what it must not
├── DatabaseNotReady              the database is behind or ahead of this version, or absent
└── CommandError                  a command line that cannot be carried out
```
"""

from collections.abc import Mapping, Sequence

FieldErrors = Mapping[str, Sequence[str]]


class WebstoreError(Exception):
    """The root: catch it to catch all that webstore-kit raises on purpose."""


class StoreError(WebstoreError):
    """A refusal that reaches the client: `status`, the sentence `detail`, and `fields` at fault."""

    status = 400
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, fields: FieldErrors | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields: FieldErrors = fields or {}

    def body(self) -> dict[str, object]:
        """The JSON object that says this error to a client of an ordinary endpoint."""
        return {"detail": self.detail}


class InvalidInput(StoreError):
    """One or more fields are at fault; every wrong field is named at once."""

    def __init__(self, fields: FieldErrors) -> None:
        super().__init__(" ".join(_sentence(name, messages) for name, messages in fields.items()), fields)

    def body(self) -> dict[str, object]:
        """The fields with their messages, as the contract writes field errors."""
        return {name: list(messages) for name, messages in self.fields.items()}


def _sentence(name: str, messages: Sequence[str]) -> str:
    text = " ".join(messages)
    return text if name == "non_field_errors" else f"{name}: {text}"


class MalformedBody(StoreError):
    """The request's body is not what its media type says it is."""


class Conflict(StoreError):
    """The store's present state forbids what was asked; `fields` names what to change."""


class Unauthorized(StoreError):
    """The request does not say, or does not prove, who sends it."""

    status = 401
    headers = {"WWW-Authenticate": 'Bearer realm="api"'}


class NotFound(StoreError):
    """There is no such thing."""

    status = 404

    def __init__(self, detail: str = "Not found.") -> None:
        super().__init__(detail)


class NotAcceptable(StoreError):
    """The client's Accept header leaves out JSON."""

    status = 406

    def __init__(self) -> None:
        super().__init__("Could not satisfy the request Accept header.")


class BodyTooLarge(StoreError):
    """The body is larger than the setting `max_body_size`."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit} bytes.")


class UnsupportedMedia(StoreError):
    """The body's media type is neither JSON nor a form."""

    status = 415

    def __init__(self, media_type: str) -> None:
        super().__init__(f'Unsupported media type "{media_type}" in request.')


class Busy(StoreError):
    """The database was not to be had in time; nothing was changed."""

    status = 503
    headers = {"Retry-After": "1"}

    def __init__(self) -> None:
        super().__init__("The store is busy. Please try again in a moment.")


class Collided(Busy):
    """The database gave up this transaction for another's sake; `Store.write` begins it again, a few times."""


class SettingsError(WebstoreError):
    """Settings that stop the start: one sentence each (what, where from, what is allowed)."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class ExtensionError(WebstoreError):
    """An extension stops the start: it cannot be loaded, is wrong, or is at odds with another; the message names it.

    While the store runs: one of its providers answered what it must not. The client gets a 500, the log the message.
    """


class DatabaseNotReady(WebstoreError):
    """The database does not fit this version; the message says which command helps."""


class CommandError(WebstoreError):
    """A command that cannot be carried out; the message says what to do next."""
