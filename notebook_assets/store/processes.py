"""Which process this is, and whether another one still is what it was: its number alone may have been given again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import psutil
else:
    psutil = lazy_module("psutil")

_SAME = 2.0
"""Seconds by which two readings of one start time may differ: the system's own start is read anew by each process."""


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


def is_gone(pid: int, started: float | None) -> bool:
    """Whether a process of this machine has ended, though another one may bear its number now.

    Args:
        pid: Its number.
        started: When it began, in seconds since 1970; None where that is not known.

    >>> import os
    >>> is_gone(os.getpid(), started_at(os.getpid())), is_gone(os.getpid(), 1.0)
    (False, True)
    """
    # One that bears its number now began later. One that seems to have begun earlier is the same: the clock was set
    # back, and the system tells the beginnings of all processes by the clock as it is now.
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return started is not None and process.create_time() - started > _SAME
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False  # it is there, and belongs to someone else
