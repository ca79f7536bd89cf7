"""Measure this library beside the reference, joblib.Memory and a loop by hand, in one run; print and keep one table.

python benchmarks/bench.py            # also writes docs/benchmarks.md
python benchmarks/bench.py --print    # prints only
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench_table import Row, as_page, import_row, step_rows, tour_rows
from compared_lines import by_measure
from definitions_table import SCRIPT, definitions_section
from engine_table import SCRIPTS, engine_section
from scale_table import SCRIPTS as SCALES
from scale_table import scale_section
from start_up import import_cost

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
# How often each subject is asked, in turn: the median of the rounds is told. The reference takes 15 s a round.
ROUNDS = {"notebook_assets": 3, "dagster": 1, "joblib": 3, "hamilton": 2, "hand_loop": 3}


def ask(script: str) -> dict[str, Any] | None:
    """Run a script that prints a JSON object last; return that, or None (and say why) if it did not get there."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, str(HERE / script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"  {script} measured nothing: {reason}", file=sys.stderr)
        return None
    said = done.stdout
    measured: dict[str, Any] = json.loads(said[said.index("{") :])
    return measured


def ask_all() -> dict[str, dict[str, float]]:
    """Ask every subject in turn, round after round; return the median of each measure by subject."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in ROUNDS}
    for number in range(max(ROUNDS.values())):
        for name in [name for name, often in ROUNDS.items() if number < often]:
            print(f"  round {number + 1}: {name}", file=sys.stderr)
            measured = ask(f"subject_{name}.py")
            if measured:
                rounds[name].append(measured)
    return {
        name: {measure: statistics.median(each[measure] for each in told) for measure in told[0]}
        for name, told in rounds.items()
        if told
    }


def machine() -> str:
    """Return what it was measured on and when, for a person who compares."""
    names = ("dagster", "joblib", "sf-hamilton", "pandas", "ipython")
    versions = []
    for name in names:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{today}; {system}; {', '.join(versions)}"


EVERYTHING = "import notebook_assets.magics; from notebook_assets import *"


def rows() -> list[Row]:
    """Measure everything."""
    print("Measuring (about four minutes) ...", file=sys.stderr)
    steps = step_rows(ask_all())
    print("  imports", file=sys.stderr)
    others = {name: import_cost(f"import {name}", 5) for name in ("dagster", "joblib")}
    imports = [
        import_row("the import, beyond IPython", import_cost("import notebook_assets", 5), others, bound=0.150),
        import_row("the same with every public name and magic", import_cost(EVERYTHING, 5), others),
    ]
    print("  the tour's year", file=sys.stderr)
    return [*steps, *imports, *tour_rows(ask("tour_year.py"))]


def engine() -> str:
    """Measure the partition engine; return its section of the page."""
    told: dict[str, dict[str, float]] = {}
    for script in SCRIPTS:
        print(f"  the engine: {script}", file=sys.stderr)
        told |= by_measure(ask(script) or {})
    return engine_section(told)


def definitions() -> str:
    """Measure definitions and selections; return their section of the page."""
    print(f"  definitions: {SCRIPT}", file=sys.stderr)
    return definitions_section(by_measure(ask(SCRIPT) or {}))


def scale() -> str:
    """Measure what many partitions, a long past and more workers cost; return their section of the page."""
    told: dict[str, float] = {}
    for script in SCALES:
        print(f"  scale: {script}", file=sys.stderr)
        told |= ask(script) or {}
    return scale_section(told)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure this library beside others.")
    parser.add_argument("--print", action="store_true", help="print only; leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    page = as_page(rows(), machine(), scale() + definitions() + engine())
    print(page)
    if not options.print:
        PAGE.write_text(page, encoding="utf-8")
        print(f"Written to {os.path.relpath(PAGE)}", file=sys.stderr)


if __name__ == "__main__":
    main()
