"""Errors of definitions as a notebook shows them: the person's own line and the message, nothing of this package."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

CELLS = {
    "an unknown upstream": (
        "@asset\ndef lost(evrything): ...\nDefinitions.validate_loadable(Definitions([lost]))",
        "there is no asset 'evrything'",
    ),
    "a circle": ("@asset\ndef a(b): ...\n@asset\ndef b(a): ...\nDefinitions([a, b])", "a → b → a"),
    "a decorator": ("@asset(group_name='two words')\ndef a(): ...", "letters, digits and underscores"),
    "a dataclass": ("Output(1, metadata={'what': object()})", "which metadata can't keep"),
    "in a function": (
        "def make():\n    return AssetSpec('a', owners=['ann'])\nmake()",
        "an owner is an e-mail address",
    ),
}


@pytest.mark.parametrize("name", CELLS)
def test_an_error_is_shown_up_to_the_own_line(
    name: str, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message and the cell's line are there; no line of this package."""
    cell, message = CELLS[name]
    shell.run_cell("%load_ext notebook_assets\nfrom notebook_assets import *").raise_error()
    capsys.readouterr()
    shell.run_cell(cell)
    shown = capsys.readouterr().out
    assert message in shown
    assert cell.splitlines()[-1].split("(")[0] in shown
    assert "notebook_assets/" not in shown.replace("notebook_assets.", "")


def test_unloading_shows_errors_in_full_again(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever works on this package sees its code."""
    shell.run_cell("%load_ext notebook_assets\nfrom notebook_assets import *").raise_error()
    shell.run_cell("%unload_ext notebook_assets").raise_error()
    capsys.readouterr()
    shell.run_cell("AssetSpec('a', owners=['ann'])")
    assert "asset_spec.py" in capsys.readouterr().out


def test_errors_of_other_kinds_keep_all_frames(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """An error that nobody meant is shown with the code that raised it."""
    shell.run_cell("%load_ext notebook_assets\nfrom notebook_assets import *").raise_error()
    capsys.readouterr()
    shell.run_cell("class Rows(Config):\n    many: int\nRows(many='few')")
    assert "ValidationError" in capsys.readouterr().out
