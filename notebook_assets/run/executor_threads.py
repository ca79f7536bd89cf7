"""Threads that compute the works of a run; they end with it, and nothing waits for those that are left behind."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable

from notebook_assets.run.late_calls import left_behind_when
from notebook_assets.run.schedule import Call
from notebook_assets.run.work import Computed, Work

_PATIENCE = 0.2
"""Seconds after which a wait looks up: on some systems an interrupt gets through only then."""

_Done = tuple[Call, Work, Computed]


class ThreadPool:
    """Computes works in threads.

    Args:
        workers: How many.

    >>> class Answer:
    ...     def begin(self): return True
    ...     def compute(self): return Computed(made=42)
    ...     def finish(self, computed): ...
    >>> pool = ThreadPool(2)
    >>> pool.submit((0, 0), Answer())
    >>> pool.take()[2].made
    42
    >>> pool.close()
    """

    def __init__(self, workers: int) -> None:
        self.window = workers * 2
        self._todo: queue.SimpleQueue[tuple[Call, Work] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[_Done | None] = queue.SimpleQueue()
        self._is_abandoned = threading.Event()
        self._idle = workers  # threads that are not started yet

    def submit(self, call: Call, work: Work) -> None:
        """Have a work computed that has begun."""
        if self._idle:
            self._idle -= 1
            _start(self._serve)
        self._todo.put((call, work))

    def take(self) -> _Done | None:
        """Wait for a work that is computed; None where it was woken up instead."""
        while True:
            try:
                return self._done.get(timeout=_PATIENCE)
            except queue.Empty:
                continue

    def wake(self) -> None:
        """Have :meth:`take` return, from another thread."""
        self._done.put(None)

    def close(self) -> None:
        """Let the threads end."""
        self._is_abandoned.set()
        for _ in range(self.window):
            self._todo.put(None)

    def abandon(self) -> None:
        """Let the threads end as soon as they can; nothing of what they still do counts."""
        self.close()

    def _serve(self) -> None:
        with left_behind_when(self._is_abandoned):
            while (entry := self._todo.get()) is not None and not self._is_abandoned.is_set():
                self._done.put((*entry, _computed(entry[1])))
                del entry  # nothing may hold it longer than it is needed


def _computed(work: Work) -> Computed:
    try:
        return work.compute()
    except BaseException as error:  # an interrupt that a function raised itself, or the store
        return Computed(fatal=error)


def _start(serve: Callable[[], None]) -> None:
    """Start a thread that sees the context variables of this one, and that the end of Python does not wait for."""
    around = contextvars.copy_context()
    threading.Thread(target=around.run, args=(serve,), name="notebook_assets worker", daemon=True).start()
