"""A store of 1.2 million materializations beside an empty one: what the past costs whoever asks and makes.

Three assets of 100,008 hours each, all made four times. Prints one JSON object, in seconds: ``latest_status`` (the
newest status of one asset with all of its keys), ``one_key_here`` and ``one_key_empty`` (``materialize`` of one key on
this store and on one that has only that asset's definition, in turns, the shorter of many), ``materializations``.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from scale_store import fill, three_assets

from notebook_assets import HourlyPartitionsDefinition, Instance, asset, materialize
from notebook_assets.diagnosis import statuses

VERSIONS = 4
TIMES = 60


def shortest(works: Sequence[Callable[[], Any]], times: int) -> list[float]:
    """Return the shortest time of each of some works, done in turns, so that a busy machine is busy for all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, found in zip(works, taken, strict=True):
            began = time.perf_counter()
            work()
            found.append(time.perf_counter() - began)
    return [min(found) for found in taken]


def one_of_few() -> Any:
    """Return an asset with the same keys that is made from nothing: its status is all that is asked for."""
    hours = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2021-05-30-00:00")
    return asset(partitions_def=hours, name="a")(lambda: 1)


def measure(here: Instance, empty: Instance) -> dict[str, float]:
    """Measure on a full store and on an empty one."""
    definitions = three_assets()
    fill(here, definitions, VERSIONS)
    graph = definitions.graph.at(dynamic_partitions_store=here)
    first = graph.order[0]
    (status,) = shortest([lambda: statuses(graph, here, [first])], 5)
    made = one_of_few()
    on_here, on_empty = shortest(
        [
            lambda: materialize([made], instance=here, partition_key="2015-05-05-05:00", progress=False),
            lambda: materialize([made], instance=empty, partition_key="2015-05-05-05:00", progress=False),
        ],
        TIMES,
    )
    with here.database.read() as connection:
        (count,) = connection.execute("SELECT count(*) FROM materializations").fetchone()
    return {
        "latest_status": status,
        "one_key_here": on_here,
        "one_key_empty": on_empty,
        "materializations": float(count),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        stores = Path(folder)
        with Instance(stores / "full") as full, Instance(stores / "empty") as empty:
            print(json.dumps(measure(full, empty)))
