"""How long an import takes beyond IPython, and whether it loads pandas: fresh processes, one after the other."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile

PROBE = """
import sys, time, json, IPython
began = time.perf_counter()
{statement}
print(json.dumps([time.perf_counter() - began, 'pandas' in sys.modules]))
"""


def import_cost(statement: str, repetitions: int) -> tuple[float, bool] | None:
    """Return the seconds that an import statement takes beyond IPython (the median) and whether pandas came with it.

    None if the module is not there. A first import, which compiles it, is not counted: bytecode is kept, as an
    installed package has it.

    >>> seconds, pandas_too = import_cost("import this_is_no_module", 1) or (0.0, False)
    >>> pandas_too
    False
    """
    seconds, pandas_too = [], False
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(repetitions + 1):
            command = [sys.executable, "-c", PROBE.format(statement=statement)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
            if done.returncode:
                return None
            taken, pandas_too = json.loads(done.stdout.splitlines()[-1])
            seconds.append(taken)
    return statistics.median(seconds[1:]), pandas_too
