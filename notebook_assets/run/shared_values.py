"""Values that several steps of a run need: read once, kept within a bound, handed out as copies, dropped at the end."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.diagnosis.single import one_to_one
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.run.copies import Lender, lender_of, size_in_memory

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    lender: Lender
    size: int


class SharedValues:
    """The values that later steps will need again, at most ``limit`` bytes of them; the longest unused go first.

    A source is anything hashable that stands for where values come from (an asset, say); it has a value at each
    position. :meth:`expect` tells how often each will be asked for: at the last time, the value itself is handed out
    and forgotten, so that what only one step needs is neither copied nor kept.

    >>> import numpy as np
    >>> shared = SharedValues()
    >>> shared.expect("hours", np.array([2, 1]))
    >>> shared.get("hours", 0, 1, lambda: "read"), shared.get("hours", 0, 1, lambda: "read again")
    ('read', 'read')
    """

    def __init__(self, limit: int = 512 * 2**20) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[tuple[Hashable, int], _Kept] = OrderedDict()
        self._uses: dict[Hashable, np.ndarray] = {}
        self._lock = threading.RLock()
        self._loans = threading.local()  # by thread, that is by step

    def __len__(self) -> int:
        return len(self._kept)

    def expect(self, source: Hashable, uses: np.ndarray) -> None:
        """Tell that each value of a source will be asked for so many times more: int64 by position."""
        self._uses[source] = self._uses[source] + uses if source in self._uses else uses

    def shared_positions(self, source: Hashable) -> int:
        """Return how many positions a source has, where a value of it will be asked for more than once; else 0.

        >>> import numpy as np
        >>> shared = SharedValues()
        >>> shared.expect("hours", np.array([2, 1]))
        >>> shared.shared_positions("hours"), shared.shared_positions("days")
        (2, 0)
        """
        uses = self._uses.get(source)
        return len(uses) if uses is not None and len(uses) and int(uses.max()) > 1 else 0

    def get(self, source: Hashable, position: int, version: int, read: Callable[[], Any]) -> Any:
        """Return a value that the caller may change; ``read`` gives it when it is not kept in this version."""
        with self._lock:
            is_last = self._count_down(source, position)
            kept = self._kept.get((source, position))
            if kept is not None and kept.version == version:
                self._borrow(kept)
                if is_last:
                    self._drop((source, position))
                    return kept.lender.give()
                self._kept.move_to_end((source, position))
                return kept.lender.lend()
        value = read()  # by several at a time, where they are in several threads
        if is_last:
            return value
        try:
            lender = lender_of(value)
            lent = lender.lend()
        except Exception:  # a value that can't be copied is read anew for each that needs it
            return value
        kept = _Kept(version, lender, size_in_memory(value))
        with self._lock:
            self._borrow(kept)
            self._keep((source, position), kept)
        return lent

    def _count_down(self, source: Hashable, position: int) -> bool:
        """Return whether nobody will ask for a value after this."""
        uses = self._uses.get(source)
        if uses is None:
            return True
        uses[position] -= 1
        return bool(uses[position] <= 0)

    def put(self, source: Hashable, position: int, version: int, value: Any) -> None:
        """Keep a value that was just stored, where it will be asked for and copies of it cost next to nothing."""
        uses = self._uses.get(source)
        if uses is None or uses[position] <= 0:
            return
        try:
            lender = lender_of(value)
        except Exception:  # it is stored, and can be read from there
            return
        if lender.is_cheap:
            with self._lock:
                self._keep((source, position), _Kept(version, lender, size_in_memory(value)))

    def step_ended(self) -> None:
        """Let go of what the step of this thread was lent: a frame can be written to only while its lender lives."""
        self._loans.__dict__.clear()

    def _borrow(self, kept: _Kept) -> None:
        self._loans.__dict__.setdefault("kept", []).append(kept)

    def _keep(self, place: tuple[Hashable, int], kept: _Kept) -> None:
        if place in self._kept:
            self._drop(place)
        if kept.size > self.limit:
            return
        self._kept[place] = kept
        self.size += kept.size
        while self.size > self.limit:
            self._drop(next(iter(self._kept)))

    def _drop(self, place: tuple[Hashable, int]) -> None:
        kept = self._kept.pop(place)
        self.size -= kept.size


def uses_by_position(links: Links, rows: np.ndarray, count: int) -> np.ndarray:
    """Return how many of some downstream rows need each upstream position, int64 of shape ``(count,)``.

    Args:
        links: Which upstream positions each row needs.
        rows: The downstream rows, int64, each once.
        count: How many upstream positions there are.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1, 2]), np.array([0, 1]), np.array([2, 3]))
    >>> uses_by_position(links, np.array([0, 1]), 3).tolist()
    [1, 2, 1]
    """
    if links is one_to_one():
        return np.full(count, len(rows), dtype=np.int64)
    chosen = np.zeros(len(links), dtype=bool)
    chosen[rows] = True
    spans = np.repeat(chosen, np.diff(links.offsets))
    edges = np.bincount(links.starts[spans], minlength=count + 1) - np.bincount(links.stops[spans], minlength=count + 1)
    uses: np.ndarray = np.cumsum(edges[:count], dtype=np.int64)
    return uses
