"""Where a background run is shown: below the cell that began it, replaced in place while other cells go on."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython
from IPython.display import display, update_display

from notebook_assets.display import Rich, stack
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run import ProgressListener, RunResult
from notebook_assets.workspace.between_cells import after_next_cell
from notebook_assets.workspace.progress_display import Watch, in_notebook, listener

if TYPE_CHECKING:
    from notebook_assets import pictures
    from notebook_assets.pictures import ProgressView
else:
    pictures = lazy_module("notebook_assets.pictures")

_log = logging.getLogger("notebook_assets")


class BackgroundDisplay:
    """Shows how far a background run is, and at its end what came of it.

    Args:
        title: What is being made.
        progress: Whether to show it; or a listener that is told besides, in the run's thread.
        end: Gives what is to be shown below the bar, if anything.
        total: How many pieces are planned.

    Raises:
        InvalidInvocationError: ``progress`` is neither.

    >>> BackgroundDisplay("daily", False, lambda: None).shown().text.startswith("daily")
    True
    """

    def __init__(
        self, title: str, progress: bool | ProgressListener, end: Callable[[], Rich | None], total: int = 0
    ) -> None:
        self._end = end
        self._is_quiet = progress is not True
        self._is_live = progress is True and in_notebook()
        self._id = f"notebook-assets-{uuid.uuid4().hex}"
        self._cell: object = None
        own = None if isinstance(progress, bool) else listener(progress, title)
        self.watch = Watch(title, self._update if self._is_live else None, total, trails=True)
        self.listener: ProgressListener = self.watch if own is None else _Both(self.watch, own)

    def begin(self) -> None:
        """Show the empty bar below the cell."""
        if self._is_live:
            self._cell = _cell_now()
            display(self.shown(), display_id=self._id)  # type: ignore[no-untyped-call]

    def end(self) -> None:
        """Show how it ended; where nothing can be replaced, only if it did not end well, in the log."""
        if self._is_live:
            self._update(self.watch.view())
            after_next_cell(lambda: self._update(self.watch.view()))  # what is drawn between two cells may get lost
        elif not self._is_quiet and self.watch.view().status != "success":
            said = self._end()
            _log.warning("%s", "" if said is None else said.text)

    def show_again(self) -> bool:
        """Show it below another cell too; return False where it can't be replaced and must be printed."""
        if not self._is_live:
            return False
        if self._cell != _cell_now():
            display(self.shown(), display_id=self._id)  # type: ignore[no-untyped-call]
        return True

    def shown(self) -> Rich:
        """Return the bar, and what came of the run once it is over."""
        return self._drawn(self.watch.view())

    def _drawn(self, view: ProgressView) -> Rich:
        below = self._end()
        result = self.watch.result
        if below is not None and (result is None or (result.status != "running" and not result.planned)):
            return below
        bar = pictures.draw_progress(view)
        return stack([bar, below]) if below is not None else bar

    def _update(self, view: ProgressView) -> None:
        # outside the context of the cell that began it: programs that run whole notebooks would not see it else
        Context().run(update_display, self._drawn(view), display_id=self._id)


class _Both:
    """Tells two listeners."""

    def __init__(self, watch: Watch, other: ProgressListener) -> None:
        self._watch = watch
        self._other = other
        self._begun = getattr(other, "begun", None)

    def started(self, result: RunResult) -> None:
        self._watch.started(result)
        self._other.started(result)

    def begun(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        self._watch.begun(result, key, partition)
        if self._begun is not None:
            self._begun(result, key, partition)

    def advanced(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        self._watch.advanced(result, key, partition)
        self._other.advanced(result, key, partition)

    def finished(self, result: RunResult) -> None:
        self._watch.finished(result)
        self._other.finished(result)


def _cell_now() -> object:
    return getattr(get_ipython(), "execution_count", None)
