"""The extension: what is added to a store, under one name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import peewee
from pydantic import BaseModel
from starlette.routing import BaseRoute

from webstore_kit.core.events import Subscriber
from webstore_kit.core.parts import AddedField
from webstore_kit.core.providers import Provided
from webstore_kit.importing.registry import Format

if TYPE_CHECKING:
    import typer  # a server has no commands, and need not load them


@dataclass(frozen=True, kw_only=True)
class Extension:
    """What is added to a store. All but the name may be left out."""

    name: str
    """Lower case letters, digits and `_`, beginning with a letter; no two extensions of a store have the same."""
    settings: type[BaseModel] | None = None
    """The class of its settings: `WEBSTORE_<NAME>_<SETTING>`, or `[extension.<name>]` in webstore.toml."""
    models: Sequence[type[peewee.Model]] = ()
    """Its tables, derived from `webstore_kit.Model` and called `<name>_...`; its migrations make them."""
    migrations: Path | None = None
    """The folder of its migrations, which `webstore migrate` applies after those of the store."""
    routes: Sequence[BaseRoute] = ()
    """Operations, or other routes of Starlette, beside those of the store."""
    before_commit: Sequence[Subscriber[Any]] = ()
    """Who is told of events inside the transaction, and may write in it, or refuse."""
    after_commit: Sequence[Subscriber[Any]] = ()
    """Who is told of events once they are committed."""
    providers: Provided = field(default_factory=lambda: Provided())
    """Its answers to what the store leaves to the shop."""
    fields: Sequence[AddedField] = ()
    """Fields that are added to answers of the store."""
    formats: Sequence[Format] = ()
    """Formats of catalogues that `webstore import` reads then, in any store of the process."""
    commands: "typer.Typer | None" = None
    """Commands, called `webstore <name> ...`."""
