"""Statuses and a plan of three assets of 100,008 hours, all recorded in a store, in a process of their own.

Prints one JSON object: ``status_seconds`` (reading the store included), ``plan_seconds`` (the statuses given, all to be
made with all upstream), ``table_seconds`` (``partition_status`` of the last one), ``listing_seconds`` (``%assets``) and
``peak_mb``: by how much the memory of the process grew over what it held when the package was loaded.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import check_output
from typing import Any

import numpy as np
from scale_store import fill, three_assets

from notebook_assets import Instance, asset_catalogue, partition_status
from notebook_assets.diagnosis import statuses
from notebook_assets.run import Only, make_plan

_MB = 1024 * (1024 if sys.platform == "darwin" else 1)
_OWN_STATUS = Path("/proc/self/status")


def most_memory() -> float:
    """Return the most memory that this process had until now, in MB."""
    if _OWN_STATUS.exists():  # what resource tells begins, on Linux, with the most that the parent had
        lines = dict(line.split(":", 1) for line in _OWN_STATUS.read_text(encoding="ascii").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB


def seconds(work: Callable[[], Any], tries: int = 3) -> float:
    """Return the shortest of a few times; what a time before left is thrown away first."""
    times = []
    for _ in range(tries):
        gc.collect()
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def measure(folder: Path) -> dict[str, float]:
    """Measure on the store in a folder, which :func:`prepare` filled."""
    definitions, instance = three_assets(), Instance(folder)
    np.zeros(1)
    before = most_memory()
    graph = definitions.graph.at(dynamic_partitions_store=instance)
    found = statuses(graph, instance)
    last = graph.order[-1]
    targets = {last: np.ones(len(found[last].keys), dtype=bool)}
    make_plan(graph, found, targets, upstream=Only.ALL)
    peak = most_memory() - before
    return {
        "status_seconds": seconds(lambda: statuses(graph, instance)),
        "plan_seconds": seconds(lambda: make_plan(graph, found, targets, upstream=Only.ALL)),
        "table_seconds": seconds(lambda: partition_status("c", instance=instance, definitions=definitions)),
        "listing_seconds": seconds(lambda: asset_catalogue(instance=instance, definitions=definitions)),
        "peak_mb": peak,
    }


def main() -> None:
    """Fill a store and measure in another process, whose memory nothing else has grown."""
    if len(sys.argv) == 2:
        print(json.dumps(measure(Path(sys.argv[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        with Instance(folder) as instance:
            fill(instance, three_assets())
        print(check_output([sys.executable, __file__, folder], text=True), end="")


if __name__ == "__main__":
    main()
