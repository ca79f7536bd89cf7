"""Progress of a run where the person is: an HTML bar in a notebook, one line in a terminal, nothing elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run import ProgressListener, RunResult, Silent, piece_name
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    from notebook_assets import pictures
    from notebook_assets.pictures import ProgressView
else:
    pictures = lazy_module("notebook_assets.pictures")

SECONDS_BETWEEN = 0.15
"""How often the bar is drawn anew; drawing costs, and faster than this nobody sees."""


class _Bar:
    """Draws the bar when it is due; how it is shown is up to the subclass."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._began = self._drawn = time.monotonic()

    def started(self, result: RunResult) -> None:
        self._show(self._view(result, ""))

    def advanced(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        now = time.monotonic()
        if now - self._drawn >= SECONDS_BETWEEN:
            self._drawn = now
            self._show(self._view(result, piece_name(key, partition)))

    def finished(self, result: RunResult) -> None:
        self._show(self._view(result, ""))

    def _view(self, result: RunResult, current: str) -> ProgressView:
        return pictures.ProgressView(
            title=self._title,
            total=result.planned,
            done=result.pieces_in(PieceState.MATERIALIZED),
            empty=result.pieces_in(PieceState.EMPTY),
            failed=result.pieces_in(PieceState.FAILED),
            skipped=result.pieces_in(PieceState.SKIPPED),
            elapsed=time.monotonic() - self._began,
            status=result.status if result.seconds else "running",  # type: ignore[arg-type]
            current=current,
        )

    def _show(self, view: ProgressView) -> None:
        raise NotImplementedError


class NotebookBar(_Bar):
    """An output of the cell that is replaced in place; it stays in the saved notebook."""

    _handle: Any = None

    def _show(self, view: ProgressView) -> None:
        drawn = pictures.draw_progress(view)
        if self._handle is None:
            self._handle = display(drawn, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(drawn)


class TerminalBar(_Bar):
    """A line on the terminal's error stream, written over in place."""

    def _show(self, view: ProgressView) -> None:
        sys.stderr.write("\r\x1b[2K" + pictures.progress_line(view, shutil.get_terminal_size().columns - 1))
        if view.status != "running":
            sys.stderr.write("\n")
        sys.stderr.flush()


def progress_here(title: str) -> ProgressListener:
    """Return the progress display that fits where this runs."""
    shell = get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        return NotebookBar(title)
    return TerminalBar(title) if sys.stderr.isatty() else Silent()
