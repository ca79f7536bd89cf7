"""The tour's year from nothing, and what a person asks of the store that it fills.

Runs the cells of notebooks/01_tour.ipynb that are tagged ``pipeline`` (definitions, not timed) and then those tagged
``year`` (what materializes the year, timed) on an empty store, so that what is measured is what the tour does. Prints
one JSON object: seconds for each thing measured, and the number of steps recorded.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "01_tour.ipynb"
MAGICS = {"assets": "%assets", "partitions": "%partitions hourly_weather", "explain": "%explain year_report"}


def tagged_cells(tag: str) -> list[str]:
    """Return the source of each of the tour's code cells that bears a tag."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    return [cell.source for cell in cells if tag in cell.metadata.get("tags", [])]


def timed(shell: InteractiveShell, sources: list[str]) -> float:
    """Run cells, their display included; return the seconds. Raises RuntimeError with what a failing cell printed."""
    began = time.perf_counter()
    for source in sources:
        with capture_output() as captured:
            result = shell.run_cell(source)
            if result.result is not None:
                shell.display_formatter.format(result.result)
        if not result.success:
            raise RuntimeError(f"This cell of the tour failed:\n{source}\n{captured.stdout}{captured.stderr}")
    return time.perf_counter() - began


def steps_recorded(store: Path) -> int:
    """Return how many pieces the store has recorded as made."""
    with contextlib.closing(sqlite3.connect(store / "store.db")) as db:
        (steps,) = db.execute("SELECT count(*) FROM materializations").fetchone()
        return int(steps)


def measure(store: Path) -> dict[str, float]:
    """Make the year in an empty store, then ask it what a person asks. Each question is asked once, cold."""
    os.environ["NOTEBOOK_ASSETS_HOME"] = str(store)
    os.chdir(NOTEBOOK.parent)
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    timed(shell, ["%load_ext notebook_assets", *tagged_cells("pipeline")])
    measured = {"year": timed(shell, tagged_cells("year")), "steps": float(steps_recorded(store))}
    return measured | {name: timed(shell, [magic]) for name, magic in MAGICS.items()}


if __name__ == "__main__":
    if not NOTEBOOK.exists() or not (tagged_cells("pipeline") and tagged_cells("year")):
        sys.exit("The tour has no cells tagged 'pipeline' and 'year'.")
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(measure(Path(scratch) / "store")))
