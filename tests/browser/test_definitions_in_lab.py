"""In a real JupyterLab definitions, checks and metadata fit the page, narrow or wide, and nothing in them is run."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from jupyter_lab import LabPage

pytestmark = pytest.mark.browser

CELLS = [
    "%load_ext notebook_assets\nfrom notebook_assets import *",
    "HOSTILE = '<img src=x onerror=\"window.hacked = 1\"> ' * 3",
    """\
@asset(description=HOSTILE, group_name="air", tags={"speed": "slow"}, metadata={"page": MetadataValue.md(HOSTILE)})
def flights(context):
    return Output([1], metadata={
        "text": HOSTILE, "json": {HOSTILE: list(range(50))}, "md": MetadataValue.md("# Title " + HOSTILE),
        "wide": MetadataValue.table([{f"column{number}": 1000 * number for number in range(20)}]),
    })

flights
""",
    """\
@asset_check(asset=flights, description=HOSTILE)
def rows(flights):
    return AssetCheckResult(passed=False, description=HOSTILE, metadata={"note": MetadataValue.md(HOSTILE)})

rows
""",
    "Definitions([flights], asset_checks=[rows], jobs=[define_asset_job('nightly')], resources={'limit': 3})",
    "RunConfig(ops={'flights': {'config': {'title': HOSTILE, 'token': 'abc'}}})",
    "%materialize flights",
    "%explain flights",
    "%assets",
]
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TOO_WIDE = """panel => [...document.querySelectorAll(panel + ' .nba-root')]
    .filter(root => root.scrollWidth > root.clientWidth + 1).map(root => root.innerText.slice(0, 80))"""
NARROWEST_VALUE = """panel => Math.min(...[...document.querySelectorAll(panel + ' .nba-facts')]
    .map(list => list.lastElementChild.getBoundingClientRect().right / list.getBoundingClientRect().right))"""


def test_definitions_fit_the_page_and_run_nothing(lab: LabPage, lab_folder: Path, shots: Path) -> None:
    """No output is wider than its place, values use all of it, and no code in descriptions or metadata is run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, lab_folder / "definitions.ipynb")
    lab.run_notebook("definitions.ipynb")
    assert lab.failures() == []
    for width in (600, 1400):
        lab.set_width(width)
        lab.shoot_cells(shots, f"definitions-{width}")
        assert lab.page.evaluate(TOO_WIDE, SHOWN) == []
        assert lab.page.evaluate(NARROWEST_VALUE, SHOWN) > 0.99
    assert lab.page.evaluate("() => window.hacked === undefined")
    assert lab.watch.errors == []
    assert lab.watch.foreign == []
