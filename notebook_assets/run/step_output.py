"""What a step prints and logs: caught while it goes where it went before, by step, within a bound."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, Token
from typing import Any

from notebook_assets.metadata.cutting import LONGEST_TEXT
from notebook_assets.run.output_aside import OutputAside
from notebook_assets.run.step_text import StepText

_CURRENT: ContextVar[captured | None] = ContextVar("notebook_assets_step", default=None)
_LOCK = threading.Lock()
_ACTIVE: list[captured] = []
_WRITING = threading.local()
_ASIDE: list[OutputAside] = []  # one, in a process that may die with what it caught
_TEES: dict[int, _Tee] = {}  # by the id of the stream, which lives at least as long as its tee


class captured:  # noqa: N801  # reads as what it does: with captured() as output
    """Catches what the code within it prints and logs, and lets it through to where it goes.

    Caught is the text that is written to ``sys.stdout`` and ``sys.stderr`` (by ``print``, by warnings, by handlers of
    logs), and those records of :mod:`logging` that no handler writes there. Of several steps at a time, each gets its
    own: a step is known by its context variables, which tasks and ``asyncio.to_thread`` hand on. What threads write
    that the code starts by itself counts too, as long as no other step runs. Not caught is what goes past these: bytes
    written to the file descriptors 1 and 2 or to ``sys.stdout.buffer``, such as those of C libraries and of child
    processes, and what the code sends elsewhere by a ``sys.stdout`` of its own.

    Args:
        longest: The most characters that are kept; of more, the middle is left out.

    >>> with captured() as output:
    ...     print("3 rows")
    3 rows
    >>> output.text
    '3 rows\\n'
    """

    __slots__ = ("_around", "_before", "_kept", "_longest", "_record", "_tees")

    def __init__(self, longest: int = LONGEST_TEXT) -> None:
        self._longest = longest
        self._kept: StepText | None = None
        self._record: logging.LogRecord | None = None
        self._before: frozenset[threading.Thread] = frozenset()

    @property
    def text(self) -> str:
        """What was caught; where it is too long, with a note of how much is left out. Empty if nothing was printed."""
        return "" if self._kept is None else self._kept.text()

    @property
    def dropped(self) -> int:
        """How many characters of what was printed are left out of the text."""
        return 0 if self._kept is None else self._kept.dropped

    def __enter__(self) -> captured:
        # Streams get another ``write`` instead of being replaced: handlers of logs that hold one are caught as well,
        # and whoever looks at sys.stdout finds what was there before.
        with _LOCK:
            self._tees = (_tee(sys.stdout), _tee(sys.stderr))
            if not _ACTIVE:
                self._before = frozenset(threading.enumerate())
                _watch_logs()
            _ACTIVE.append(self)
        self._around: Token[captured | None] = _CURRENT.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _CURRENT.reset(self._around)
        with _LOCK:
            _ACTIVE.remove(self)
            for tee in self._tees:
                if tee is not None:
                    tee.leave()
            if not _ACTIVE:
                _unwatch_logs()
        self._take_record()

    def starts(self, thread: threading.Thread) -> bool:
        """Whether a thread can only have been started by this step."""
        return bool(self._before) and thread not in self._before

    def note(self, record: logging.LogRecord) -> None:
        """Take a record of a log that is about to be handled; it counts unless it is written to a stream next."""
        if record is not self._record:  # a factory that someone else set may bring in one of ours a second time
            self._take_record()
            self._record = record

    def add(self, text: str) -> None:
        """Take a text that was written."""
        record = self._record
        if record is not None:
            if _is_told(record, text):
                self._record = None
            else:
                self._take_record()
        self._keep(text)

    def _take_record(self) -> None:
        record, self._record = self._record, None
        if record is not None:
            with suppress(Exception):  # its arguments may not fit its message, which logging tells by itself
                self._keep(f"{record.levelname}:{record.name}:{record.getMessage()}\n")

    def _keep(self, text: str) -> None:
        if self._kept is None:
            self._kept = StepText(self._longest)
        self._kept.add(text)
        if _ASIDE:
            _ASIDE[-1].add(text, self._kept)


class _Tee:
    """Stands for the ``write`` of a stream, and tells the running step what is written.

    Its stream is held by the bound method that it stands for.
    """

    __slots__ = ("_count", "_stream", "write")

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._count = 0
        before: Any = stream.write
        # Someone who took the place of our write may have given it back after we left.
        self.write: Callable[[str], int] = before.write if isinstance(before, _Tee) else before

    def __call__(self, text: str) -> int:
        if getattr(
            _WRITING, "is_on", False
        ):  # a notebook that catches outputs by itself may call an earlier tee of ours
            return self.write(text)
        _WRITING.is_on = True
        try:
            written = self.write(text)
        finally:
            _WRITING.is_on = False
        step = _step()
        if step is not None and text:
            step.add(text)
        return written

    def enter(self) -> None:
        if not self._count:
            self._stream.write = self
            _TEES[id(self._stream)] = self
        self._count += 1

    def put_back(self) -> None:
        before = self._stream.write
        if before is not self:
            self.write = before.write if isinstance(before, _Tee) else before
            self._stream.write = self

    def leave(self) -> None:
        self._count -= 1
        if not self._count:
            if _TEES.get(id(self._stream)) is self:
                del _TEES[id(self._stream)]
            if vars(self._stream).get("write") is self:  # else someone took its place, and may still need it
                del self._stream.write


def _tee(stream: Any) -> _Tee | None:
    """Return what catches the writes to a stream; None for one that is not there, or lets nobody change it."""
    try:
        tee = _TEES.get(id(stream))
        if tee is None or stream.write is not tee:  # the notebook puts another in its place with each cell
            tee = _Tee(stream)
        tee.enter()
    except AttributeError:
        return None
    return tee


def keep_aside(aside: OutputAside) -> None:
    """Write what steps print to a file as well, from now on: this process may die with one.

    Args:
        aside: What writes it.
    """
    _ASIDE[:] = [aside]


def catch_again() -> None:
    """Go on catching what steps write, where a stream was given another ``write`` since they began.

    A notebook does that at the end of each cell, while a run may go on in the background.

    >>> with captured() as output:
    ...     del sys.stdout.write
    ...     catch_again()
    ...     print("3 rows")
    3 rows
    >>> output.text
    '3 rows\\n'
    """
    with _LOCK:
        for tee in _TEES.values():
            tee.put_back()


def _step() -> captured | None:
    """Return the step that the running code belongs to."""
    step = _CURRENT.get()
    if step is None and len(_ACTIVE) == 1:
        only = next(iter(_ACTIVE), None)
        if only is not None and only.starts(threading.current_thread()):
            return only
    return step


def _is_told(record: logging.LogRecord, text: str) -> bool:
    """Whether a text that was written tells a record."""
    with suppress(Exception):
        return record.getMessage() in text
    return True


class _Records:
    """Makes the records of logs as they were made before, and tells the running step of them."""

    __slots__ = ("make",)

    def __init__(self) -> None:
        before: Any = logging.getLogRecordFactory()
        self.make: Callable[..., logging.LogRecord] = before.make if isinstance(before, _Records) else before

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self.make(*args, **kwargs)
        step = _step()
        if step is not None:
            step.note(record)
        return record


_watching: list[_Records] = []
"""One, which is used again as long as records are made as they were before."""


def _watch_logs() -> None:
    if not _watching or _watching[0].make is not logging.getLogRecordFactory():
        _watching[:] = [_Records()]
    logging.setLogRecordFactory(_watching[0])


def _unwatch_logs() -> None:
    ours = _watching[0]
    if logging.getLogRecordFactory() is ours:
        logging.setLogRecordFactory(ours.make)
