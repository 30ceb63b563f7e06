"""Products that are sold and that a file does not name: finds them, and takes them out of sale."""

from collections.abc import Iterator, Sequence
from functools import partial

from webstore_kit.catalog.models import Product
from webstore_kit.core.database import tuples
from webstore_kit.core.store import Store
from webstore_kit.importing import changes, runs
from webstore_kit.importing import present as products
from webstore_kit.importing.batches import patiently
from webstore_kit.importing.runs import Counts, Run
from webstore_kit.importing.scratch import Scratch
from webstore_kit.importing.writing import Alteration, Names, alter

PAGE = 500


def pages(store: Store, scratch: Scratch) -> Iterator[list[int]]:
    """The ids of the products that are sold and that no row of the file has meant, some at a time."""
    last = 0
    while True:
        with store.snapshot():
            query = Product.select(Product.id).where(Product.is_active, Product.id > last)
            ids = [number for (number,) in tuples(query.order_by(Product.id).limit(PAGE))]
        if not ids:
            return
        last = ids[-1]
        unnamed = scratch.unclaimed([f"id:{number}" for number in ids])
        if missing := [number for number in ids if f"id:{number}" in unnamed]:
            yield missing


def deactivate(store: Store, run: Run, scratch: Scratch) -> int:
    """Take those products out of sale; answers how many there were. Raises TakenOver."""
    count = 0
    for ids in pages(store, scratch):
        count += patiently(store, partial(_deactivate, store, run, ids))
    return count


def _deactivate(store: Store, run: Run, ids: Sequence[int]) -> int:
    products.lock(ids)
    sold = [present for present in products.products(ids) if present.fields["is_active"]]
    alterations = [Alteration(present, {"is_active": False}, present.paths) for present in sold]
    alter(store, Names.of([]), alterations, run.id)
    changes.record(run.id, ((*changes.update(each.present, each.after)[:-1], runs.TAKEN_OUT) for each in alterations))
    runs.advance(run, 0, Counts(deactivated=len(alterations)), [])
    return len(alterations)
