"""In a real JupyterLab the first notebook shows its pictures, in both themes, with no complaint or foreign request."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from jupyter_lab import LabPage
from nbconvert.preprocessors import ExecutePreprocessor

pytestmark = pytest.mark.browser

FIRST_NOTEBOOK = [
    "%load_ext notebook_assets",
    """\
from notebook_assets import DailyPartitionsDefinition, asset

days = DailyPartitionsDefinition(start_date="2024-03-01", end_date="2024-04-01")

@asset(partitions_def=days)
def readings(context):
    return [int(context.partition_key[-2:])] * 3

@asset(partitions_def=days)
def daily_total(readings):
    return sum(readings)
""",
    "%materialize daily_total -p 2024-03-01...2024-03-10 --upstream",
    "%lineage",
    "%partitions daily_total",
    "%assets",
    "%explain daily_total 2024-03-20",
]
LINEAGE, GRID = 3, 4
BIG_ENOUGH = 20  # pixels: a picture, not a stray mark


def write_notebook(path: Path, cells: list[str]) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


@pytest.fixture
def first_notebook(lab: LabPage, lab_folder: Path) -> LabPage:
    """The first notebook, run in JupyterLab."""
    write_notebook(lab_folder / "first.ipynb", FIRST_NOTEBOOK)
    lab.run_notebook("first.ipynb")
    return lab


def picture_sizes(lab: LabPage, cell: int) -> list[tuple[float, float]]:
    """Return the width and height of each SVG that a cell shows."""
    outputs = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").nth(cell)
    pictures = outputs.locator(".jp-OutputArea-output svg, .jp-OutputArea-output img").all()
    boxes = [box for picture in pictures if (box := picture.bounding_box())]
    return [(box["width"], box["height"]) for box in boxes]


def test_first_notebook_shows_its_pictures(first_notebook: LabPage, shots: Path) -> None:
    """Every cell runs, lineage and partitions are seen as pictures, and nothing outside this machine is asked for."""
    lab = first_notebook
    assert lab.failures() == []
    for cell in (LINEAGE, GRID):
        sizes = picture_sizes(lab, cell)
        assert any(width > BIG_ENOUGH and height > BIG_ENOUGH for width, height in sizes), (FIRST_NOTEBOOK[cell], sizes)

    for theme in ("light", "dark"):
        lab.set_theme(theme)
        for width in (700, 1400):
            lab.set_width(width)
            lab.shoot_cells(shots, f"first-{theme}-{width}")
            for cell in (LINEAGE, GRID):
                assert picture_sizes(lab, cell), f"{FIRST_NOTEBOOK[cell]} lost its picture: {theme}, {width} px"
    lab.set_theme("light")

    assert lab.watch.errors == []
    assert lab.watch.foreign == []


def test_notebook_from_elsewhere_shows_pictures_without_a_kernel(lab: LabPage, lab_folder: Path, shots: Path) -> None:
    """JupyterLab drops styles and inline drawings of notebooks that it does not trust; images are seen instead.

    The words of the dropped drawing must not be left over on the page.
    """
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in FIRST_NOTEBOOK])
    executed, _ = ExecutePreprocessor(timeout=120).preprocess(notebook, {"metadata": {"path": str(lab_folder)}})
    for cell in executed.cells:
        cell.metadata.pop("trusted", None)
    nbformat.write(executed, lab_folder / "from_elsewhere.ipynb")

    lab.run_notebook("from_elsewhere.ipynb", run=False)
    lab.shoot_cells(shots, "from-elsewhere")
    for cell in (LINEAGE, GRID):
        sizes = picture_sizes(lab, cell)
        assert any(width > BIG_ENOUGH and height > BIG_ENOUGH for width, height in sizes), (FIRST_NOTEBOOK[cell], sizes)
        shown = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").nth(cell)
        assert shown.locator(".jp-OutputArea-output").inner_text().strip() == ""
    assert lab.watch.errors == []
