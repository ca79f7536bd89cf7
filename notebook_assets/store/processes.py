"""Which process this is, and whether another one still is what it was: its number alone may have been given again."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import psutil
else:
    psutil = lazy_module("psutil")

_SAME = 2.0
"""Seconds by which two readings of one start time may differ: the system's own start is read anew by each process."""

_START = 19
"""Which of the fields behind the name in ``/proc/<pid>/stat`` says when a process began."""


@lru_cache(maxsize=4)  # of this process, and again in a forked one
def started_at(pid: int) -> float | None:
    """Return when this process began, in seconds since 1970; None where the system does not tell.

    >>> import os
    >>> started_at(os.getpid()) > 0
    True
    """
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def ticks_at_start(pid: int) -> int | None:
    """Return how long the system had run when a process began, in its own ticks; None where it does not tell.

    Whoever sets the clock does not change that. It compares as long as the system is not started anew.

    >>> import os
    >>> ticks_at_start(os.getpid()) == ticks_at_start(os.getpid())
    True
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
        return int(text[text.rindex(b")") + 1 :].split()[_START])  # the name may hold anything, parentheses too
    except (OSError, ValueError, IndexError):
        return None


def is_gone(pid: int, started: float | None, ticks: int | None = None) -> bool:
    """Whether a process of this machine has ended, though another one may bear its number now.

    Args:
        pid: Its number.
        started: When it began, in seconds since 1970; None where that is not known.
        ticks: When it began, as :func:`ticks_at_start` tells, since the same start of the system; None if not known.

    >>> import os
    >>> is_gone(os.getpid(), started_at(os.getpid())), is_gone(os.getpid(), 1.0)
    (False, True)
    >>> is_gone(os.getpid(), 1.0, ticks_at_start(os.getpid()))  # the clock was set
    False
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        now = None if ticks is None else ticks_at_start(pid)
        if now is not None:
            return now != ticks
        # One that bears its number now began later. One that seems to have begun earlier is the same: the clock was set
        # back, and the system tells the beginnings of all processes by the clock as it is now.
        return started is not None and process.create_time() - started > _SAME
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False  # it is there, and belongs to someone else
