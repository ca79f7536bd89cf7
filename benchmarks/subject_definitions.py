"""Defining 1,000 assets, and selecting one's whole upstream among them: here and in the reference, in seconds."""

from __future__ import annotations

import json
import logging
import statistics
import time
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import dagster

import notebook_assets

ASSETS = 1_000
LARGE = 10_000
REPETITIONS = 3


def define(dg: ModuleType, count: int) -> list[Any]:
    """Define assets of which each is made from up to three before it."""

    def one(number: int) -> Any:
        upstream = sorted({number - 1, number // 2, number - 7} & set(range(number)))

        @dg.asset(name=f"asset_{number}", deps=[f"asset_{other}" for other in upstream])
        def made() -> None: ...

        return made

    return [one(number) for number in range(count)]


def seconds(work: Callable[[], object]) -> float:
    """Return the median of some repetitions, in seconds of this process: others that are busy don't count."""
    taken = []
    for _ in range(REPETITIONS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def here() -> dict[str, float]:
    """Measure this library."""
    assets = define(notebook_assets, ASSETS)
    graphs = iter([notebook_assets.Definitions(assets).graph for _ in range(REPETITIONS)])
    chosen = notebook_assets.AssetSelection.assets(f"asset_{ASSETS - 1}").upstream()
    again = notebook_assets.Definitions(assets).graph
    chosen.resolve(again)
    large = define(notebook_assets, LARGE)
    return {
        "define_1000": seconds(lambda: define(notebook_assets, ASSETS)),
        "upstream_of_1000": seconds(lambda: chosen.resolve(next(graphs))),  # a graph that was never asked before
        "upstream_again": seconds(lambda: chosen.resolve(again)),
        "graph_of_10000": seconds(lambda: notebook_assets.Definitions(large)),
    }


def reference() -> dict[str, float]:
    """Measure the reference."""
    assets = define(dagster, ASSETS)
    graphs = iter([dagster.Definitions(assets).resolve_asset_graph() for _ in range(REPETITIONS)])
    chosen = dagster.AssetSelection.assets(f"asset_{ASSETS - 1}").upstream()
    again = dagster.Definitions(assets).resolve_asset_graph()
    chosen.resolve(again)
    return {
        "define_1000": seconds(lambda: define(dagster, ASSETS)),
        "upstream_of_1000": seconds(lambda: chosen.resolve(next(graphs))),
        "upstream_again": seconds(lambda: chosen.resolve(again)),
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    print(json.dumps({"here": here(), "reference": reference()}))
