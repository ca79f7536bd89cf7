"""Late calls: what a run that has ended left behind in threads, and may hand nothing over any more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from notebook_assets.run.cancel import CancelToken


class Told(Protocol):
    """Says whether something has happened."""

    def is_set(self) -> bool:
        """Whether it has."""

    def wait(self, timeout: float) -> bool:
        """Wait until it has, some seconds at most; return whether it has."""


_CANCELED: ContextVar[CancelToken | None] = ContextVar("notebook_assets_canceled", default=None)
_SLICE = 0.1
"""Seconds after which a wait that two may end looks at the other one."""

_LEFT_BEHIND: ContextVar[Told | None] = ContextVar("notebook_assets_left_behind", default=None)


@contextmanager
def left_behind_when(told: Told) -> Iterator[None]:
    """Have the calls within count as late once something is set.

    Args:
        told: Is set when the run ends without them.

    >>> import threading
    >>> over = threading.Event()
    >>> with left_behind_when(over):
    ...     refuse_late()
    ...     over.set()
    ...     try:
    ...         refuse_late()
    ...     except KeyboardInterrupt as interrupt:
    ...         print(interrupt)
    the run that called this has ended
    """
    token = _LEFT_BEHIND.set(told)
    try:
        yield
    finally:
        _LEFT_BEHIND.reset(token)


@contextmanager
def pauses_end_with(cancel: CancelToken | None) -> Iterator[None]:
    """Have :func:`pause` end within as soon as a run is canceled; what is made then is still recorded.

    Args:
        cancel: Cancels the run; None changes nothing.

    >>> with pauses_end_with(CancelToken()):
    ...     pause(0.001)
    """
    if cancel is None:
        yield
        return
    token = _CANCELED.set(cancel)
    try:
        yield
    finally:
        _CANCELED.reset(token)


def pause(seconds: float) -> None:
    """Wait for some seconds.

    Args:
        seconds: How long.

    Raises:
        KeyboardInterrupt: The run was canceled, or has ended without this call.

    >>> pause(0.001)
    """
    told, cancel = _LEFT_BEHIND.get(), _CANCELED.get()
    if told is None and cancel is None:
        time.sleep(seconds)
        return
    until = time.monotonic() + seconds
    step = seconds if told is None or cancel is None else _SLICE
    while (left := until - time.monotonic()) > 0:
        if cancel is not None and cancel.wait(min(step, left)):
            raise KeyboardInterrupt("the run was canceled")
        if told is not None and told.wait(0.0 if cancel is not None else left):
            break
    refuse_late()


def refuse_late() -> None:
    """End a call whose run has ended without it: before it is tried again, and before its value goes anywhere.

    Raises:
        KeyboardInterrupt: It has; as if the interrupt had reached the thread.

    >>> refuse_late()
    """
    told = _LEFT_BEHIND.get()
    if told is not None and told.is_set():
        raise KeyboardInterrupt("the run that called this has ended")
