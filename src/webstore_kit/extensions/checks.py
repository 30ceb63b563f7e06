"""What has to hold of extensions before a store starts with them; each problem is one sentence that names them."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel
from pydantic_settings import BaseSettings
from starlette.routing import BaseRoute, Match

from webstore_kit.adoption.models import MODELS as ADOPTION
from webstore_kit.catalog.models import MODELS as CATALOG
from webstore_kit.catalog.schemas import Preview, ProductOut
from webstore_kit.core.errors import ExtensionError
from webstore_kit.core.events import Event, Subscriber
from webstore_kit.core.parts import AddedField
from webstore_kit.core.providers import PROTOCOLS
from webstore_kit.core.revision import MODELS as REVISION
from webstore_kit.core.settings import Settings
from webstore_kit.customers.models import MODELS as CUSTOMERS
from webstore_kit.customers.schemas import CustomerOut
from webstore_kit.extensions.extension import Extension
from webstore_kit.extensions.sections import variable
from webstore_kit.http.idempotency import MODELS as IDEMPOTENCY
from webstore_kit.http.operation import Operation
from webstore_kit.importing.models import MODELS as IMPORTING
from webstore_kit.importing.registry import FIXED
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
    """Raise ExtensionError where two of them, or one of them twice, claim the same."""
    claims: dict[tuple[str, str], str] = {}
    for extension in extensions:
        for claim in _claims(extension):
            what, name = claim
            if claim not in claims:
                claims[claim] = extension.name
            elif claims[claim] == extension.name:
                raise ExtensionError(f'The extension "{extension.name}" is wrong: it has the {what} {name} twice.')
            else:
                both = f'The extensions "{claims[claim]}" and "{extension.name}"'
                raise ExtensionError(f"{both} both have the {what} {name}. Leave one of them out.")


def require_new_operations(extensions: Sequence[Extension], known: Sequence[Operation]) -> None:
    """Raise ExtensionError where one of them would answer an operation of the store's, or a path of its own."""
    for extension in extensions:
        for route in extension.routes:
            for method, path, what in _paths(known):
                if route.matches({"type": "http", "method": method, "path": path, "headers": []})[0] is Match.FULL:
                    raise ExtensionError(
                        f'The extension "{extension.name}" is wrong: it would answer {what} in place of the store. '
                        "If it is to do so, hand its route to create_app(routes=...)."
                    )


def require_unexposed(extensions: Sequence[Extension], exposed: Sequence[AddedField]) -> None:
    """Raise ExtensionError where one of them adds a field that the setting `exposed_metadata` adds, too."""
    taken = {(each.answer, each.name) for each in exposed}
    for extension in extensions:
        for each in extension.fields:
            if (each.answer, each.name) in taken:
                raise ExtensionError(
                    f'The extension "{extension.name}" adds the field {each.name} to the answer {each.answer}, and so '
                    "does the setting exposed_metadata. Leave one of them out."
                )


def _paths(known: Sequence[Operation]) -> Iterator[tuple[str, str, str]]:
    """A method and a path for each thing that the store answers, and what it is called."""
    for operation in known:
        samples = dict.fromkeys(operation.param_convertors, "1")  # an id as well as a slug
        method = operation.signature.partition(" ")[0]
        yield method, operation.path_format.format(**samples), operation.signature
    yield "GET", "/", "GET /"
    yield "GET", "/media/a/picture.png", "GET /media/"


def _problems(extension: Extension) -> Iterator[str]:
    if not NAME.fullmatch(extension.name):
        yield "its name has to be of lower case letters, digits and _, and begin with a letter"
    if extension.migrations and not any(Path(extension.migrations).glob("[0-9]*.py")):
        yield f"there is no migration such as 0001_initial.py in {extension.migrations}"
    if others := [route for route in extension.routes if not isinstance(route, BaseRoute)]:
        yield f"{others[0]!r} is no Operation, and no other route of Starlette"
    if extension.commands is not None and not hasattr(extension.commands, "registered_commands"):
        yield "its commands are no typer.Typer"
    yield from (f"the format {form.name} is not to be replaced" for form in extension.formats if form.name in FIXED)
    yield from _of_settings(extension)
    yield from _of_tables(extension)
    yield from _of_subscribers(extension)
    yield from _of_providers(extension)
    yield from _of_fields(extension)


def _of_settings(extension: Extension) -> Iterator[str]:
    kind = extension.settings
    if kind is None:
        return
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)) or issubclass(kind, BaseSettings):
        # The latter would read variables of any name by itself.
        yield "its settings are no class that is derived from pydantic.BaseModel, and not from BaseSettings"
        return
    for field in kind.model_fields:
        if (name := f"{extension.name}_{field}".lower()) in Settings.model_fields:
            yield f"its setting {field} would have the variable of the store's own setting {name}"


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
        if not (isinstance(each, Subscriber) and isinstance(each.event, type) and issubclass(each.event, Event)):
            yield f"{each!r} is no Subscriber(event, function) to a kind of Event"
        elif not _takes(each.react, 2):
            yield f"its subscriber {each.name} is no plain function of the store and the event"


def _of_providers(extension: Extension) -> Iterator[str]:
    for name, provider in extension.providers.items():
        protocol = PROTOCOLS.get(name)
        if protocol is None:
            yield f"there is no provider {name}: there are {', '.join(PROTOCOLS)}"
        elif isinstance(provider, type) or not isinstance(provider, protocol):
            yield f"its provider {name} is no {protocol.__name__}: it is a class, or lacks the method"
        elif not _takes(_called(provider, protocol), _arguments(protocol)):
            yield f"its provider {name} is no {protocol.__name__}: its method takes other arguments, or is async"


def _method(protocol: type) -> str:
    return next(name for name in vars(protocol) if name == "__call__" or not name.startswith("_"))


def _called(provider: object, protocol: type) -> object:
    method = _method(protocol)
    return provider if method == "__call__" else getattr(provider, method)


def _arguments(protocol: type) -> int:
    return len(inspect.signature(getattr(protocol, _method(protocol))).parameters) - 1


def _takes(function: object, count: int) -> bool:
    """Whether it can be called with so many values, and answers at once."""
    if not callable(function) or inspect.iscoroutinefunction(function):
        return False
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # what is written in C need not say what it takes
        return True
    return True


def _of_fields(extension: Extension) -> Iterator[str]:
    for added in extension.fields:
        if added.answer not in ANSWERS:
            yield f"there is no answer {added.answer}: there are {', '.join(ANSWERS)}"
        elif not FIELD.fullmatch(added.name):
            yield f"{added.name!r} is no name for a field"
        elif added.name in get_type_hints(ANSWERS[added.answer]):
            yield f"the answer {added.answer} has a field {added.name} of its own"
        elif not _takes(added.read, 2):
            yield f"what reads its field {added.name} is no plain function of the store and the ids"


def _claims(extension: Extension) -> Iterator[tuple[str, str]]:
    yield from (("provider", name) for name in extension.providers)
    yield from (("field", f"{each.answer}.{each.name}") for each in extension.fields)
    yield from (("operation", route.signature) for route in extension.routes if isinstance(route, Operation))
    yield from (("format", form.name) for form in extension.formats)
    yield from (("table", table_of(model)) for model in extension.models)
    if extension.settings:
        yield "class of settings", extension.settings.__qualname__
        yield from (("variable", variable(extension.name, field)) for field in extension.settings.model_fields)
