"""Values that many pieces share are read once, kept within a bound, and handed out as copies."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

_IMMUTABLE = (str, bytes, int, float, complex, bool, type(None), frozenset)


def copy_of(value: Any) -> Any:
    """Return a copy that may be changed without changing ``value``.

    Frames are copied on write, so their copies cost nothing until someone writes.

    >>> a = [1, [2]]
    >>> b = copy_of(a)
    >>> b[1].append(3)
    >>> a
    [1, [2]]
    """
    if isinstance(value, _IMMUTABLE):
        return value
    kind = type(value)
    if kind.__module__.startswith("pandas.") and kind.__name__ in ("DataFrame", "Series") and not _holds_objects(value):
        return value.copy(deep=False)
    return copy.deepcopy(value)


def _holds_objects(value: Any) -> bool:
    """Whether a frame has columns of Python objects, which copy-on-write does not protect."""
    dtypes = value.dtypes if hasattr(value, "columns") else [value.dtype]
    return any(dtype == object for dtype in dtypes)


class ValueCache:
    """The latest values read in a run, at most ``limit`` bytes of them; the longest unused go first.

    >>> cache = ValueCache(limit=100)
    >>> cache.get("a", lambda: ([1, 2], 60)), cache.get("b", lambda: ([3], 60))
    ([1, 2], [3])
    >>> list(cache.values)
    ['b']
    """

    def __init__(self, limit: int = 512 * 2**20) -> None:
        self.limit = limit
        self.size = 0
        self.values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], tuple[Any, int]]) -> Any:
        """Return a copy of the value of ``key``; ``read`` gives it and its size in bytes when it is not here."""
        found = self.values.get(key)
        if found is not None:
            self.values.move_to_end(key)
            return copy_of(found[0])
        value, size = read()
        if size > self.limit:
            return value
        try:
            handed_out = copy_of(value)
        except Exception:  # a value that can't be copied is read anew for each that needs it
            return value
        self.values[key] = (value, size)
        self.size += size
        while self.size > self.limit:
            self.size -= self.values.popitem(last=False)[1][1]
        return handed_out


def size_in_memory(value: Any) -> int:
    """Return about how many bytes a value takes; a guess where it can't be known cheaply."""
    if hasattr(value, "memory_usage"):
        usage = value.memory_usage(deep=False)
        return int(usage if isinstance(usage, int) else usage.sum())
    return int(getattr(value, "nbytes", 0)) or (len(value) * 8 if hasattr(value, "__len__") else 64)
