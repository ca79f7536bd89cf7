"""Late calls: what a run that has ended left behind in threads, and may hand nothing over any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LEFT_BEHIND: ContextVar[threading.Event | None] = ContextVar("notebook_assets_left_behind", default=None)


@contextmanager
def left_behind_when(told: threading.Event) -> Iterator[None]:
    """Have the calls within count as late once something is set.

    Args:
        told: Is set when the run ends without them.

    >>> over = threading.Event()
    >>> with left_behind_when(over):
    ...     refuse_late()
    ...     over.set()
    ...     refuse_late()
    Traceback (most recent call last):
    ...
    KeyboardInterrupt: the run that called this has ended
    """
    token = _LEFT_BEHIND.set(told)
    try:
        yield
    finally:
        _LEFT_BEHIND.reset(token)


def refuse_late() -> None:
    """End a call whose run has ended without it: before it is tried again, and before its value goes anywhere.

    Raises:
        KeyboardInterrupt: It has; as if the interrupt had reached the thread.

    >>> refuse_late()
    """
    told = _LEFT_BEHIND.get()
    if told is not None and told.is_set():
        raise KeyboardInterrupt("the run that called this has ended")
