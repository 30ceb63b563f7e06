"""Where extensions come from: arguments, the setting `extensions`, and entry points of installed packages."""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from webstore_kit.core.errors import ExtensionError
from webstore_kit.core.settings import Settings
from webstore_kit.extensions.extension import Extension

GROUP = "webstore_kit.extensions"
"""The group of entry points by which an installed package names its extensions."""


def find(settings: Settings, given: Sequence[Extension] = ()) -> list[Extension]:
    """The extensions of a store, each once, in that order. Raises ExtensionError, which names the one at fault."""
    return [extension for extension, _ in find_with_sources(settings, given)]


def find_with_sources(settings: Settings, given: Sequence[Extension] = ()) -> list[tuple[Extension, str]]:
    """The same, each with where it comes from, in words."""
    found: dict[str, tuple[Extension, str]] = {}
    for extension, source in _all(settings, given):
        if not isinstance(extension, Extension):
            raise ExtensionError(f"{source} is a {type(extension).__name__}, not an Extension of webstore_kit.")
        other, where = found.setdefault(extension.name, (extension, source))
        if other is not extension:
            raise ExtensionError(
                f'Two extensions are called "{extension.name}": {where}, and {source}. Leave one out, or rename it.'
            )
    return list(found.values())


def _all(settings: Settings, given: Sequence[Extension]) -> Iterator[tuple[Any, str]]:
    for extension in given:
        yield extension, "one of the argument extensions"
    for place in settings.extensions:
        source = f'"{place}" of the setting extensions'
        yield _loaded(source, partial(_named, place, settings.directory)), source
    for point in entry_points(group=GROUP):
        source = _about(point)
        yield _loaded(source, point.load), source


def _about(point: EntryPoint) -> str:
    package = f" of the package {point.dist.name}" if point.dist else ""
    return f'the entry point "{point.name}"{package}'


def _named(place: str, directory: Path) -> Any:
    module, _, name = place.partition(":")
    if str(directory) not in sys.path:
        # Behind all others, so that no file of the shop's stands in for a module of Python's or of a package.
        sys.path.append(str(directory))
    importlib.invalidate_caches()  # the file may have been written a moment ago
    found = importlib.import_module(module)
    _require_own(found, module, directory)
    return getattr(found, name)


def _require_own(found: ModuleType, module: str, directory: Path) -> None:
    # A process has one module of each name, whichever folder it was first found in.
    top = module.partition(".")[0]
    own = [path for path in (directory / f"{top}.py", directory / top / "__init__.py") if path.is_file()]
    used = getattr(sys.modules.get(top, found), "__file__", None)
    if own and not (used and any(path.samefile(used) for path in own if Path(used).exists())):
        raise ImportError(f"{used or 'a part of Python'} is called {top}, too, and comes first; rename {own[0]}")


def _loaded(source: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except (Exception, SystemExit) as fault:
        # Whatever a module of somebody else's raises while it is imported, who starts the store has to know whose.
        reason = str(fault).partition("\n")[0]
        raise ExtensionError(
            f"The extension {source} cannot be loaded: {type(fault).__name__}: {reason}. Mend it, or leave it out."
        ) from fault
