"""The settings of extensions: from `WEBSTORE_<NAME>_*` variables, and from `[extension.<name>]` in webstore.toml."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import EnvSettingsSource
from pydantic_settings.exceptions import SettingsError as UnreadableError

from webstore_kit.core.errors import SettingsError
from webstore_kit.core.settings import PREFIX, SETTINGS_FILE, Settings
from webstore_kit.extensions.extension import Extension


def sections(settings: Settings, extensions: Sequence[Extension]) -> dict[type, Any]:
    """The settings of each extension that has any, by their class; raises SettingsError that names each wrong one."""
    with_settings = {each.name: each.settings for each in extensions if each.settings}
    unknown = [name for name in settings.extension if name not in with_settings]
    if unknown:
        raise SettingsError(
            [
                f"[extension.{name}] in {SETTINGS_FILE} is of no extension that is there and has settings."
                for name in unknown
            ]
        )
    return {kind: _section(name, kind, settings.extension.get(name, {})) for name, kind in with_settings.items()}


def variable(name: str, field: str) -> str:
    """The environment variable of a setting of the extension of that name."""
    return f"{PREFIX}{name}_{field}".upper()


def _section(name: str, kind: type[BaseModel], values: Mapping[str, Any]) -> BaseModel:
    if unknown := list(_unknown(name, kind, values)):
        raise SettingsError(unknown)
    variables = _variables(name, kind)
    try:
        return kind(**{**values, **variables})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise SettingsError([_sentence(each, name, kind) for each in problems]) from None


def _unknown(name: str, kind: type[BaseModel], values: Mapping[str, Any]) -> Iterator[str]:
    # A name with a typo would be left out of account without a word.
    if kind.model_config.get("extra") != "allow":
        for key in values:
            if key not in _keys(kind):
                known = ", ".join(kind.model_fields) or "none"
                yield f"{key} in [extension.{name}] of {SETTINGS_FILE} is no setting: the settings are {known}."


def _keys(kind: type[BaseModel]) -> set[str]:
    return {*kind.model_fields, *(field.alias for field in kind.model_fields.values() if field.alias)}


def _variables(name: str, kind: type[BaseModel]) -> dict[str, Any]:
    # It asks the class for nothing that is not in every Pydantic model.
    read = EnvSettingsSource(kind, case_sensitive=False, env_prefix=variable(name, ""))  # type: ignore[arg-type]
    try:
        return read()
    except UnreadableError as error:
        found = re.search(r'field "(\w+)"', str(error))
        named = variable(name, found[1] if found else "*")
        raise SettingsError([f"the environment variable {named} is wrong: it has to be JSON."]) from None


def _environment() -> set[str]:
    return {each.upper() for each in os.environ}


def _sentence(problem: Any, name: str, kind: type[BaseModel]) -> str:
    if not problem["loc"]:
        return f"[extension.{name}] in {SETTINGS_FILE} is wrong: {problem['msg'].removeprefix('Value error, ')}."
    key = str(problem["loc"][0])
    by_variable, by_file = variable(name, key), f"{key} in [extension.{name}] of {SETTINGS_FILE}"
    if problem["type"] == "missing" and len(problem["loc"]) == 1:
        return f"The extension {name} needs its setting {key}: set {by_variable}, or {by_file}."
    source = f"the environment variable {by_variable}" if by_variable in _environment() else by_file
    return f"{source} is wrong: {problem['msg'].removeprefix('Value error, ')}."
