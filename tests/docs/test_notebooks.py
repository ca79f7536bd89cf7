"""Each notebook runs from top to bottom on an empty store, and its page is whole without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
PICTURE = re.compile(r"""<svg|<img[^>]+src=["']data:image/""")
FOREIGN = re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["'](?:https?:)?//[^"']+|@import[^;]+http""")


def run_demo(notebook: Path, folder: Path) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run a notebook as ``make demo`` does; return what the terminal got, and the page."""
    page = folder / "page.html"
    command = [sys.executable, str(NOTEBOOKS / "demo.py"), str(notebook)]
    command += ["--store", str(folder / "store"), "--html", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done, page.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    """Every cell succeeds (or is tagged as one that shows an error); the page has pictures and asks for nothing."""
    done, page = run_demo(path, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert PICTURE.search(page)
    assert FOREIGN.findall(page) == []


def test_failing_cell_is_shown_and_the_page_written_all_the_same(tmp_path: Path) -> None:
    """The terminal shows the cell and its error, the exit code is 1, and the page holds what ran before."""
    cells = [nbformat.v4.new_code_cell(source) for source in ("print('before' + ' it')", "1 / 0", "'never run'")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "failing.ipynb")
    done, page = run_demo(tmp_path / "failing.ipynb", tmp_path)
    assert done.returncode == 1
    assert "    1 / 0" in done.stderr
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "before it" in page
    assert "ZeroDivisionError" in page
