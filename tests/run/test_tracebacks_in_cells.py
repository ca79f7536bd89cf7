"""Tracebacks of code in cells name the cell, as IPython does, and stay readable when the kernel is gone."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from notebook_assets import Instance
from notebook_assets.run.tracebacks import traceback_text

HELPER = "def helper():\n    return {}['wind']"
CELL = """from notebook_assets import Instance, asset, materialize

@asset
def gust():
    try:
        helper()
    except KeyError as error:
        raise ValueError("no wind") from error

result = materialize([gust], instance=store, progress=False, raise_on_error=False)"""


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell, as a notebook has one."""
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    InteractiveShell.clear_instance()


def test_frames_in_cells_are_named_as_ipython_names_them(shell: InteractiveShell, store: Instance) -> None:
    shell.user_ns["store"] = store
    for cell in (HELPER, CELL):
        shell.run_cell(cell, store_history=True).raise_error()
    told = store.failure("gust").traceback
    assert "  Cell In[1], line 2, in helper\n    return {}['wind']" in told
    assert "  Cell In[2], line 6, in gust\n" in told
    assert "  Cell In[2], line 8, in gust\n" in told
    assert "ipython-input" not in told
    assert told.endswith("ValueError: no wind\n")


def test_errors_in_groups_and_of_syntax_are_named_too(shell: InteractiveShell) -> None:
    shell.run_cell(HELPER, store_history=True).raise_error()
    name = shell.user_ns["helper"].__code__.co_filename

    def raised(error: Exception) -> Exception:
        try:
            shell.user_ns["helper"]()
        except KeyError as cause:
            error.__context__ = cause
        return error

    group = traceback_text(_caught(ExceptionGroup("several", [raised(ValueError("x"))])))
    assert 'File "' + name not in group
    assert "Cell In[1], line 2, in helper" in group
    assert "Cell In[1], line 1" in traceback_text(SyntaxError("bad", (name, 1, 1, "x =", 1, 2)))


def _caught(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_files_and_code_outside_of_a_shell_are_named_as_python_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert f'File "{__file__}", line ' in traceback_text(_caught(ValueError("x")))
    monkeypatch.delitem(sys.modules, "IPython.core.getipython")
    assert f'File "{__file__}", line ' in traceback_text(_caught(ValueError("x")))
