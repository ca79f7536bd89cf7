"""Defining 1,000 assets, their graph, and one's whole upstream among them: here and in the reference, in seconds.

Each library is measured in a process of its own (``subject_definitions.py here``), so that neither pays for looking
through the other's objects for garbage. A selection is resolved on graphs that were never asked before, and again.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

ASSETS = 1_000
LARGE = 10_000
REPETITIONS = 9
LIBRARIES = {"here": "notebook_assets", "reference": "dagster"}


def define(dg: ModuleType, count: int) -> list[Any]:
    """Define assets of which each is made from up to three before it."""

    def one(number: int) -> Any:
        upstream = sorted({number - 1, number // 2, number - 7} & set(range(number)))

        @dg.asset(name=f"asset_{number}", deps=[f"asset_{other}" for other in upstream])
        def made() -> None: ...

        return made

    return [one(number) for number in range(count)]


def seconds(work: Callable[[], object], repetitions: int = REPETITIONS) -> float:
    """Return the median of some repetitions, in seconds of this process: others that are busy don't count."""
    gc.collect()
    gc.freeze()  # what is there already is no garbage
    taken = []
    for _ in range(repetitions):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    gc.unfreeze()
    return statistics.median(taken)


def measured(dg: ModuleType, graph_of: Callable[[list[Any]], Any]) -> dict[str, float]:
    """Measure what both libraries can do."""
    assets = define(dg, ASSETS)
    graphs = [graph_of(assets) for _ in range(REPETITIONS)]
    fresh = iter(graphs)
    chosen = dg.AssetSelection.assets(f"asset_{ASSETS - 1}").upstream()
    told = {
        "define_1000": seconds(lambda: define(dg, ASSETS)),
        "graph_of_1000": seconds(lambda: graph_of(assets)),
        "upstream_of_1000": seconds(lambda: chosen.resolve(next(fresh))),
    }
    if len(chosen.resolve(graphs[0])) != ASSETS:
        raise SystemExit("The last asset is made from all others, and not all were selected.")
    return told | {"upstream_again": seconds(lambda: chosen.resolve(graphs[0]))}


def large_graph(dg: ModuleType, assets: list[Any]) -> None:
    """Make a graph; ask for its levels, all parents, and what is up to three steps from some of its assets."""
    graph = dg.Definitions(assets).graph
    keys = list(graph.keys())
    sizes = len(graph.levels), sum(len(graph.parents(key)) for key in keys)
    for key in keys[:: LARGE // 20]:
        found = dg.AssetSelection.assets(key)
        near = found.upstream(depth=3).resolve(graph), found.downstream(depth=3).resolve(graph)
        if not all(near) or not all(sizes):
            raise SystemExit("There is nothing near an asset.")


def here(dg: ModuleType) -> dict[str, float]:
    """Measure this library."""
    large = define(dg, LARGE)
    told = measured(dg, lambda assets: dg.Definitions(assets).graph)
    return told | {"graph_of_10000": seconds(lambda: large_graph(dg, large), 3)}


def reference(dg: ModuleType) -> dict[str, float]:
    """Measure the reference."""
    return measured(dg, lambda assets: dg.Definitions(assets).resolve_asset_graph())


def in_its_own_process(name: str) -> dict[str, float]:
    """Return what a library's own process measures."""
    command = [sys.executable, str(Path(__file__).resolve()), name]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if len(sys.argv) == 1:
        print(json.dumps({name: in_its_own_process(name) for name in LIBRARIES}))
    else:
        measure = {"here": here, "reference": reference}[sys.argv[1]]
        print(json.dumps(measure(importlib.import_module(LIBRARIES[sys.argv[1]]))))
