"""In a real kernel, whose cells have file names of their own, an error points at the cell's true line too."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = [
    "%load_ext notebook_assets\nfrom notebook_assets import *",
    "%%asset first\nx = 0\n\ny = 1 / x\ny",
    "%%asset second\n\n\n1 / 0",
    "materialize('first')",
    "materialize('second')",
    "explain('nosuch')",
    "%explain nosuch",
]


@pytest.fixture(scope="module")
def errors() -> list[str]:
    """What the cells show as errors, without colours; an empty text where there is none."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    shown = []
    for cell in notebook.cells:
        lines = ["\n".join(out.traceback) for out in cell.outputs if out.output_type == "error"]
        shown.append(re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines)))
    return shown


def test_true_lines(errors: list[str]) -> None:
    assert errors[:3] == ["", "", ""]
    assert "Cell In[2], line 4" in errors[3]
    assert "----> 4 y = 1 / x" in errors[3]
    assert "----> 4 1 / 0" in errors[4]
    assert "raised while materializing second." in errors[4]


def test_no_frame_of_the_package(errors: list[str]) -> None:
    assert all("notebook_assets/" not in shown for shown in errors)
    assert "----> 1 explain('nosuch')" in errors[5]
    assert errors[6] == "UnknownAssetError: There is no asset 'nosuch'."
