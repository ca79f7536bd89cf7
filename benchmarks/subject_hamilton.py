"""Hamilton with its cache: the same steps as the nodes of a dataflow, results stored by the versions of what made them.

It knows no partitions. Each run gets another input, so that nothing but what the loads ask for comes from the cache.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from itertools import count, pairwise
from pathlib import Path
from types import ModuleType

from hamilton import driver
from workload import CHAIN, LOADS, seconds_each, tell

os.environ["HAMILTON_TELEMETRY_ENABLED"] = "false"
NAMES = [f"step_{number}" for number in range(CHAIN)]


def dataflow(folder: Path) -> ModuleType:
    """Write the chain as a module, since the cache wants to read its source, and import it."""
    first = "def step_0(start: int) -> int:\n    return start\n"
    links = (f"def {name}({before}: int) -> int:\n    return {before} + 1\n" for before, name in pairwise(NAMES))
    path = folder / "dataflow_of_steps.py"
    path.write_text("\n\n".join([first, *links]), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} can't be imported.")
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        flow = driver.Builder().with_modules(dataflow(Path(folder))).with_cache(path=f"{folder}/cache").build()
        runs = count()

        def make(last: str) -> None:
            """Make a step and all before it, from a new input."""
            flow.execute([last], inputs={"start": next(runs)})

        def loads() -> None:
            """Ask for what is cached, again and again."""
            for _ in range(LOADS // CHAIN):
                flow.execute(NAMES, inputs={"start": 0})

        make(NAMES[-1])  # run 0: to be warm, and for the loads
        tell(
            {
                "one": seconds_each(lambda: make(NAMES[0]), steps=1, repetitions=21),
                "chain": seconds_each(lambda: make(NAMES[-1]), CHAIN, repetitions=5),
                "load": seconds_each(loads, LOADS, repetitions=5),
            }
        )
