"""Adds the demo catalogue, or a generated one, to a store: with the importer, as any other catalogue is added."""

import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import among, tuples
from webstore_kit.core.store import Store
from webstore_kit.demo import generator, pictures
from webstore_kit.demo.reviews import add_reviews
from webstore_kit.importing.entries import Entry
from webstore_kit.importing.formats import Reading, entries
from webstore_kit.importing.models import ImportRun, State
from webstore_kit.importing.plan import Mode
from webstore_kit.importing.runs import TakenOver
from webstore_kit.importing.services import Catalogue, ImportOptions, Report, Say, import_from, silent

NAME = "demo catalogue"
"""What the list of imports calls it."""
FILE = Path(__file__).parent / "catalogue.json"
GENERATED = "generated"
"""The format of a catalogue that no file has."""

TRIES = 3
"""How often an import is begun that other processes take over."""
LONGEST = 30.0
"""Seconds after which a process that has taken an import over is taken for dead."""
NAP = 0.1


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seeding added, and how many pictures could not be had: those that are over the limits of the settings."""

    products: int
    reviews: int
    failed_pictures: int = 0


def seed(store: Store, say: Say = silent) -> Seeded:
    """Add the demo catalogue, but for the products whose SKU is there already: what is there stays as it is.

    So a second run adds nothing. One that was killed is finished by the next. Raises CommandError, and Busy.
    """
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    report = _imported(store, digest, say)
    pictures.restore(store)
    reviews = add_reviews(store, digest)
    if report is None:
        return Seeded(0, reviews)
    failed = report.pictures.failed_count if report.pictures else 0
    return Seeded(report.counts.created, reviews, failed)


def seed_generated(store: Store, count: int, number: int, say: Say = silent) -> Report:
    """Import the generated catalogue of that many products, and of that seed; as `import_catalogue`.

    Products that are there are made what they are in it again. Raises CommandError, and Busy.
    """
    name = f"generated catalogue ({count:,} products, seed {number})"
    catalogue = Catalogue(name, generator.digest(count, number), partial(_generated, name, count, number))
    return import_from(store, catalogue, ImportOptions(), say)


def _imported(store: Store, digest: str, say: Say) -> Report | None:
    """Import what is lacking, or end an import that was killed; None where there is nothing to do."""
    for _ in range(TRIES - 1):
        try:
            return _import_once(store, digest, say)
        except TakenOver:
            # Another process seeds as well. To take the import back from it would make it do the same, and so on.
            _await_other(store, digest)
    return _import_once(store, digest, say)


def _import_once(store: Store, digest: str, say: Say) -> Report | None:
    skus = _skus()
    lacking = skus - _present(store, skus)
    if not lacking and not _is_under_way(store, digest):
        return None
    # An import has to have products. Where all are there but it was never ended, it passes over those that it made,
    # and refuses others.
    catalogue = Catalogue(NAME, digest, partial(_reading, lacking or skus), pictures.FOLDER)
    # To create, as another process may add the same ones, and the shop may sell some of them, before they are written.
    return import_from(store, catalogue, ImportOptions(mode=Mode.CREATE), say)


def _await_other(store: Store, digest: str) -> None:
    end = time.monotonic() + LONGEST
    while _is_under_way(store, digest) and time.monotonic() < end:
        time.sleep(NAP)


def _is_under_way(store: Store, digest: str) -> bool:
    with store.snapshot():
        unfinished = ImportRun.digest == digest, ImportRun.state == State.RUNNING
        return bool(ImportRun.select().where(*unfinished).exists())


def _present(store: Store, skus: Collection[str]) -> set[str]:
    with store.snapshot():
        return {sku for (sku,) in tuples(Product.select(Product.sku).where(among(Product.sku, skus)))}


def _skus() -> set[str]:
    with entries(FILE) as reading:
        return {entry.fields["sku"] for entry in reading.entries if isinstance(entry, Entry)}


def _reading(skus: Collection[str]) -> Reading:
    """The file, but for the products that have other SKUs."""
    reading = entries(FILE)
    kept = (entry for entry in reading.entries if isinstance(entry, Entry) and entry.fields["sku"] in skus)
    return replace(reading, name=f"The {NAME}", entries=kept)


def _generated(name: str, count: int, number: int) -> Reading:
    return Reading(GENERATED, name, None, None, None, count, generator.products(count, number))
