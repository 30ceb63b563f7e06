"""Puts a store and its extensions together."""

from collections.abc import Sequence

from webstore_kit import metadata
from webstore_kit.core.parts import Parts
from webstore_kit.core.providers import Provided
from webstore_kit.core.settings import Settings
from webstore_kit.core.store import Store
from webstore_kit.extensions.checks import require_apart, require_right, require_unexposed
from webstore_kit.extensions.extension import Extension
from webstore_kit.extensions.finding import find
from webstore_kit.extensions.sections import sections
from webstore_kit.importing.registry import register


def put_together(settings: Settings, extensions: Sequence[Extension]) -> Parts:
    """What they add to the store. Raises SettingsError, and ExtensionError where one is wrong or meets another."""
    require_right(extensions)
    require_apart(extensions)
    exposed = metadata.exposed(settings.exposed_metadata)
    require_unexposed(extensions, exposed)
    for extension in extensions:
        for form in extension.formats:
            register(form)
    return Parts(
        before_commit=[each for extension in extensions for each in extension.before_commit],
        after_commit=[each for extension in extensions for each in extension.after_commit],
        providers=_providers(extensions),
        fields=[*exposed, *(each for one in extensions for each in one.fields)],
        migrations={each.name: each.migrations for each in extensions if each.migrations},
        settings=sections(settings, extensions),
    )


def store_of(settings: Settings) -> Store:
    """The store of these settings, with the extensions that they name or that are installed, for a command."""
    return Store(settings, parts=put_together(settings, find(settings)))


def _providers(extensions: Sequence[Extension]) -> Provided:
    provided = Provided()
    for extension in extensions:
        provided.update(extension.providers)
    return provided
