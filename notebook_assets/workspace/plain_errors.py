"""Errors of public functions without this package's frames: what the person called, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from IPython.core.getipython import get_ipython

from notebook_assets.errors import NotebookAssetsError

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


def _rendered(error: NotebookAssetsError) -> list[str]:
    """The error as IPython shows it, up to the person's own last frame: IPython never leaves out the last of all."""
    shell: Any = get_ipython()
    trace = _without_last(error.__traceback__)
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, trace, tb_offset=1)
    return lines


def _without_last(trace: TracebackType | None) -> TracebackType | None:
    frames = []
    while trace is not None and trace.tb_next is not None:
        frames.append(trace)
        trace = trace.tb_next
    kept = None
    for frame in reversed(frames):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept
