"""Values that many pieces share are read once, kept within a bound, and handed out as copies."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

_IMMUTABLE = (str, bytes, int, float, complex, bool, type(None), frozenset)


def copier_of(value: Any) -> Callable[[Any], Any]:
    """Return the cheapest way to copy a value so that changing the copy does not change the value.

    Frames are copied on write, so their copies cost next to nothing until someone writes.

    >>> a = [1, [2]]
    >>> b = copier_of(a)(a)
    >>> b[1].append(3)
    >>> a
    [1, [2]]
    """
    if isinstance(value, _IMMUTABLE):
        return _itself
    return _copied_on_write if _is_frame_without_objects(value) else copy.deepcopy


def _itself(value: Any) -> Any:
    return value


def _copied_on_write(frame: Any) -> Any:
    return frame.copy(deep=False)


def _is_frame_without_objects(value: Any) -> bool:
    """Whether it is a frame or series of plain columns; copy-on-write does not protect Python objects in columns."""
    kind = type(value)
    if kind.__module__.partition(".")[0] != "pandas" or kind.__name__ not in ("DataFrame", "Series"):
        return False
    dtypes = value.dtypes if kind.__name__ == "DataFrame" else [value.dtype]
    return all(str(dtype) != "object" for dtype in dtypes)


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
        self.values: OrderedDict[Hashable, tuple[Any, int, Callable[[Any], Any]]] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], tuple[Any, int]]) -> Any:
        """Return a copy of the value of ``key``; ``read`` gives it and its size in bytes when it is not here."""
        found = self.values.get(key)
        if found is not None:
            self.values.move_to_end(key)
            return found[2](found[0])
        value, size = read()
        if size > self.limit:
            return value
        copier = copier_of(value)
        try:
            handed_out = copier(value)
        except Exception:  # a value that can't be copied is read anew for each that needs it
            return value
        self._keep(key, value, size, copier)
        return handed_out

    def put(self, key: Hashable, value: Any) -> None:
        """Keep a value that was just stored and comes back the very same, where copies of it cost next to nothing."""
        copier = copier_of(value)
        if copier is not copy.deepcopy:
            self._keep(key, copier(value), size_in_memory(value), copier)

    def _keep(self, key: Hashable, value: Any, size: int, copier: Callable[[Any], Any]) -> None:
        self.values[key] = (value, size, copier)
        self.size += size
        while self.size > self.limit:
            self.size -= self.values.popitem(last=False)[1][1]


def size_in_memory(value: Any) -> int:
    """Return about how many bytes a value takes; a guess on the safe side where it can't be known cheaply.

    >>> size_in_memory([1, 2, 3])
    240
    """
    known = getattr(value, "nbytes", None) if not hasattr(value, "columns") else None
    if isinstance(known, int):
        return known
    if hasattr(value, "columns"):  # asking pandas costs more than reading a small frame
        return int(value.size) * 16 + 1_000
    return len(value) * 80 if hasattr(value, "__len__") else 80
