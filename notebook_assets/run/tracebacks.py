"""The traceback of a failed step as people need it: their own frames, not those of this package."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

from notebook_assets.assets.retry_policy import Failure
from notebook_assets.display import metadata_line

_PACKAGE = str(Path(__file__).resolve().parent.parent / "_")[:-1]  # with the separator at its end


def from_user_code(error: BaseException, fn: Callable[..., Any]) -> TracebackType | None:
    """Return the traceback of an error from the frame of ``fn`` on; None where no frame is the user's.

    Where ``fn`` was not running (an IO manager raised it, say), it begins at the first frame outside this package.

    >>> def divide():
    ...     return 1 / 0
    >>> try:
    ...     divide()
    ... except ZeroDivisionError as error:
    ...     from_user_code(error, divide).tb_frame.f_code.co_name
    'divide'
    """
    codes = _codes(fn)
    outside: TracebackType | None = None
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code in codes:
            return at
        if outside is None and not at.tb_frame.f_code.co_filename.startswith(_PACKAGE):
            outside = at
        at = at.tb_next
    return outside


def forget_variables(error: BaseException) -> None:
    """Let go of the variables in the frames of an error and of its causes, which may be large frames of data.

    >>> forget_variables(ValueError("wrong"))
    """
    waiting, seen = [error], set[int]()
    while waiting:
        at = waiting.pop()
        if id(at) not in seen:
            seen.add(id(at))
            traceback.clear_frames(at.__traceback__)
            waiting += [cause for cause in (at.__cause__, at.__context__) if cause is not None]


def traceback_text(error: BaseException) -> str:
    """Return an error's traceback as Python prints it; only the error's own lines where it has no frames.

    Frames in cells are named as IPython names them, ``Cell In[2], line 3``: the names under which cells are compiled
    say nothing to people, and less so when the kernel is gone.

    >>> traceback_text(ValueError("wrong"))
    'ValueError: wrong\\n'
    """
    try:
        told = traceback.TracebackException.from_exception(error)
        lines = told.format() if error.__traceback__ else told.format_exception_only()
        return writable(_with_cell_names("".join(lines), told))
    except Exception:  # an error whose own attributes raise when they are looked at
        return f"{type(error).__name__}: {message_of(error)}\n"


def message_of(error: BaseException) -> str:
    """Return what an error says, whatever its ``__str__`` does.

    >>> message_of(KeyError("a"))
    "'a'"
    """
    try:
        return writable(str(error))
    except Exception:
        return f"(a {type(error).__name__} that can't be shown as text)"


def failure_words(error: BaseException) -> str:
    """Return what an error says; of a ``Failure`` also the metadata that it was raised with.

    >>> from notebook_assets import Failure
    >>> failure_words(Failure("bad credentials", metadata={"code": 401}))
    'bad credentials (code 401)'
    """
    said = message_of(error)
    if not isinstance(error, Failure) or not error.metadata:
        return said
    told = ", ".join(f"{name} {metadata_line(value)}" for name, value in error.metadata.items())
    return writable(f"{'' if error.description is None else said} ({told})".strip())


def writable(text: str) -> str:
    r"""Return a text with lone surrogates written out, since no UTF-8 can hold them.

    >>> writable("a\ud800")
    'a\\ud800'
    """
    return text.encode("utf-8", "backslashreplace").decode()


def _with_cell_names(text: str, told: traceback.TracebackException) -> str:
    """Return the text of a traceback with the names of the cells in it in place of their file names."""
    named = _cell_namer()
    if named is None:
        return text
    for filename in {name for part in _chain(told) for name in _file_names(part)}:
        label = named(filename)
        if label is not None:
            text = text.replace(f'File "{filename}", line ', f"{' '.join(label)}, line ")
    return text


def _cell_namer() -> Callable[[str], tuple[str, str] | None] | None:
    """Return what knows the cells' names: the shell that this runs in; None where there is none.

    IPython is not loaded for it: where it isn't, nothing runs in a cell.
    """
    ipython = sys.modules.get("IPython.core.getipython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(getattr(shell, "compile", None), "format_code_name", None)


def _chain(told: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """Go through an error, its causes and the errors that it groups."""
    waiting, seen = [told], set[int]()
    while waiting:
        at = waiting.pop()
        if id(at) not in seen:
            seen.add(id(at))
            yield at
            waiting += [other for other in (at.__cause__, at.__context__, *(at.exceptions or ())) if other is not None]


def _file_names(told: traceback.TracebackException) -> Iterator[str]:
    yield from (frame.filename for frame in told.stack)
    of_syntax = getattr(told, "filename", None)  # a SyntaxError has a place of its own
    if isinstance(of_syntax, str):
        yield of_syntax


def _codes(fn: Callable[..., Any]) -> set[CodeType]:
    """Return the code of a function and of those that it wraps."""
    found: set[CodeType] = set()
    seen: set[int] = set()
    at: Any = fn
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        code = getattr(at, "__code__", None)
        if isinstance(code, CodeType) and not code.co_filename.startswith(_PACKAGE):
            found.add(code)
        at = getattr(at, "__wrapped__", None)
    return found
