"""Two workers beside one, in threads and in processes: steps that sleep, or calculate without Python's lock.

Prints one JSON object: how many times as fast two workers make the same pieces as one does.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize

STEPS = {"100_ms": (0.1, 60), "5_ms": (0.005, 600)}
"""By name: how long a step takes, and how many pieces there are."""

EXECUTORS = ("threads", "processes")
REPETITIONS = 2
BLOCK = bytes(2**20)


def digests(count: int) -> None:
    """Compute some digests, without Python's lock."""
    for _ in range(count):
        hashlib.sha256(BLOCK)


def calculation(seconds: float) -> Callable[[], None]:
    """Return work that takes one worker about so many seconds by itself: the same amount of it for any workers."""
    began = time.perf_counter()
    digests(100)
    return partial(digests, max(1, round(seconds * 100 / (time.perf_counter() - began))))


def made_in(pieces: int, work: Callable[[], None], executor: str, workers: int) -> float:
    """Return how long it takes to make some pieces."""
    keys = StaticPartitionsDefinition([f"{number:04}" for number in range(pieces)])

    @asset(partitions_def=keys)
    def piece() -> int:
        work()
        return 1

    with Instance.ephemeral() as store:
        options: dict[str, Any] = {"instance": store, "progress": False, "partitions": "all"}
        began = time.perf_counter()
        materialize([piece], executor=executor, max_workers=workers, **options)
        return time.perf_counter() - began


def measure() -> dict[str, float]:
    """Measure all."""
    found = {}
    for executor in EXECUTORS:
        for name, (seconds, pieces) in STEPS.items():
            works = {"sleeping": partial(time.sleep, seconds)}
            if seconds >= 0.1:  # how long a shorter calculation takes, other processes decide
                works["calculating"] = calculation(seconds)
            for kind, work in works.items():
                times = {
                    workers: min(made_in(pieces, work, executor, workers) for _ in range(REPETITIONS))
                    for workers in (1, 2)
                }
                found[f"{executor}_{kind}_{name}"] = times[1] / times[2]
                print(f"{executor} {kind} {name}: {times[1]:.2f} s, {times[2]:.2f} s", file=sys.stderr)
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
