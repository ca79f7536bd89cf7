"""In a real JupyterLab a background run's bar moves while another cell runs, and shows that it was canceled."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_lab import LabPage
from test_notebook_in_lab import write_notebook

pytestmark = pytest.mark.browser

BEGINS, WAITS, CANCELS = 2, 3, 4
NOTEBOOK = [
    "%load_ext notebook_assets",
    """\
import threading
from notebook_assets import StaticPartitionsDefinition, asset, materialize

may_go, made = threading.Semaphore(0), threading.Semaphore(0)

@asset(partitions_def=StaticPartitionsDefinition([f"h{at:02d}" for at in range(40)]))
def hourly(context):
    made.release()
    assert may_go.acquire(timeout=120)
    return context.partition_key
""",
    'run = materialize(["hourly"], partitions="all", background=True)',
    """\
import time
from pathlib import Path

for _ in range(12):
    may_go.release()
until = time.monotonic() + 120
while not Path("seen").exists() and time.monotonic() < until:
    time.sleep(0.05)
run.progress.done""",
    """\
run.cancel()
may_go.release(100)
run.wait(60).status""",
]


def shown(lab: LabPage, cell: int) -> str:
    """Return what stands below a cell."""
    cells = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")
    return str(cells.nth(cell).locator(".jp-Cell-outputWrapper").inner_text())


def wait_for(lab: LabPage, cell: int, words: str) -> None:
    """Wait until something stands below a cell."""
    cells = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")
    cells.nth(cell).locator(".jp-Cell-outputWrapper").get_by_text(words).first.wait_for(timeout=60_000)


def test_a_background_run_is_seen_while_other_cells_run(lab: LabPage, lab_folder: Path, shots: Path) -> None:
    write_notebook(lab_folder / "background.ipynb", NOTEBOOK)
    lab.run_notebook("background.ipynb", run=False)
    lab.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")

    wait_for(lab, BEGINS, "12 done")  # while the next cell runs, which waits for the file
    assert shown(lab, WAITS) == ""
    lab.shoot_cells(shots, "background-running-light")
    lab.set_theme("dark")
    lab.shoot_cells(shots, "background-running-dark")
    (lab_folder / "seen").touch()

    wait_for(lab, CANCELS, "'canceled'")
    assert shown(lab, WAITS).strip().endswith("12")
    wait_for(lab, BEGINS, "anceled")
    assert lab.failures() == []
    assert len(lab.outputs()[BEGINS]) == 1
    lab.shoot_cells(shots, "background-canceled-dark")
    lab.set_theme("light")
    lab.shoot_cells(shots, "background-canceled-light")
    assert lab.watch.errors == []
    assert lab.watch.foreign == []
