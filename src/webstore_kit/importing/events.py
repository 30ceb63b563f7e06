"""What happens to imports."""

from dataclasses import dataclass

from webstore_kit.core.events import Event


@dataclass(frozen=True)
class ImportFinished(Event):
    """An import has gone through all of its file; the counts are of products."""

    run_id: int
    name: str
    format: str
    created: int
    updated: int
    unchanged: int
    refused: int
    deactivated: int
