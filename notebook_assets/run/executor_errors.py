"""Errors on their way from one process to another: with their frames, causes and notes, whatever they are."""

from __future__ import annotations

import pickle
import traceback
from dataclasses import dataclass
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import WorkerError
from notebook_assets.lazy import lazy_module
from notebook_assets.run.tracebacks import message_of

if TYPE_CHECKING:
    import cloudpickle
else:
    cloudpickle = lazy_module("cloudpickle")

_DEEPEST = 20
"""How many causes of causes are kept."""

_MOST_FRAMES = 200

_NO_COLUMNS = bytes([0x80 | 13 << 3 | 7, 0])
"""How Python writes that eight instructions are on the same line, and nobody knows where on it."""


@dataclass(frozen=True)
class PackedError:
    """An error as it can be handed on.

    Args:
        pickled: The error itself; None where it can't be pickled.
        name: Its class.
        message: What it says.
        frames: File, line and function of each frame, the outermost first.
        cause: What it was raised from.
        context: During the handling of which it was raised.
        hides_context: Whether that is not told.
    """

    pickled: bytes | None
    name: str
    message: str
    frames: list[tuple[str, int, str]]
    cause: PackedError | None = None
    context: PackedError | None = None
    hides_context: bool = False

    def unpacked(self) -> BaseException:
        """Return the error; one of a class of the same name where it can't be had itself."""
        error = self._error()
        error.__cause__ = None if self.cause is None else self.cause.unpacked()
        error.__context__ = None if self.context is None else self.context.unpacked()
        error.__suppress_context__ = self.hides_context
        return BaseException.with_traceback(error, rebuilt(self.frames))

    def _error(self) -> BaseException:
        if self.pickled is not None:
            try:
                found = pickle.loads(self.pickled)  # noqa: S301  (from a process of this run)
            except Exception:  # what its class does when it is made anew
                found = None
            if isinstance(found, BaseException):
                return found
        made: BaseException = type(self.name, (WorkerError,), {"__module__": "builtins"})(self.message)
        return made


def packed(error: BaseException, depth: int = 0) -> PackedError:
    """Return an error as it can be handed on.

    Args:
        error: The error.
        depth: How many errors it is the cause of already.

    >>> class Odd(Exception):
    ...     def __init__(self, a, b):
    ...         super().__init__(f"{a} and {b}")
    >>> error = packed(Odd(1, 2)).unpacked()
    >>> type(error).__name__, str(error)
    ('Odd', '1 and 2')
    """
    cause, context = (None, None) if depth == _DEEPEST else (error.__cause__, error.__context__)
    return PackedError(
        pickled=_pickled(error),
        name=type(error).__name__,
        message=message_of(error),
        frames=_frames(error.__traceback__),
        cause=None if cause is None else packed(cause, depth + 1),
        context=None if context is None or context is cause else packed(context, depth + 1),
        hides_context=error.__suppress_context__,
    )


def _pickled(error: BaseException) -> bytes | None:
    try:
        data: bytes = cloudpickle.dumps(error)
        again = pickle.loads(data)  # noqa: S301  (what was written here just now)
    except Exception:  # what its class does when it is pickled, or made anew
        return None
    return data if type(again) is type(error) and message_of(again) == message_of(error) else None


def _frames(trace: TracebackType | None) -> list[tuple[str, int, str]]:
    walked = islice(traceback.walk_tb(trace), _MOST_FRAMES)
    return [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walked]


def rebuilt(frames: list[tuple[str, int, str]]) -> TracebackType | None:
    """Return a traceback that tells of the same frames; there is nothing in them.

    Args:
        frames: File, line and function of each, the outermost first.

    >>> import traceback
    >>> traceback.extract_tb(rebuilt([("model.py", 3, "fit")]))[0].name
    'fit'
    """
    found: TracebackType | None = None
    for file, line, name in reversed(frames):
        frame = _frame(file, line, name)
        if frame is not None:
            found = TracebackType(found, frame, 0, max(line or 0, 1))
    return found


def _frame(file: str, line: int, name: str) -> FrameType | None:
    """Return a frame of a function that does nothing but being called so."""
    code: CodeType = compile("raise _Here", file, "exec")
    units = (len(code.co_code) // 2 + 7) // 8
    code = code.replace(
        co_name=name, co_qualname=name, co_firstlineno=max(line or 0, 1), co_linetable=_NO_COLUMNS * units
    )
    globals_: dict[str, Any] = {"_Here": _Here, "__name__": name, "__file__": file}
    try:
        exec(code, globals_)  # noqa: S102  (the two words above)
    except _Here as here:
        trace = here.__traceback__
        return trace.tb_next.tb_frame if trace is not None and trace.tb_next is not None else None
    return None


class _Here(Exception):  # noqa: N818  (it is caught at once)
    """Raised to get at a frame."""
