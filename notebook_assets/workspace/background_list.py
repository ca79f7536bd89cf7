"""background_runs: the runs that go on in the background, and the last ones that did."""

from __future__ import annotations

import atexit
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.display import Column, Shown, Table, ago, duration
from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    from multiprocessing import util as processes

    from notebook_assets.pictures import ProgressView
    from notebook_assets.workspace.background import BackgroundRun
else:
    processes = lazy_module("multiprocessing.util")

MOST_ENDED = 20
"""How many runs that are over are listed."""

PATIENCE = 3.0
"""How many seconds the pieces that are being made have, in all runs together, when the kernel ends."""

_runs: list[Callable[[], BackgroundRun | None]] = []
"""What gives each run; None where it is over, its store was a temporary one, and nobody has either any more."""


@dataclass(frozen=True, repr=False)
class BackgroundRuns(Shown):
    """The runs in the background, the newest last; ``runs`` holds their handles.

    >>> BackgroundRuns(())
    No run in the background: materialize(..., background=True) begins one.
    """

    runs: tuple[BackgroundRun, ...]

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[BackgroundRun]:
        return iter(self.runs)

    def __getitem__(self, at: int) -> BackgroundRun:
        return self.runs[at]

    @property
    def _forms(self) -> tuple[str, str]:
        if not self.runs:
            said = "No run in the background: materialize(..., background=True) begins one."
            return f"<p>{said}</p>", said
        views = [run.progress for run in self.runs]
        counts = [name for name in _COUNTS if any(getattr(view, name) for view in views)]  # all get too wide
        columns: list[str | Column] = [
            "run",
            "of",
            "status",
            *(Column(title, "right") for title in counts),
            "left",
            "began",
        ]
        rows = (_cells(run, view, counts) for run, view in zip(self.runs, views, strict=True))
        table = Table(columns, rows, title="Background runs", noun="run")
        return table.html, table.text


_COUNTS = ("done", "empty", "failed", "skipped")


def background_runs() -> BackgroundRuns:
    """Return the runs that go on in the background, and the last ones that are over.

    >>> all(not run.is_running for run in background_runs())
    True
    """
    return BackgroundRuns(tuple(_listed()))


def keep(run: BackgroundRun) -> None:
    """List a run; of those that are over the oldest are forgotten.

    Args:
        run: The run.
    """
    _be_first_at_the_end()
    ended = [held for held in _runs if (each := held()) is None or not each.is_running]
    for held in ended[: max(0, len(ended) - MOST_ENDED + 1)]:
        _runs.remove(held)
    _runs.append(lambda: run)


def hold_loosely(run: BackgroundRun) -> None:
    """List a run that is over only as long as someone has it: its store is temporary, and is to go then.

    Args:
        run: The run.
    """
    _runs[:] = [weakref.ref(run) if held() is run else held for held in _runs]


def _listed() -> Iterator[BackgroundRun]:
    return (run for held in list(_runs) if (run := held()) is not None)


def _cells(run: BackgroundRun, view: ProgressView, counts: Sequence[str]) -> list[str | int | None]:
    left = "" if not run.is_running or view.seconds_left is None else f" · {duration(view.seconds_left)}"
    return [
        run.run_id[:8],
        run.title,
        run.status,
        *(getattr(view, name) or None for name in counts),
        f"{view.left:,}{left}",
        ago(run.started_at),
    ]


def _end_all() -> None:
    """Cancel what still goes on: the kernel ends, and a later one is to know that nothing failed."""
    until = time.monotonic() + PATIENCE
    going_on = [run for run in _listed() if run.is_running]
    for run in going_on:
        run.cancel()
    for run in going_on:
        run.abandon(max(0.0, until - time.monotonic()))


def _be_first_at_the_end() -> None:
    """Have runs canceled before pools of processes are ended, whose pieces would count as failed."""
    processes.Finalize  # noqa: B018  # what ends pools is registered when this module is imported
    atexit.unregister(_end_all)
    atexit.register(_end_all)
