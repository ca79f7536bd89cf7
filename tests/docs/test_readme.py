"""The README's Python runs as it stands: pasted block after block into one IPython shell, in an empty folder."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

BLOCK = re.compile(r"^```(?:python|ipython)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
MOST_LINES = 15  # of the first notebook


def python_blocks(readme: str) -> list[str]:
    """Return the README's Python blocks."""
    return BLOCK.findall(readme)


def test_readme_blocks_run(repository: Path, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """No block raises an error; ``>>>`` examples, and blocks that end in a comment, give what is written there."""
    blocks = python_blocks((repository / "README.md").read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        if block.lstrip().startswith(">>>"):
            example = doctest.DocTestParser().get_doctest(block, shell.user_ns, "README.md", "README.md", 0)
            assert doctest.DocTestRunner().run(example, clear_globs=False).failed == 0, capsys.readouterr().out
        else:
            done = shell.run_cell(block, store_history=True)
            assert done.success, f"{block}\n{capsys.readouterr().out}"
            said = re.search(r"^# (\(.*?\)): ", block.splitlines()[-1])
            assert said is None or repr(done.result) == said[1], block


def test_readme_says_what_its_last_cell_gives(repository: Path) -> None:
    """The block that loads values is one of those whose result is checked."""
    last = python_blocks((repository / "README.md").read_text(encoding="utf-8"))[-1]
    assert last.splitlines()[-1].startswith("# (23.0, 743.0): ")


def test_readme_opens_with_a_short_notebook(repository: Path) -> None:
    """The first notebook is short enough to be pasted."""
    first = python_blocks((repository / "README.md").read_text(encoding="utf-8"))[0]
    assert len([line for line in first.splitlines() if line.strip()]) < MOST_LINES


def test_readme_links_lead_somewhere(repository: Path) -> None:
    """Each link and picture within the repository is there."""
    targets = re.findall(r"\]\(([^)#\s]+)", (repository / "README.md").read_text(encoding="utf-8"))
    local = [target for target in targets if not target.startswith(("http:", "https:", "mailto:"))]
    assert [target for target in local if not (repository / target).exists()] == []
