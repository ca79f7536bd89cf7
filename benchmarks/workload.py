"""What every subject is asked to do, and how it is timed: the same steps, counts and clock for all.

A subject is a script of its own, so that no subject's imports or threads weigh on another's. It prints one JSON object:
the seconds that one step took, for each measure of ``MEASURES`` (the median of its repetitions).
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

CHAIN = 100  # assets, each needing the one before
PARTITIONS = 60  # of a chain of two assets
LOADS = 200

MEASURES = {
    "one": "one asset, stored",
    "one_of_many": f"the same where the notebook defines {CHAIN} more",
    "chain": f"a step in a chain of {CHAIN} assets",
    "partitions": f"a step in {PARTITIONS} partitions of two assets",
    "load": f"a load, of {LOADS} through one loader",
    "load_partition": f"a load of one of {PARTITIONS} partitions",
    "write": "the store's own write of such a value",
}


def seconds_each(work: Callable[[], object], steps: int, repetitions: int) -> float:
    """Return the seconds that one of ``steps`` steps of ``work`` takes: the median of some repetitions.

    >>> seconds_each(lambda: None, steps=10, repetitions=3) < 0.01
    True
    """
    taken = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) / steps)
    return statistics.median(taken)


def tell(measured: dict[str, float]) -> None:
    """Print what a subject measured, as the last line that it prints."""
    unknown = set(measured) - set(MEASURES)
    if unknown:
        raise ValueError(f"Not among the measures: {sorted(unknown)}; they are {sorted(MEASURES)}.")
    print(json.dumps(measured))
