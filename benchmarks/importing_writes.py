"""The child that changes carts, one after the other without a stop, and takes the time of each change.

It begins with a few that do not count, and then says so in a line. It ends when it has done as many as it was told,
or, where that is 0, when its standard input ends. Then it says of each when it began and how long it took.
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle
from threading import Event, Thread

from benchmarks import children
from benchmarks.checkout import cart_update
from webstore_kit import Store
from webstore_kit.core.errors import Busy
from webstore_kit.orders.schemas import CartUpdate
from webstore_kit.orders.services import set_quantity

BUYERS = 50
WARM_UP = 20


def main() -> None:
    """Change carts."""
    settings, (told,) = children.told()
    number, store, stop = int(told), Store(settings), Event()
    changes = _changes()
    for _ in range(WARM_UP):
        _seconds_of(store, next(changes))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if not number:
        Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    found: list[tuple[float, float | None]] = []
    while not stop.is_set() and (not number or len(found) < number):
        begun = time.monotonic()
        found.append((begun, _seconds_of(store, next(changes))))
    sys.stdout.write(json.dumps(found))
    store.close()


def _changes() -> Iterator[CartUpdate]:
    """The second line of each buyer's cart, with another quantity each time."""
    for buyer, number in zip(cycle(range(1, BUYERS + 1)), count(), strict=False):
        yield CartUpdate(**{**cart_update(buyer).body, "quantity": 1 + number // BUYERS % 2})


def _seconds_of(store: Store, change: CartUpdate) -> float | None:
    """How long a change took, with the wait for its turn; None where the turn did not come."""
    begun = time.monotonic()
    try:
        store.write(lambda: set_quantity(store, change))
    except Busy:
        return None
    return time.monotonic() - begun


def _wait_for_end(stop: Event) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main()
