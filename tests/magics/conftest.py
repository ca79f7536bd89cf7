"""A notebook to type into: a real shell with the extension loaded, its outputs and errors as a person sees them."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output
from traitlets.config import Config

from notebook_assets.workspace import Workspace, set_workspace, workspace

IMPORTS = "from notebook_assets import *\ndays = DailyPartitionsDefinition('2024-03-01', end_date='2024-04-01')"


class Notebook:
    """Runs cells; gives what they return, and keeps what was printed."""

    def __init__(self, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
        self.shell = shell
        self._capsys = capsys
        self.printed = ""
        self.later: list[Notebook] = []

    def run(self, *cells: str) -> Any:
        """Run cells, each of which must succeed; return the value of the last."""
        value = None
        for cell in cells:
            result = self.shell.run_cell(cell, store_history=True)
            value = result.result
            self.printed = self._capsys.readouterr().out
            assert result.success, f"{cell}\n{self.printed}"
        return value

    def fails(self, cell: str) -> str:
        """Run a cell that must fail; return what is printed."""
        result = self.shell.run_cell(cell, store_history=True)
        self.printed = self._capsys.readouterr().out
        assert not result.success, f"{cell} did not fail:\n{self.printed}"
        return self.printed

    def fails_after_showing(self, cell: str) -> tuple[list[RichOutput], str]:
        """Run a cell that must show something and then fail; return what it shows, and what is printed as its error."""
        with capture_output() as caught:
            result = self.shell.run_cell(cell, store_history=True)
        assert not result.success, f"{cell} did not fail:\n{caught.stdout}"
        assert caught.outputs, f"{cell} showed nothing before it failed:\n{caught.stdout}"
        return caught.outputs, str(caught.stdout)

    def completions(self, line: str) -> list[str]:
        """Return what Tab offers at the end of a line."""
        with provisionalcompleter():
            return [found.text for found in self.shell.Completer.completions(line, len(line))]

    def restarted(self) -> Notebook:
        """Return the notebook after a restart of its kernel: a new shell in the same folder, nothing defined."""
        InteractiveShell.clear_instance()
        quiet = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
        fresh = Notebook(InteractiveShell.instance(config=quiet), self._capsys)
        self.later.append(fresh)
        fresh.later = self.later
        set_workspace(Workspace())
        fresh.run("%load_ext notebook_assets", IMPORTS)
        return fresh

    def close(self) -> None:
        """End the shells that were made by restarts."""
        for notebook in self.later:
            atexit.unregister(notebook.shell.atexit_operations)
            notebook.shell.atexit_operations()


@pytest.fixture
def notebook(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> Iterator[Notebook]:
    """A notebook in which the extension is loaded and everything public is imported, with the days of March 2024."""
    before = workspace()
    set_workspace(Workspace())
    fresh = Notebook(shell, capsys)
    fresh.run("%load_ext notebook_assets", IMPORTS)
    yield fresh
    fresh.close()
    set_workspace(before)


WEATHER = """\
@asset(partitions_def=days, group_name="weather")
def readings(context):
    return [int(context.partition_key[-2:])] * 3

@asset(partitions_def=days, group_name="weather")
def daily(readings):
    return sum(readings)

@asset
def total(daily):
    return sum(daily.values())
"""


@pytest.fixture
def weather(notebook: Notebook) -> Notebook:
    """The notebook with three assets: readings and daily (both daily), and total, which has no partitions."""
    notebook.run(WEATHER)
    return notebook


@pytest.fixture
def in_process() -> Callable[[str], str]:
    """Return the source of a script that defines the weather assets and then runs more code."""
    return lambda code: f"{IMPORTS}\n{WEATHER}\n{code}"
