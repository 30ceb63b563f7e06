"""What has to hold of extensions before a store starts with them; each problem is one sentence that names them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_type_hints

from webstore_kit.adoption.models import MODELS as ADOPTION
from webstore_kit.catalog.models import MODELS as CATALOG
from webstore_kit.catalog.schemas import Preview, ProductOut
from webstore_kit.core.errors import ExtensionError
from webstore_kit.core.events import Event, Subscriber
from webstore_kit.core.providers import PROTOCOLS
from webstore_kit.core.revision import MODELS as REVISION
from webstore_kit.customers.models import MODELS as CUSTOMERS
from webstore_kit.customers.schemas import CustomerOut
from webstore_kit.extensions.extension import Extension
from webstore_kit.http.idempotency import MODELS as IDEMPOTENCY
from webstore_kit.http.operation import Operation
from webstore_kit.importing.models import MODELS as IMPORTING
from webstore_kit.inventory.models import MODELS as INVENTORY
from webstore_kit.orders.models import MODELS as ORDERS
from webstore_kit.orders.schemas import OrderOut

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
FIELD = re.compile(r"[a-z][a-z0-9_]*")
ANSWERS: Mapping[str, Any] = {"product": ProductOut, "preview": Preview, "customer": CustomerOut, "order": OrderOut}
"""The answers that fields can be added to, by name."""


def table_of(model: Any) -> str:
    """The name of the model's table."""
    name: str = model._meta.table_name  # noqa: SLF001 - Peewee documents it by this name
    return name


OURS = frozenset(
    map(table_of, [*ADOPTION, *CATALOG, *CUSTOMERS, *IDEMPOTENCY, *IMPORTING, *INVENTORY, *ORDERS, *REVISION])
)


def require_right(extensions: Sequence[Extension]) -> None:
    """Raise ExtensionError for the first of them that is wrong in itself."""
    for extension in extensions:
        for problem in _problems(extension):
            raise ExtensionError(f'The extension "{extension.name}" is wrong: {problem}.')


def require_apart(extensions: Sequence[Extension]) -> None:
    """Raise ExtensionError where two of them claim the same."""
    claims: dict[tuple[str, str], str] = {}
    for extension in extensions:
        for claim in _claims(extension):
            other = claims.setdefault(claim, extension.name)
            if other != extension.name:
                what, name = claim
                both = f'The extensions "{other}" and "{extension.name}"'
                raise ExtensionError(f"{both} both have the {what} {name}. Leave one of them out.")


def require_new_operations(extensions: Sequence[Extension], known: Sequence[Operation]) -> None:
    """Raise ExtensionError where one of them has an operation of the store's own."""
    ours = {operation.signature for operation in known}
    for extension in extensions:
        for route in extension.routes:
            if isinstance(route, Operation) and route.signature in ours:
                raise ExtensionError(
                    f'The extension "{extension.name}" is wrong: {route.signature} is an operation of the store. '
                    "To answer it in place of the store, hand it to create_app(routes=...)."
                )


def _problems(extension: Extension) -> Iterator[str]:
    if not NAME.fullmatch(extension.name):
        yield "its name has to be of lower case letters, digits and _, and begin with a letter"
    if extension.migrations and not any(extension.migrations.glob("[0-9]*.py")):
        yield f"there is no migration such as 0001_initial.py in {extension.migrations}"
    yield from _of_tables(extension)
    yield from _of_subscribers(extension)
    yield from _of_providers(extension)
    yield from _of_fields(extension)


def _of_tables(extension: Extension) -> Iterator[str]:
    for table in map(table_of, extension.models):
        if table in OURS:
            yield f"the table {table} is the store's own"
        elif table != extension.name and not table.startswith(f"{extension.name}_"):
            yield f"the name of its table {table} does not begin with {extension.name}_"
    if extension.models and not extension.migrations:
        yield "it has tables, and no migrations that make them"


def _of_subscribers(extension: Extension) -> Iterator[str]:
    for each in (*extension.before_commit, *extension.after_commit):
        if not isinstance(each, Subscriber) or not issubclass(each.event, Event) or not callable(each.react):
            yield f"{each!r} is no Subscriber(event, function) to a kind of Event"


def _of_providers(extension: Extension) -> Iterator[str]:
    for name, provider in extension.providers.items():
        if name not in PROTOCOLS:
            yield f"there is no provider {name}: there are {', '.join(PROTOCOLS)}"
        elif isinstance(provider, type) or not isinstance(provider, PROTOCOLS[name]):
            yield f"its provider {name} is no {PROTOCOLS[name].__name__}: it is a class, or lacks the method"


def _of_fields(extension: Extension) -> Iterator[str]:
    for added in extension.fields:
        if added.answer not in ANSWERS:
            yield f"there is no answer {added.answer}: there are {', '.join(ANSWERS)}"
        elif not FIELD.fullmatch(added.name):
            yield f"{added.name!r} is no name for a field"
        elif added.name in get_type_hints(ANSWERS[added.answer]):
            yield f"the answer {added.answer} has a field {added.name} of its own"


def _claims(extension: Extension) -> Iterator[tuple[str, str]]:
    yield from (("provider", name) for name in extension.providers)
    yield from (("field", f"{each.answer}.{each.name}") for each in extension.fields)
    yield from (("operation", route.signature) for route in extension.routes if isinstance(route, Operation))
    yield from (("format", form.name) for form in extension.formats)
    yield from (("table", table_of(model)) for model in extension.models)
