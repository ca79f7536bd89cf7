"""A lock on a byte of ``running.lock`` for each run that goes on: whoever shares the kernel sees that it is held."""

from __future__ import annotations

import errno
import importlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOCK_NAME = "running.lock"


def _import_fcntl() -> Any:
    try:
        return importlib.import_module("fcntl")
    except ImportError:  # no POSIX: runs are told by their processes alone
        return None


@dataclass
class _Opened:
    """The one descriptor of this process: to close any other one of the file would drop all its locks."""

    descriptor: int
    held: set[int] = field(default_factory=set)
    uses: int = 0


_fcntl = _import_fcntl()
_guard = threading.RLock()
_opened: dict[Path, _Opened] = {}


class RunLocks:
    """The locks of the runs of one store that go on in this process, and a look at those of others.

    A lock goes when its process ends, however that ends. It is a lock of the process: a fork does not inherit it.

    Args:
        folder: The store.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     locks = RunLocks(Path(folder))
    ...     file = locks.hold(1)
    ...     held = locks.is_held(1, file), locks.is_held(2, file)
    ...     locks.close()
    >>> held
    (True, False)
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._held: set[int] = set()

    def hold(self, number: int) -> str:
        """Lock the byte of a run, until it ends; return which file it is in, ``""`` where there are no locks.

        Args:
            number: The run's number.
        """
        if _fcntl is None:
            return ""
        with suppress(OSError), _guard, self._open(os.O_RDWR | os.O_CREAT) as opened:
            _fcntl.lockf(opened.descriptor, _fcntl.LOCK_EX | _fcntl.LOCK_NB, 1, number)
            opened.held.add(number)
            self._held.add(number)
            return str(os.fstat(opened.descriptor).st_ino)
        return ""

    def release(self, number: int) -> None:
        """Unlock the byte of a run that ended; nothing happens where it was not locked by this object.

        Args:
            number: The run's number.
        """
        with suppress(OSError), _guard:
            opened = _opened.get(self._path)
            if number in self._held and opened is not None and number in opened.held:  # not so in a fork
                with self._open(os.O_RDWR):
                    opened.held.discard(number)
                    _fcntl.lockf(opened.descriptor, _fcntl.LOCK_UN, 1, number)
            self._held.discard(number)

    def is_held(self, number: int, file: str) -> bool | None:
        """Whether a process holds the lock of a run; None where that can't be told.

        Args:
            number: The run's number.
            file: What :meth:`hold` returned then: a file that was made anew since tells nothing.
        """
        if _fcntl is None or not file:
            return None
        with suppress(OSError), _guard, self._open(os.O_RDWR) as opened:
            if str(os.fstat(opened.descriptor).st_ino) != file:
                return None
            if number in opened.held:
                return True
            try:
                _fcntl.lockf(opened.descriptor, _fcntl.LOCK_SH | _fcntl.LOCK_NB, 1, number)
            except OSError as error:
                return True if error.errno in (errno.EACCES, errno.EAGAIN) else None
            _fcntl.lockf(opened.descriptor, _fcntl.LOCK_UN, 1, number)
            return False
        return None

    def close(self) -> None:
        """Unlock all that was locked by this object."""
        for number in tuple(self._held):
            self.release(number)

    @contextmanager
    def _open(self, flags: int) -> Iterator[_Opened]:
        """Give the descriptor of this process; it is closed when no lock is held by it any more."""
        opened = _opened.get(self._path)
        if opened is None:
            opened = _opened[self._path] = _Opened(os.open(self._path, flags, 0o666))
        opened.uses += 1
        try:
            yield opened
        finally:
            opened.uses -= 1
            if not opened.held and not opened.uses:
                del _opened[self._path]
                os.close(opened.descriptor)


def _begin_in_a_fork() -> None:
    """Forget the locks of the parent, and its threads; to close what was inherited drops none of its locks."""
    global _guard  # another thread may have held the one of before
    _guard = threading.RLock()
    for opened in _opened.values():
        os.close(opened.descriptor)
    _opened.clear()


if _fcntl is not None:
    os.register_at_fork(after_in_child=_begin_in_a_fork)
