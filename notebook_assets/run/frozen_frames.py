"""Frames whose memory nobody can write to: copies of them cost nothing, and yet no copy can change another.

pandas copies on write by itself, but for what is written past the frame, into ``frame["a"].array`` or into a NumPy
array over the same memory. Such a write to a copy of a frozen frame raises "read-only"; the frame's own methods copy
first, as ever, for as long as the frozen frame lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_MEMORY = ("_ndarray", "_data", "_mask")
"""Where pandas' own kinds of columns keep what they hold: dates, categories, texts; numbers with missing ones."""

_UNWRITABLE = ("ArrowStringArray", "ArrowExtensionArray")
"""Arrow's memory is never written to; a column takes other memory instead."""


def can_be_frozen(value: Any) -> bool:
    """Whether it is a frame or series all of whose memory is known, and holds no Python objects.

    >>> import pandas as pd
    >>> can_be_frozen(pd.DataFrame({"a": [1], "b": ["x"]})), can_be_frozen(pd.DataFrame({"a": [[1]]}))
    (True, False)
    """
    kind = type(value)
    if kind.__module__.partition(".")[0] != "pandas" or kind.__name__ not in ("DataFrame", "Series"):
        return False
    columns = _columns(value)
    return columns is not None and all(_can_be_frozen(column) for column in columns)


def freeze(frame: Any) -> None:
    """Forbid every write to the memory of a frame that :func:`can_be_frozen`; it must be the caller's own.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1.0, 2.0]})
    >>> freeze(frame)
    >>> copy = frame.copy(deep=False)
    >>> copy.loc[0, "a"] = 9.0
    >>> frame["a"].tolist(), copy["a"].tolist()
    ([1.0, 2.0], [9.0, 2.0])
    """
    for column in _columns(frame) or ():
        for memory in _memory(column):
            memory.flags.writeable = False


def _columns(frame: Any) -> list[Any] | None:
    """Return the arrays that hold a frame's columns; None where this version of pandas keeps them elsewhere."""
    blocks = getattr(getattr(frame, "_mgr", None), "blocks", None)
    return None if blocks is None else [getattr(block, "values", None) for block in blocks]


def _can_be_frozen(column: Any) -> bool:
    if isinstance(column, np.ndarray):
        return not column.dtype.hasobject
    kind = type(column)
    if kind.__module__.partition(".")[0] != "pandas":
        return False
    if kind.__name__ in _UNWRITABLE:
        return True
    # A StringArray is an array of objects, but all of them are texts.
    return any(True for _ in _memory(column)) and (kind.__name__ == "StringArray" or not _has_objects(column))


def _has_objects(column: Any) -> bool:
    return any(memory.dtype.hasobject for memory in _memory(column))


def _memory(column: Any) -> Iterator[np.ndarray]:
    if isinstance(column, np.ndarray):
        yield column
        return
    for name in _MEMORY:
        memory = getattr(column, name, None)
        if isinstance(memory, np.ndarray):
            yield memory
