"""Parts: what extensions add to a store, put together; `extensions.py` makes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from webstore_kit.core.events import Subscriber
from webstore_kit.core.providers import Provided

if TYPE_CHECKING:
    from webstore_kit.core.store import Store

AnswerName = Literal["product", "preview", "customer", "order"]
"""The answers that fields can be added to: of one product, of products in lists, of `getuser`, and of `myorders`."""


@dataclass(frozen=True)
class AddedField:
    """A field that is added to an answer of the store.

    `read` answers the values by the ids of the products, customers or orders that are asked for; those it leaves out
    are null. It is called in the snapshot that the answer is made in, once for all of them.

    Answers of the catalogue are kept, and made anew when the catalogue changes. So a field that tells of anything else,
    such as a table of the extension's own, has to say `is_of_catalogue=False`: then those answers are not kept.
    """

    answer: AnswerName
    name: str
    type: Any
    """The type of the values, as the OpenAPI document says it: `int`, `list[str]`, a `TypedDict`."""
    read: Callable[["Store", Sequence[int]], Mapping[int, Any]]
    is_of_catalogue: bool = False


@dataclass(frozen=True)
class Parts:
    """All that the extensions of one store add to it, below HTTP."""

    before_commit: Sequence[Subscriber[Any]] = ()
    after_commit: Sequence[Subscriber[Any]] = ()
    providers: Provided = field(default_factory=lambda: Provided())
    fields: Sequence[AddedField] = ()
    migrations: Mapping[str, Path] = field(default_factory=dict)
    """The folder with the migrations of each extension that has any, by its name."""
    settings: Mapping[type, Any] = field(default_factory=dict)
    """The settings of each extension that has any, by their class."""
