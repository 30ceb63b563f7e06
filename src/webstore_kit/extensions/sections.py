"""The settings of extensions: from `WEBSTORE_<NAME>_*` variables, and from `[extension.<name>]` in webstore.toml."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

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


def _section(name: str, kind: type[BaseModel], values: Mapping[str, Any]) -> BaseModel:
    prefix = f"{PREFIX}{name.upper()}_"
    variables = {
        field: _value(text)
        for variable, text in os.environ.items()
        if variable.upper().startswith(prefix) and (field := variable[len(prefix) :].lower()) in kind.model_fields
    }
    try:
        return kind(**{**values, **variables})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise SettingsError([_sentence(each, name, prefix, variables) for each in problems]) from None


def _value(text: str) -> Any:
    """The value of a variable: text, or the list or object that it has as JSON."""
    try:
        return json.loads(text) if text[:1] in ("[", "{") else text
    except ValueError:
        return text


def _sentence(problem: Any, name: str, prefix: str, variables: Mapping[str, Any]) -> str:
    key = str(problem["loc"][0]) if problem["loc"] else "settings"
    if key in variables:
        source = f"the environment variable {prefix}{key.upper()}"
    else:
        source = f"{key} in [extension.{name}] of {SETTINGS_FILE}"
    return f"{source} is wrong: {problem['msg'].removeprefix('Value error, ')}."
