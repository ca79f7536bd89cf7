"""Progress of a run where the person is: an HTML bar in a notebook, one line in a terminal, nothing elsewhere."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from notebook_assets.errors import InvalidInvocationError
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


class Watch:
    """A listener that knows at any moment, in any thread, how far a run is; and has it drawn when that is due.

    Args:
        title: What is being made.
        draw: Draws how far it is.
        total: How many pieces are planned, as far as that is known before it begins.
        trails: Whether to draw what was not due by a thread soon after, so that a long piece hides nothing before it.

    >>> Watch("daily").view().status
    'running'
    """

    def __init__(
        self,
        title: str,
        draw: Callable[[ProgressView], None] | None = None,
        total: int = 0,
        *,
        trails: bool = False,
    ) -> None:
        self._trails = trails
        self._drawing, self._trailing = threading.Lock(), threading.Lock()
        self._is_behind = self._is_trailed = False
        self._title = title
        self._total = total
        self._draw = draw
        self._began = self._drawn = time.monotonic()
        self.result: RunResult | None = None
        self._underway: dict[tuple[AssetKey, str | None], None] = {}
        self._last: tuple[AssetKey, str | None] | None = None

    def started(self, result: RunResult) -> None:
        """The run begins."""
        self.result = result
        self._began = time.monotonic()
        self._draw_now()

    def begun(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        """Someone begins to make a piece."""
        self._underway[key, partition] = None
        self._draw_if_due()

    def advanced(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        """One more piece is dealt with."""
        self._last = key, partition
        self._underway.pop(self._last, None)
        self._draw_if_due()

    def finished(self, result: RunResult) -> None:
        """The run is over."""
        self.result = result
        self._underway.clear()
        self._draw_now()

    def view(self) -> ProgressView:
        """Return how far it is."""
        result = self.result
        if result is None:
            return pictures.ProgressView(title=self._title, total=self._total)
        ended = result.status != "running"
        return pictures.ProgressView(
            title=self._title,
            total=result.planned,
            done=result.pieces_in(PieceState.MATERIALIZED),
            empty=result.pieces_in(PieceState.EMPTY),
            failed=result.pieces_in(PieceState.FAILED),
            skipped=result.pieces_in(PieceState.SKIPPED),
            elapsed=result.seconds or time.monotonic() - self._began,
            status=result.status,  # type: ignore[arg-type]  # a run has no others
            current="" if ended else self._current(),
        )

    def _current(self) -> str:
        """Return what is being made at this moment, or was made last: the first few, where workers make several."""
        pieces = list(self._underway) or ([self._last] if self._last else [])
        names = [piece_name(*piece) for piece in pieces[:_MOST_NAMES]]
        more = len(pieces) - len(names)
        return ", ".join(names) + (f" and {more} more" if more > 0 else "")

    def _draw_if_due(self) -> None:
        if self._draw is None:
            return
        if time.monotonic() - self._drawn >= SECONDS_BETWEEN:
            self._draw_now()
            return
        with self._trailing:
            self._is_behind = True
            begins = self._trails and not self._is_trailed
            self._is_trailed = self._is_trailed or begins
        if begins:
            threading.Thread(target=self._draw_later, name="notebook_assets progress", daemon=True).start()

    def _draw_later(self) -> None:
        """Draw what the last drawing does not show, when that is due."""
        while True:
            time.sleep(SECONDS_BETWEEN)
            if self._is_behind and time.monotonic() - self._drawn >= SECONDS_BETWEEN:
                self._draw_now()
            with self._trailing:
                self._is_trailed = self._is_behind
                if not self._is_behind:
                    return

    def _draw_now(self) -> None:
        if self._draw is not None:
            with self._drawing:  # what is known later is drawn later
                self._drawn, self._is_behind = time.monotonic(), False
                self._draw(self.view())


_MOST_NAMES = 3


class NotebookBar:
    """Draws the bar as an output of the cell that is replaced in place; it stays in the saved notebook."""

    _handle: Any = None

    def __call__(self, view: ProgressView) -> None:
        """Draw it."""
        drawn = pictures.draw_progress(view)
        if self._handle is None:
            self._handle = display(drawn, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(drawn)


def terminal_bar(view: ProgressView) -> None:
    """Draw the bar as a line on the terminal's error stream, written over in place."""
    sys.stderr.write("\r\x1b[2K" + pictures.progress_line(view, shutil.get_terminal_size().columns - 1))
    if view.status != "running":
        sys.stderr.write("\n")
    sys.stderr.flush()


def in_notebook() -> bool:
    """Whether this runs in a notebook, where an output can be replaced later."""
    return hasattr(get_ipython(), "kernel")


def progress_here(title: str) -> ProgressListener:
    """Return the progress display that fits where this runs."""
    if in_notebook():
        return Watch(title, NotebookBar(), trails=True)
    return Watch(title, terminal_bar) if sys.stderr.isatty() else Silent()


def listener(progress: bool | ProgressListener, title: str) -> ProgressListener:
    """Return what is to be told of a run's progress.

    Args:
        progress: Whether to show it; or a listener.
        title: What is being made.

    Raises:
        InvalidInvocationError: It is neither.

    >>> type(listener(False, "daily")).__name__
    'Silent'
    """
    if isinstance(progress, bool):
        return progress_here(title) if progress else Silent()
    if not hasattr(progress, "started"):
        raise InvalidInvocationError(
            f"progress is True, False or a listener with started, advanced and finished; got {progress!r}."
        )
    return progress
