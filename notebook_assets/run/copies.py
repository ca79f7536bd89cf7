"""The cheapest way to copy a value so that a change of the copy does not reach the value, and how large a value is."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

_IMMUTABLE = frozenset((str, bytes, int, float, complex, bool, type(None)))


def copier_of(value: Any) -> Callable[[Any], Any]:
    """Return the cheapest way to copy a value so that changing the copy does not change the value.

    Frames are copied on write, so their copies cost next to nothing until someone writes.

    >>> a = [1, [2]]
    >>> b = copier_of(a)(a)
    >>> b[1].append(3)
    >>> a
    [1, [2]]
    """
    if type(value) in _IMMUTABLE:
        return _itself
    if _is_frame_without_objects(value):
        return _copied_on_write
    # A deep copy of a frame shares the Python objects in its columns with the frame; a pickle shares nothing.
    return copy.deepcopy if type(value).__module__ == "numpy" else _through_pickle


def is_cheap(copier: Callable[[Any], Any]) -> bool:
    """Whether a copier of :func:`copier_of` costs next to nothing.

    >>> is_cheap(copier_of(1)), is_cheap(copier_of([1]))
    (True, False)
    """
    return copier in (_itself, _copied_on_write)


def _itself(value: Any) -> Any:
    return value


def _copied_on_write(frame: Any) -> Any:
    return frame.copy(deep=False)


def _through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value, protocol=5))  # noqa: S301  (what was written here just now)


def _is_frame_without_objects(value: Any) -> bool:
    """Whether it is a frame or series of plain columns; copy-on-write does not protect Python objects in columns."""
    kind = type(value)
    if kind.__module__.partition(".")[0] != "pandas" or kind.__name__ not in ("DataFrame", "Series"):
        return False
    dtypes = value.dtypes if kind.__name__ == "DataFrame" else [value.dtype]
    return all(str(dtype) != "object" for dtype in dtypes)


def size_in_memory(value: Any) -> int:
    """Return about how many bytes a value takes; a guess where it can't be known cheaply.

    >>> size_in_memory([1, 2, 3]), size_in_memory(b"1234")
    (240, 4)
    """
    known = getattr(value, "nbytes", None) if not hasattr(value, "columns") else None
    if isinstance(known, int):
        return known
    if isinstance(value, str | bytes):
        return len(value)
    if hasattr(value, "columns"):  # asking pandas costs more than reading a small frame
        return int(value.size) * 16 + 1_000
    return len(value) * 80 if hasattr(value, "__len__") else 80
