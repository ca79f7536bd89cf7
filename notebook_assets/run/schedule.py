"""Schedule: which calls of a run can begin, key by key, as those that they wait for come to their end. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

Call = tuple[int, int]
"""A call: the number of its unit, and its own in that."""


@dataclass(frozen=True, eq=False)
class Need:
    """What the calls of a unit take of one asset.

    Args:
        key: The asset that is taken.
        links: Which of its positions each position needs.
        rows: For which positions that holds, bool by position; all where it is None.
    """

    key: AssetKey
    links: Links
    rows: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Unit:
    """The calls of one function.

    Args:
        made: The assets that they make, each with the positions at which it is made, ascending.
        needs: What they take.
        groups: The positions of each call, ascending; by default each position has a call of its own.
    """

    made: tuple[tuple[AssetKey, np.ndarray], ...]
    needs: tuple[Need, ...] = ()
    groups: Sequence[np.ndarray] | None = None


class Schedule:
    """The calls of a run, in an order in which each comes after all that it waits for; downstream first.

    A call waits for those pieces that it needs and that the run makes: by earlier units, or by calls of its own unit
    at earlier positions. Of these it watches one at a time, so that what a hundred thousand keys need of each other
    takes no more room than the keys do.

    Args:
        units: What is called, upstream first.
        sizes: How many positions each asset has.
        newest: Whether later positions come first, where nothing says otherwise.
        barriers: The numbers of the units that have to come to their end, with all before them, before a later begins.

    >>> import numpy as np
    >>> one, two = AssetKey("one"), AssetKey("two")
    >>> links = Links(np.array([0, 1, 2]), np.array([0, 1]), np.array([1, 2]))
    >>> both = np.array([0, 1])
    >>> schedule = Schedule([Unit(((one, both),)), Unit(((two, both),), (Need(one, links),))], {one: 2, two: 2})
    >>> schedule.next(), schedule.next(), schedule.next()
    ((0, 0), (0, 1), None)
    >>> schedule.ended((0, 1))
    False
    >>> schedule.next()
    (1, 1)
    """

    def __init__(
        self,
        units: Sequence[Unit],
        sizes: dict[AssetKey, int],
        *,
        newest: bool = False,
        barriers: Collection[int] = (),
    ) -> None:
        self._units = units
        self._newest = newest
        self._barriers = sorted(barriers)
        self._pending = {key: np.zeros(size, dtype=bool) for key, size in sizes.items()}
        self._rows = [_rows_of(unit) for unit in units]  # positions of all calls, one after the other
        self._left = [len(offsets) - 1 for _, offsets in self._rows]
        self._ready: list[tuple[int, int, int]] = []
        self._held: list[tuple[int, int, int]] = []  # ready, but behind a barrier
        self._fresh: list[np.ndarray] = []  # by unit, the calls that wait for nothing, the last one first
        self._first_watches: dict[AssetKey, list[tuple[int, np.ndarray, np.ndarray]]] = {}
        self._watches: dict[tuple[AssetKey, int], list[Call]] = {}
        for number, unit in enumerate(units):
            for key, positions in unit.made:
                self._pending[key][positions] = True
            self._enter(number)

    def positions(self, call: Call) -> np.ndarray:
        """Return the positions of a call."""
        rows, offsets = self._rows[call[0]]
        found: np.ndarray = rows[offsets[call[1]] : offsets[call[1] + 1]]
        return found

    def next(self) -> Call | None:
        """Return a call that can begin; None where all that is left waits for others."""
        limit = self._limit()
        while self._ready:
            entry = heappop(self._ready)
            if -entry[0] > limit:
                self._held.append(entry)
                continue
            number, call = -entry[0], entry[2]
            self._offer_fresh(number, call)
            return number, call
        return None

    def ended(self, call: Call) -> bool:
        """Take note that a call has come to its end, whatever came of it; return whether its unit has."""
        number = call[0]
        positions = self.positions(call)
        woken: dict[Call, None] = {}
        for key, planned in self._units[number].made:
            own = positions if len(planned) == len(self._rows[number][0]) else positions[np.isin(positions, planned)]
            self._pending[key][own] = False
            for position in own.tolist():
                woken.update(dict.fromkeys(self._watching(key, position)))
        for other in woken:
            self._settle(other)
        self._left[number] -= 1
        return not self._left[number]

    def lift(self) -> None:
        """Let those begin whose barrier is no more, after the work at the barrier is done."""
        while self._barriers and not any(self._left[: self._barriers[0] + 1]):
            self._barriers.pop(0)
            held, self._held = self._held, []
            for entry in held:
                heappush(self._ready, entry)

    def _limit(self) -> int:
        return self._barriers[0] if self._barriers else len(self._units)

    def _enter(self, number: int) -> None:
        """Find out, for all calls of a unit at once, what each of them waits for first."""
        rows, offsets = self._rows[number]
        waiting = np.ones(len(offsets) - 1, dtype=bool)  # calls of which nothing is known to be waited for
        for need in self._units[number].needs:
            if not self._pending[need.key].any():
                continue
            watched = self._last_pending(number, need)
            by_call = np.maximum.reduceat(watched, offsets[:-1]) if len(rows) else watched
            found = np.flatnonzero(waiting & (by_call >= 0))
            if len(found):
                waiting[found] = False
                order = np.argsort(by_call[found], kind="stable")
                entry = (number, by_call[found][order], found[order])
                self._first_watches.setdefault(need.key, []).append(entry)
        fresh = np.flatnonzero(waiting)
        self._fresh.append(fresh if self._newest else fresh[::-1])
        self._offer_fresh(number, None)

    def _last_pending(self, number: int, need: Need) -> np.ndarray:
        """Return, for each position of a unit, the last one that it waits for of an asset; -1 for none."""
        rows, offsets = self._rows[number]
        pending = self._pending[need.key]
        if self._is_own(number, need.key):
            starts = np.repeat(rows[offsets[:-1]], np.diff(offsets)) if len(rows) else rows
            pairs = zip(rows.tolist(), starts.tolist(), strict=True)
            found = np.fromiter((self._last_in(need, row, start, pending) for row, start in pairs), np.int64, len(rows))
        else:
            columns = np.arange(len(pending), dtype=np.int64)
            if self._newest:  # the first pending one: it is made last
                least = need.links.max_of(np.where(pending, -columns, -len(pending)), -len(pending))[rows]
                found = np.where(least == -len(pending), -1, -least)
            else:
                found = need.links.max_of(np.where(pending, columns, -1), -1)[rows]
        if need.rows is not None:
            found = np.where(need.rows[rows], found, -1)
        return found

    def _is_own(self, number: int, key: AssetKey) -> bool:
        return any(key == made for made, _ in self._units[number].made)

    def _last_in(self, need: Need, row: int, before: int | None, pending: np.ndarray) -> int:
        """Return a position that a row still waits for, -1 where there is none."""
        for start, stop in reversed(need.links.spans(row)):
            part = pending[start:stop] if before is None else pending[start : max(start, min(stop, before))]
            if len(part) and part.any():
                return start + int(part.argmax()) if self._newest else start + len(part) - 1 - int(part[::-1].argmax())
        return -1

    def _watching(self, key: AssetKey, position: int) -> list[Call]:
        """Return the calls that watched a piece, which do so no more."""
        found = self._watches.pop((key, position), [])
        for number, watched, calls in self._first_watches.get(key, ()):
            first, last = watched.searchsorted(position, "left"), watched.searchsorted(position, "right")
            found += [(number, call) for call in calls[first:last].tolist()]
        return found

    def _settle(self, call: Call) -> None:
        """Have a call watch the next piece that it waits for, or count it as ready."""
        number = call[0]
        positions = self.positions(call)
        for need in self._units[number].needs:
            pending = self._pending[need.key]
            before = int(positions[0]) if self._is_own(number, need.key) else None
            for row in positions.tolist():
                if need.rows is not None and not need.rows[row]:
                    continue
                at = self._last_in(need, row, before, pending)
                if at >= 0:
                    self._watches.setdefault((need.key, at), []).append(call)
                    return
        heappush(self._ready, self._entry(call))

    def _entry(self, call: Call) -> tuple[int, int, int]:
        return -call[0], -call[1] if self._newest else call[1], call[1]

    def _offer_fresh(self, number: int, taken: int | None) -> None:
        """Offer the next of the calls that never waited, where the one that was offered is taken: one at a time."""
        fresh = self._fresh[number]
        if taken is not None:
            if not len(fresh) or fresh[-1] != taken:
                return
            fresh = self._fresh[number] = fresh[:-1]
        if len(fresh):
            heappush(self._ready, self._entry((number, int(fresh[-1]))))


def _rows_of(unit: Unit) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of all calls, and where those of each begin."""
    if unit.groups is not None:
        offsets = np.cumsum([0, *(len(group) for group in unit.groups)], dtype=np.int64)
        return np.concatenate([np.zeros(0, dtype=np.int64), *unit.groups]), offsets
    if len(unit.made) == 1:
        rows = np.asarray(unit.made[0][1], dtype=np.int64)
    else:
        rows = np.unique(np.concatenate([positions for _, positions in unit.made]))
    return rows, np.arange(len(rows) + 1, dtype=np.int64)
