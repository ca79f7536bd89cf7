"""A store of a million materializations beside an empty one: what the past costs whoever asks and makes.

One asset of 100,008 hours, made ten times. Prints one JSON object, in seconds: ``latest_status`` (of all its keys),
``one_key_here`` and ``one_key_empty`` (``materialize`` of one key on this store and on one where nothing was made, in
turns, the shortest of many in the process's own time), and ``materializations``, how many there are.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from scale_store import fill

from notebook_assets import Definitions, HourlyPartitionsDefinition, Instance, asset, materialize
from notebook_assets.diagnosis import statuses

VERSIONS = 10
TIMES = 60
KEY = "2015-05-05-05:00"


def shortest(works: Sequence[Callable[[], Any]], times: int) -> list[float]:
    """Return the shortest time of each of some works, done in turns, so that a busy machine is busy for all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, found in zip(works, taken, strict=True):
            began = time.process_time()
            work()
            found.append(time.process_time() - began)
    return [min(found) for found in taken]


def measure(here: Instance, empty: Instance) -> dict[str, float]:
    """Measure on a full store and on an empty one."""
    hours = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2021-05-30-00:00")
    made = asset(partitions_def=hours, name="a")(lambda: 1)
    definitions = Definitions([made])
    fill(here, definitions, VERSIONS)
    graph = definitions.graph.at(dynamic_partitions_store=here)
    (status,) = shortest([lambda: statuses(graph, here)], 5)
    on_here, on_empty = shortest(
        [
            lambda: materialize([made], instance=here, partition_key=KEY, progress=False),
            lambda: materialize([made], instance=empty, partition_key=KEY, progress=False),
        ],
        TIMES,
    )
    return {
        "latest_status": status,
        "one_key_here": on_here,
        "one_key_empty": on_empty,
        "materializations": float(here.last_event_id()),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        stores = Path(folder)
        with Instance(stores / "full") as full, Instance(stores / "empty") as empty:
            print(json.dumps(measure(full, empty)))
