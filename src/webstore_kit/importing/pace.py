"""The pace: how many products a transaction takes, so that a checkout never waits long for the import."""

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST = 200
MOST = 2000
FEWEST = 10
LONGEST = 0.07
"""Seconds that a transaction should last at most: a buyer who comes in the middle of it waits for its commit too."""


OBJECTS = 50_000
"""How many objects more there are before Python looks for circles of them."""
_threshold = threading.Lock()
_before: list[tuple[int, int, int]] = []


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Inside, Python looks seldom for circles of objects, of which an import makes many and lets them go.

    To look after every 700 took a fifth of the time, and found none.
    """
    with _threshold:
        _before.append(gc.get_threshold())
        gc.set_threshold(OBJECTS, *_before[0][1:])
    try:
        yield
    finally:
        with _threshold:
            usual, _ = _before[0], _before.pop()
            if not _before:  # the last of several imports in this process
                gc.set_threshold(*usual)


class Pace:
    """Learns from each batch how large the next one may be."""

    def __init__(self) -> None:
        self.size = FIRST

    @contextmanager
    def measured(self, count: int) -> Iterator[None]:
        """Inside, a batch of that many is written."""
        start = time.perf_counter()
        yield
        taken = time.perf_counter() - start
        # At most twice as many, as the first of a kind may have been fast by chance.
        fitting = min(int(count * LONGEST / max(taken, 1e-6)), 2 * max(count, FEWEST))
        self.size = max(FEWEST, min(fitting, MOST))
