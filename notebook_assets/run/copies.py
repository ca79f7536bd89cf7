"""How one value is lent to several steps so that none sees what another does to it, and how large a value is."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from notebook_assets.run.frozen_frames import can_be_frozen, freeze

_IMMUTABLE = frozenset((str, bytes, int, float, complex, bool, type(None)))
_UNKNOWN_SIZE = 1_000


class Lender(Protocol):
    """Keeps one value for several borrowers."""

    @property
    def is_cheap(self) -> bool:
        """Whether lending costs next to nothing, so that a value that was just made is worth keeping."""

    def lend(self) -> Any:
        """Return a value that the borrower may change, while this one is lent again."""

    def give(self) -> Any:
        """Return the value to the last who needs it."""


def lender_of(value: Any) -> Lender:
    """Return the cheapest way to lend a value so that nobody's changes reach anybody else.

    Frames are lent as copies on write of a copy that can't be written to, which cost next to nothing until someone
    writes; a write past the frame, into ``frame["a"].array``, raises.

    Args:
        value: Whoever it came from may keep it and change it.

    >>> a = [1, [2]]
    >>> b = lender_of(a).lend()
    >>> b[1].append(3)
    >>> a
    [1, [2]]
    """
    if type(value) in _IMMUTABLE:
        return _Immutable(value)
    if can_be_frozen(value):
        return _PlainFrame(value.copy(deep=True))
    # A deep copy of a frame shares the Python objects in its columns with the frame; a pickle shares nothing.
    return _Copied(value, copy.deepcopy if type(value).__module__ == "numpy" else _through_pickle)


@dataclass(frozen=True, slots=True)
class _Immutable:
    value: Any
    is_cheap = True

    def lend(self) -> Any:
        return self.value

    give = lend


@dataclass(slots=True)
class _PlainFrame:
    frame: Any
    is_frozen: bool = False
    is_cheap = True

    def lend(self) -> Any:
        if not self.is_frozen:
            freeze(self.frame)
            self.is_frozen = True
        return self.frame.copy(deep=False)

    def give(self) -> Any:
        return self.frame.copy(deep=True) if self.is_frozen else self.frame


@dataclass(frozen=True, slots=True)
class _Copied:
    value: Any
    copier: Callable[[Any], Any]
    is_cheap = False

    def lend(self) -> Any:
        return self.copier(self.value)

    def give(self) -> Any:
        return self.value


def _through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value, protocol=5))  # noqa: S301  (what was written here just now)


def size_in_memory(value: Any) -> int:
    """Return about how many bytes a value takes; a guess where it can't be known cheaply. It never raises.

    >>> size_in_memory([1, 2, 3]), size_in_memory(b"1234")
    (240, 4)
    """
    try:
        return max(_guessed_size(value), 0)
    except Exception:  # what a value's own attributes may raise
        return _UNKNOWN_SIZE


def _guessed_size(value: Any) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    if hasattr(value, "columns") and hasattr(value, "size"):  # asking pandas costs more than reading a small frame
        return int(value.size) * 16 + 1_000
    known = getattr(value, "nbytes", None)
    if isinstance(known, int):
        return known
    return len(value) * 80 if hasattr(value, "__len__") else 80
