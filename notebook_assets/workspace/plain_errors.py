"""Errors of public functions without this package's frames: what the person called, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from IPython.core.getipython import get_ipython

from notebook_assets.errors import NotebookAssetsError

_OWN_FILES = str(Path(__file__).parents[1])

P = ParamSpec("P")
T = TypeVar("T")


def plain_errors(function: Callable[P, T]) -> Callable[P, T]:
    """Have a function's errors that were raised on purpose begin at its caller; other errors keep all frames.

    >>> @plain_errors
    ... def refuse():
    ...     raise NotebookAssetsError("no")
    >>> try:
    ...     refuse()
    ... except NotebookAssetsError as error:
    ...     error.__traceback__.tb_next.tb_next is None
    True
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True  # IPython leaves this frame out
        try:
            return function(*args, **kwargs)
        except NotebookAssetsError as error:
            if get_ipython() is not None:
                error._render_traceback_ = partial(_rendered, error)  # type: ignore[attr-defined]  # IPython asks for it
            raise error.with_traceback(None) from error.__cause__

    return call


def show_errors_plainly() -> None:
    """Have IPython show all errors that this package raises on purpose up to the person's own last line.

    Those of public functions are so anyway; this is for constructors and decorators.
    """
    NotebookAssetsError._render_traceback_ = _rendered_to_own_line  # type: ignore[attr-defined]  # IPython asks for it


def show_errors_in_full() -> None:
    """Undo :func:`show_errors_plainly`."""
    if "_render_traceback_" in vars(NotebookAssetsError):
        del NotebookAssetsError._render_traceback_  # type: ignore[attr-defined]


def _rendered(error: NotebookAssetsError) -> list[str]:
    """The error as IPython shows it, without the last frame: IPython never leaves out the last of all."""
    return _shown(error, _frames(error)[:-1])


def _rendered_to_own_line(error: NotebookAssetsError) -> list[str]:
    frames = _frames(error)
    kept = list(frames)
    while kept and kept[-1].tb_frame.f_code.co_filename.startswith((_OWN_FILES, "<string>")):  # a dataclass is <string>
        kept.pop()
    return _shown(error, kept or frames)


def _shown(error: NotebookAssetsError, frames: Sequence[TracebackType]) -> list[str]:
    kept = None
    for frame in reversed(frames):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    shell: Any = get_ipython()
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, kept, tb_offset=1)
    return lines


def _frames(error: BaseException) -> list[TracebackType]:
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    return frames
