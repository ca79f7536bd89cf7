"""CancelToken: asks a run to end, from another thread or from what listens to its progress."""

from __future__ import annotations

import threading
from collections.abc import Callable


class CancelToken:
    """Asks a run to end as soon as it can: between two calls, or at once where calls are made by workers.

    What was recorded until then is kept; the run counts as canceled.

    >>> token = CancelToken()
    >>> token.is_canceled
    False
    >>> token.cancel()
    >>> token.is_canceled
    True
    """

    __slots__ = ("_lock", "_told", "_waiting")

    def __init__(self) -> None:
        self._told = threading.Event()
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], None]] = []

    @property
    def is_canceled(self) -> bool:
        """Whether it was asked for."""
        return self._told.is_set()

    def cancel(self) -> None:
        """Ask for the end; a second time changes nothing."""
        with self._lock:
            self._told.set()
            waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    def when_canceled(self, wake: Callable[[], None]) -> None:
        """Have something called once it is asked for, in the thread that asks; at once where it was already.

        >>> token = CancelToken()
        >>> token.when_canceled(lambda: print("canceled"))
        >>> token.cancel()
        canceled
        """
        with self._lock:
            if not self._told.is_set():
                self._waiting.append(wake)
                return
        wake()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is asked for; return whether it was.

        Args:
            seconds: How long to wait at most; None is for ever.

        >>> CancelToken().wait(0.001)
        False
        """
        return self._told.wait(seconds)
