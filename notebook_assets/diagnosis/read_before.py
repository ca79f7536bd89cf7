"""What a piece read when it was made, found among the partitions that it needs today."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from notebook_assets.diagnosis.read_subsets import running_sums
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
else:
    np = lazy_module("numpy")

Spans = list[tuple[int, int]]
"""Half-open ranges of positions, ascending."""

_MOST_TRIED = 16  # keys: all their subsets are tried, 65,536


class ReadBefore:
    """Finds in today's keys of one upstream asset what the stored texts say was read of it.

    Args:
        keys: Today's keys by position; ``[None]`` for an asset without partitions.
        definition: Whose keys.
        is_there: Of each of them whether it was ever made, a bool column.

    >>> import numpy as np
    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-06")
    >>> read = ReadBefore(days.get_partition_keys(), days, np.array([True, True, False, False, False]))
    >>> read.among('[["2013-01-01", "2013-01-02"]]', [(0, 4)]), read.among('[["2012-12-31", "2013-01-02"]]', [(0, 4)])
    ([(0, 2)], None)
    """

    def __init__(
        self, keys: Sequence[str | None], definition: PartitionsDefinition | None, is_there: npt.NDArray[np.bool_]
    ) -> None:
        self._keys = keys
        self._is_continuous = definition is not None and definition.keys_are_continuous
        self._is_there = is_there

    def among(self, text: str, needed: Spans) -> Spans | None:
        """Return where what was read is, if it is all that a piece needs today but for what is not there yet.

        Args:
            text: What was read, as :func:`read_subsets` gives it.
            needed: What is needed today.

        Returns:
            ``None`` where something was read that is not needed any more, or not read that is there.
        """
        found = self._read(text, needed)
        return found if found is not None and self._count(found) == self._count(needed) else None

    def _read(self, text: str, needed: Spans) -> Spans | None:
        if text == "" or self._is_whole:
            return [(0, 1)] if text == "" and self._is_whole else [] if text == "[]" else None
        found: Spans = []
        for first, last, *sums in json.loads(text):
            start, end = self._place.get(first, -1), self._place.get(last, -1)
            if not 0 <= start <= end or not (_holds(needed, start, start + 1) and _holds(needed, end, end + 1)):
                return None
            if sums:
                part = self._by_sum(int(sums[0], 16), _part(needed, start, end + 1))
                if part is None:
                    return None
                found += part
            elif not self._is_continuous:  # of such keys more than two have a sum
                found += [(start, start + 1)] if start == end else [(start, start + 1), (end, end + 1)]
            elif _holds(needed, start, end + 1):
                found.append((start, end + 1))
            else:
                return None
        return found

    def _by_sum(self, wanted: int, spans: Spans) -> Spans | None:
        """Return those of some positions whose keys have a sum: all, or without some that are not there."""
        positions = np.concatenate([np.arange(start, stop, dtype=np.int64) for start, stop in spans])
        hashes = self._hashes[positions]
        missing = np.flatnonzero(~self._is_there[positions])
        surplus = np.uint64((int(hashes.sum(dtype=np.uint64)) - wanted) % 2**64)
        if surplus == hashes[missing].sum(dtype=np.uint64):
            kept = np.delete(positions, missing)
        elif surplus == 0:
            kept = positions
        elif 0 < len(missing) <= _MOST_TRIED:
            sums = np.zeros(1, dtype=np.uint64)
            for one in hashes[missing]:
                sums = np.concatenate([sums, sums + one])
            fitting = np.flatnonzero(sums == surplus)
            if not len(fitting):
                return None
            choice = int(fitting[0])
            kept = np.delete(positions, [at for bit, at in enumerate(missing.tolist()) if choice >> bit & 1])
        else:
            return None
        return [(position, position + 1) for position in kept.tolist()]

    def _count(self, spans: Spans) -> int:
        """How many of some positions are there."""
        before = self._there_before
        return sum(int(before[stop] - before[start]) for start, stop in spans)

    @cached_property
    def _is_whole(self) -> bool:
        return len(self._keys) == 1 and self._keys[0] is None

    @cached_property
    def _place(self) -> dict[str | None, int]:
        return {key: position for position, key in enumerate(self._keys)}

    @cached_property
    def _hashes(self) -> npt.NDArray[np.uint64]:
        return np.diff(running_sums(self._keys))

    @cached_property
    def _there_before(self) -> npt.NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(self._is_there, dtype=np.int64)])


def _holds(spans: Spans, start: int, stop: int) -> bool:
    """Whether one of the spans holds a range."""
    at = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return at >= 0 and stop <= spans[at][1]


def _part(spans: Spans, start: int, stop: int) -> Spans:
    """Return what of the spans lies in a range."""
    return [(max(first, start), min(last, stop)) for first, last in spans if first < stop and last > start]
