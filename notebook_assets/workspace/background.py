"""BackgroundRun: a run that goes on in a thread of its own while other cells are run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from notebook_assets.display import Rich, Shown, note
from notebook_assets.errors import InvalidInvocationError, StillRunningError, StoreError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import partition_loading_context
from notebook_assets.run import ProgressListener, RunInterrupted, RunResult
from notebook_assets.run.cancel import CancelToken
from notebook_assets.run.first_error import raise_first
from notebook_assets.store import Instance
from notebook_assets.workspace.background_display import BackgroundDisplay
from notebook_assets.workspace.background_list import hold_loosely, keep
from notebook_assets.workspace.between_cells import follow_cells
from notebook_assets.workspace.wanted_runs import WantedRun

if TYPE_CHECKING:
    import asyncio

    from notebook_assets.pictures import ProgressView
else:
    asyncio = lazy_module("asyncio")


class BackgroundRun(Shown):
    """A run in the background, to be watched, canceled and waited for; ``materialize(background=True)`` gives it.

    What it makes was decided when it began: definitions that later cells change are changed for later runs only. An
    interrupted cell does not interrupt it; the end of the kernel cancels it.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> run = materialize([numbers], instance=Instance.ephemeral(), background=True)
    >>> run.wait().success, run.status, run.progress.done
    (True, 'success', 1)
    """

    def __init__(self, wanted: WantedRun, progress: bool | ProgressListener, *, raise_on_error: bool) -> None:
        self.title = wanted.title
        self.started_at = time.time()
        self._wanted: WantedRun | None = wanted
        self._raise_on_error = raise_on_error
        self._display = BackgroundDisplay(self.title, progress, self._end_shown, wanted.plan.total)
        self._cancel = CancelToken()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], None]] = []
        self._result: RunResult | None = None
        self._error: BaseException | None = None
        self._store = Instance(wanted.asked.instance.folder)
        self._given_store = wanted.asked.instance  # a temporary one stays as long as someone has it

    @property
    def run_id(self) -> str:
        """The run's id in the store; "" before it has one, and where there was nothing to do."""
        result = self._result or self._display.watch.result
        return "" if result is None else result.run_id

    @property
    def is_running(self) -> bool:
        """Whether it still goes on."""
        return not self._ended.is_set()

    @property
    def status(self) -> str:
        """``running``, ``success``, ``failed`` or ``canceled``."""
        if self.is_running:
            return "running"
        return "failed" if self._result is None else self._result.status

    @property
    def progress(self) -> ProgressView:
        """How far it is: total, done, empty, failed, skipped, left, rate (pieces a second), seconds_left, current."""
        return self._display.watch.view()

    @property
    def result(self) -> RunResult | None:
        """What came of it; None while it goes on, or where it could not even begin (:meth:`wait` raises why)."""
        return None if self.is_running else self._result

    def cancel(self) -> None:
        """Ask it to end after the pieces that are being made; what is made is kept. Returns at once."""
        self._cancel.cancel()

    def wait(self, timeout: float | None = None) -> RunResult:
        """Wait for its end, and return what came of it. An interrupt ends the waiting, not the run.

        Args:
            timeout: How many seconds to wait at most; None is for ever.

        Raises:
            StillRunningError: It still goes on.
            InvalidInvocationError: ``timeout`` is below zero, or no number.
            Exception: The first error of a piece, unless it was begun with ``raise_on_error=False``.
        """
        __tracebackhide__ = True
        if timeout is not None and not (isinstance(timeout, int | float) and timeout >= 0):
            raise InvalidInvocationError(f"timeout= is how many seconds to wait, from 0 on, or None; got {timeout!r}.")
        if not self._ended.wait(timeout):
            raise StillRunningError(
                f"The run of {self.title} still goes on after {timeout:g} s of waiting: "
                f"{self.progress.ended:,} of {self.progress.total:,} pieces. Wait again, or end it with .cancel()."
            )
        return self._outcome()

    def __await__(self) -> Generator[Any, None, RunResult]:
        return self._awaited().__await__()

    async def _awaited(self) -> RunResult:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        self._when_ended(lambda: loop.call_soon_threadsafe(ended.set))
        await ended.wait()
        return self._outcome()

    def _when_ended(self, call: Callable[[], object]) -> None:
        with self._lock:
            if self.is_running:
                self._waiting.append(call)  # type: ignore[arg-type]
                return
        call()

    def _outcome(self) -> RunResult:
        __tracebackhide__ = True
        if self._error is not None:
            raise self._error
        assert self._result is not None  # noqa: S101  (what ends without an error has a result)
        return self._result

    def start(self) -> None:
        """Begin, in a thread that the end of the process does not wait for."""
        self._display.begin()
        follow_cells()
        context = copy_context()  # what is printed goes below the cell that began it; code that was looked at is kept
        threading.Thread(target=context.run, args=(self._work,), name=f"run of {self.title}", daemon=True).start()

    def _work(self) -> None:
        __tracebackhide__ = True
        assert self._wanted is not None  # noqa: S101  (it is started once)
        try:
            with partition_loading_context(dynamic_partitions_store=self._store):
                self._result = self._wanted.in_store(self._store).carried_out(self._display.listener, self._cancel)
            self._display.watch.finished(self._result)  # which it was not told where there was nothing to make
            if self._raise_on_error and self._result.status != "canceled":
                raise_first(self._result)
        except RunInterrupted as interrupted:
            self._result = interrupted.result
        except BaseException as error:  # who waits gets it
            self._error = error
        finally:
            self._wanted = None
            with self._lock:
                self._let_go_of_store()
                self._ended.set()
                waiting, self._waiting = self._waiting, []
            self._display.end()
            for call in waiting:
                with suppress(Exception):  # the loop of one that waited may be closed; the others are told all the same
                    call()
            if self._given_store.is_ephemeral:
                hold_loosely(self)

    def _let_go_of_store(self) -> None:
        """Have the result use the store that was given, and close the run's own opening of it."""
        if self._given_store.database.is_closed:  # the result can still be read by ours
            return
        if self._result is not None:
            self._result.instance = self._given_store
        with suppress(StoreError):  # what it could not write then is told by the next opening
            self._store.close()

    def abandon(self, seconds: float) -> None:
        """End it since the process ends: record it as canceled, even if a piece is not done in time.

        Args:
            seconds: How long a piece that is being made has.
        """
        self.cancel()
        if self._ended.wait(seconds):
            return
        with self._lock:
            if self.is_running and self.run_id:
                self._store.finish_run(self.run_id, "canceled")

    @property
    def _forms(self) -> tuple[str, str]:
        shown = self._display.shown()
        return shown.html, shown.text

    def _end_shown(self) -> Rich | None:
        """Return what is shown below the bar when it is over: the result, or why there is none."""
        if self.is_running:
            return note("It is to end after what is being made.", "warning") if self._cancel.is_canceled else None
        if self._result is not None:
            return Rich(*self._result._forms)
        return note(f"{type(self._error).__name__}: {self._error}", "error")

    def _ipython_display_(self) -> None:
        if not self._display.show_again():
            print(repr(self))  # noqa: T201  (how IPython has it shown in a terminal)


def begin_background(
    wanted: WantedRun, progress: bool | ProgressListener, *, raise_on_error: bool = True
) -> BackgroundRun:
    """Begin a run in the background.

    Args:
        wanted: What is to be done.
        progress: Whether to show it below the cell; or a listener, which is called in the run's thread.
        raise_on_error: Whether who waits for it gets the first error.
    """
    run = BackgroundRun(wanted, progress, raise_on_error=raise_on_error)
    keep(run)
    run.start()
    return run
