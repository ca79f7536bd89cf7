"""How long an import takes beyond IPython, and whether it loads pandas: fresh processes, one after the other."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

PROBE = """
import sys, time, json, IPython
began = time.perf_counter()
import {name}
print(json.dumps([time.perf_counter() - began, 'pandas' in sys.modules]))
"""


def import_cost(name: str, repetitions: int) -> tuple[float, bool] | None:
    """Return the seconds that ``import name`` takes beyond IPython (the median) and whether pandas came with it.

    None if the module is not there. A first import, which may have to compile it, is not counted.

    >>> seconds, pandas_too = import_cost("this_is_no_module", 1) or (0.0, False)
    >>> pandas_too
    False
    """
    seconds, pandas_too = [], False
    for _ in range(repetitions + 1):
        done = subprocess.run(
            [sys.executable, "-c", PROBE.format(name=name)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return None
        taken, pandas_too = json.loads(done.stdout.splitlines()[-1])
        seconds.append(taken)
    return statistics.median(seconds[1:]), pandas_too
