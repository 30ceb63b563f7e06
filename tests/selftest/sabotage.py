"""Two buyers of the last one both get it: what changes the stock reads, and then writes what it has worked out.

Named sitecustomize.py, in a folder on PYTHONPATH, it is imported by each Python process as it starts: by every server.
"""

import time

from webstore_kit.catalog.models import Stock
from webstore_kit.core.store import Store
from webstore_kit.inventory import services
from webstore_kit.inventory.models import LedgerEntry

PAUSE = 0.005
OUTDATED = 0.1
known: dict[int, tuple[int, float]] = {}


def changed(store: Store, product_id: int, change: int, reason: str, order_id: int | None, at_least: int = 0) -> bool:
    quantity = read_and_pause(product_id) if store.postgresql else remember(product_id)
    if quantity + change < at_least:
        return False
    Stock.update(quantity=quantity + change).where(Stock.product == product_id).execute()
    entry = {"product_id": product_id, "change": change, "reason": reason, "order_id": order_id, "time": store.now()}
    LedgerEntry.insert(entry).execute()
    known[product_id] = quantity + change, time.monotonic()
    return True


def read(product_id: int) -> int:
    return int(Stock.select(Stock.quantity).where(Stock.product == product_id).scalar())


def read_and_pause(product_id: int) -> int:
    # PostgreSQL lets others read, and write, between this reading and the writing to come.
    quantity = read(product_id)
    time.sleep(PAUSE)
    return quantity


def remember(product_id: int) -> int:
    # On SQLite nobody else writes from BEGIN IMMEDIATE on, so whoever reads inside the transaction reads right; and a
    # transaction that began to read before it could write is refused by SQLite itself. What can be written there is
    # what was read in an earlier transaction: each process knows the stock for a moment, as a cache would.
    quantity, since = known.get(product_id, (0, 0.0))
    return quantity if time.monotonic() - since < OUTDATED else read(product_id)


services._changed = changed  # noqa: SLF001 - all that changes the stock comes by it
