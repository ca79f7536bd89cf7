"""The traceback of a failed step as people need it: their own frames, not those of this package."""

from __future__ import annotations

import traceback
from pathlib import Path

_PACKAGE = str(Path(__file__).resolve().parent.parent)


def user_traceback(error: BaseException) -> str:
    """Return the traceback of an error without this package's frames at its top.

    >>> try:
    ...     1 / 0
    ... except ZeroDivisionError as error:
    ...     text = user_traceback(error)
    >>> text.splitlines()[-1]
    'ZeroDivisionError: division by zero'
    """
    frames = traceback.TracebackException.from_exception(error)
    own = [index for index, frame in enumerate(frames.stack) if not frame.filename.startswith(_PACKAGE)]
    if own:
        frames.stack = traceback.StackSummary.from_list(frames.stack[own[0] :])
    return "".join(frames.format())
