"""A plan of 100,000 keys of three assets takes moments and little memory."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np

from notebook_assets import HourlyPartitionsDefinition, Instance, asset
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import statuses
from notebook_assets.run import Only, make_plan

HOURS = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2021-06-01-00:00")


@asset(partitions_def=HOURS)
def first() -> int:
    return 1


@asset(partitions_def=HOURS)
def second(first: int) -> int:
    return first


@asset(partitions_def=HOURS)
def third(second: int) -> int:
    return second


def test_a_plan_of_three_hundred_thousand_pieces_is_made_at_once() -> None:
    graph = AssetGraph([first, second, third]).at()
    with Instance.ephemeral() as store:
        found = statuses(graph, store)
    count = len(found[third.key].keys)
    targets = {third.key: np.ones(count, dtype=bool)}
    assert count > 100_000
    began = time.process_time()
    plan = make_plan(graph, found, targets, upstream=Only.NEEDED)
    assert time.process_time() - began < 1.0  # 0.01 s where nothing else runs
    assert plan.total == 3 * count
    del plan
    tracemalloc.start()
    plan = make_plan(graph, found, targets, upstream=Only.NEEDED)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 10 * count * 3
    assert most < 15 * count * 3
    assert [planned.key for planned in plan.assets] == [first.key, second.key, third.key]
