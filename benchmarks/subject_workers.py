"""Two workers beside one, in threads and in processes: steps that sleep, or calculate without Python's lock.

Prints one JSON object: how many times as fast two workers make the same pieces as one does.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize

STEPS = {"100ms": (0.1, 60), "5ms": (0.005, 600)}
"""By name: how long a step takes, and how many pieces there are."""

EXECUTORS = ("threads", "processes")
REPETITIONS = 2
BLOCK = bytes(2**20)


def calculate(seconds: float) -> None:
    """Compute digests, without Python's lock, for some seconds."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        hashlib.sha256(BLOCK[: int(2**20 * min(seconds * 100, 1))])


def made_in(seconds: float, pieces: int, work: Callable[[float], None], executor: str, workers: int) -> float:
    """Return how long it takes to make some pieces."""
    keys = StaticPartitionsDefinition([f"{number:04}" for number in range(pieces)])

    @asset(partitions_def=keys)
    def piece() -> int:
        work(seconds)
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
            for kind, work in (("sleeping", time.sleep), ("calculating", calculate)):
                if kind == "calculating" and name != "100ms":
                    continue  # how long a short step takes then, other processes decide
                times = {
                    workers: min(made_in(seconds, pieces, work, executor, workers) for _ in range(REPETITIONS))
                    for workers in (1, 2)
                }
                found[f"{executor}_{name}" if kind == "sleeping" else f"{executor}_{kind}_{name}"] = times[1] / times[2]
                print(f"{executor} {kind} {name}: {times[1]:.2f} s, {times[2]:.2f} s", file=sys.stderr)
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
