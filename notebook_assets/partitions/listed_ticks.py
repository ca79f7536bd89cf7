"""Grids of time windows that no arithmetic gives, for other crons and with exclusions: listed as far as asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import RLock
from typing import TYPE_CHECKING

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.cron import Cron
from notebook_assets.partitions.ticks import (
    DAY,
    Grid,
    scheduled_hourly_all,
    scheduled_often_all,
    scheduled_once_all,
)
from notebook_assets.partitions.wall_clock import Zone

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_YEAR = 366 * DAY
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MOST = 60 * _YEAR  # nothing within this time: it never will
_FIRST_DAY, _LAST_DAY = -719_000, 2_932_000  # the years 2 to 9997


def cron_ticks(cron: Cron, zone: Zone, first: int, last: int) -> IntArray:
    """All instants at which a cron fires, from ``first`` up to but not including ``last``; sorted, none twice.

    >>> from notebook_assets.partitions.cron import parse_cron
    >>> from notebook_assets.partitions.wall_clock import zone
    >>> cron_ticks(parse_cron("0 9,17 * * 1-5"), zone("UTC"), 0, 86_400).tolist()
    [32400, 61200]
    """
    days = range(max(first // DAY - 2, _FIRST_DAY), min(last // DAY + 3, _LAST_DAY))
    if not cron.every_day:
        match = cron.matches_day
        chosen = [day for day in days if match(date.fromordinal(day + _EPOCH_ORDINAL))]
    else:
        chosen = list(days)
    walls = (np.array(chosen, dtype=np.int64)[:, None] * DAY + np.array(cron.times, dtype=np.int64)).ravel()
    if cron.every_hour:
        ticks = scheduled_hourly_all(zone, walls)
    else:
        ticks = np.unique((scheduled_once_all if cron.one_time else scheduled_often_all)(zone, walls))
    return ticks[np.searchsorted(ticks, first) : np.searchsorted(ticks, last)]


@dataclass(eq=False)
class ListedGrid:
    """Windows kept as arrays that grow at both ends when a window further out is asked for.

    Args:
        origin: Window 0 is the first that starts at or after this instant.
        windows: Gives the starts and ends of all windows that start from one instant up to but not including another.
        what: What the windows belong to, for the error.

    >>> from notebook_assets.partitions.cron import parse_cron
    >>> from notebook_assets.partitions.wall_clock import zone
    >>> grid = ListedGrid(0, CronWindows(parse_cron("0 9,17 * * *"), zone("UTC")), "")
    >>> grid.start(1), grid.start(-1), grid.floor(40_000)
    (61200, -25200, 0)
    """

    origin: int
    windows: Callable[[int, int], tuple[IntArray, IntArray]]
    what: str
    _lock: RLock = field(default_factory=RLock, init=False, repr=False)
    _low: int = field(init=False)
    _high: int = field(init=False)
    _arrays: tuple[IntArray, IntArray, int] = field(init=False)

    def __post_init__(self) -> None:
        self._low = self._high = self.origin
        empty = np.zeros(0, dtype=np.int64)
        self._arrays = (empty, empty, 0)

    def start(self, number: int) -> int:
        """The instant at which a window starts."""
        starts, _, zero = self._with_numbers(number, number)
        return int(starts[number + zero])

    def end(self, number: int) -> int:
        """The instant at which a window ends."""
        _, ends, zero = self._with_numbers(number, number)
        return int(ends[number + zero])

    def floor(self, instant: int) -> int:
        """The number of the last window that starts at or before an instant."""
        starts, _, zero = self._with_instants(instant, instant)
        return int(starts.searchsorted(instant, side="right")) - 1 - zero

    def starts(self, numbers: IntArray) -> IntArray:
        """The starts of many windows."""
        if not numbers.size:
            return numbers
        starts, _, zero = self._with_numbers(int(numbers.min()), int(numbers.max()))
        return starts[numbers + zero]

    def ends(self, numbers: IntArray) -> IntArray:
        """The ends of many windows."""
        if not numbers.size:
            return numbers
        _, ends, zero = self._with_numbers(int(numbers.min()), int(numbers.max()))
        return ends[numbers + zero]

    def floors(self, instants: IntArray) -> IntArray:
        """What :meth:`floor` says of many instants."""
        if not instants.size:
            return instants
        starts, _, zero = self._with_instants(int(instants.min()), int(instants.max()))
        return starts.searchsorted(instants, side="right") - 1 - zero

    def _with_instants(self, first: int, last: int) -> tuple[IntArray, IntArray, int]:
        with self._lock:
            if first < self._low:
                self._grow_down(first - _YEAR)
            if last >= self._high:
                self._grow_up(last + _YEAR)
            return self._arrays

    def _with_numbers(self, first: int, last: int) -> tuple[IntArray, IntArray, int]:
        with self._lock:
            step, reached = _YEAR, self._high
            while last >= len(self._arrays[0]) - self._arrays[2]:
                count = len(self._arrays[0])
                self._grow_up(self._high + step)
                reached = self._high if len(self._arrays[0]) > count else reached
                self._give_up_after(self._high - reached)
                step = min(step * 2, _MOST)
            step, reached = _YEAR, self._low
            while first < -self._arrays[2]:
                count = self._arrays[2]
                self._grow_down(self._low - step)
                reached = self._low if self._arrays[2] > count else reached
                self._give_up_after(reached - self._low)
                step = min(step * 2, _MOST)
            return self._arrays

    def _give_up_after(self, barren: int) -> None:
        if barren > _MOST:
            raise InvalidDefinitionError(f"{self.what} leaves no time windows for {barren // _YEAR} years.")

    def _grow_up(self, high: int) -> None:
        starts, ends = self.windows(self._high, high)
        old_starts, old_ends, zero = self._arrays
        self._arrays = (np.concatenate([old_starts, starts]), np.concatenate([old_ends, ends]), zero)
        self._high = high

    def _grow_down(self, low: int) -> None:
        starts, ends = self.windows(low, self._low)
        old_starts, old_ends, zero = self._arrays
        arrays = (np.concatenate([starts, old_starts]), np.concatenate([ends, old_ends]))
        self._arrays = (*arrays, zero + len(starts))
        self._low = low


@dataclass(frozen=True)
class CronWindows:
    """The windows between the ticks of a cron expression; what a :class:`ListedGrid` lists.

    >>> from notebook_assets.partitions.cron import parse_cron
    >>> from notebook_assets.partitions.wall_clock import zone
    >>> [column.tolist() for column in CronWindows(parse_cron("0 9,17 * * *"), zone("UTC"))(0, 86_400)]
    [[32400, 61200], [61200, 118800]]
    """

    cron: Cron
    zone: Zone

    def __call__(self, first: int, last: int) -> tuple[IntArray, IntArray]:
        """The starts and ends of the windows that start from ``first`` up to but not including ``last``."""
        reach = _YEAR
        while True:  # the end of the last window is the next tick, which may be years away (29 February)
            ticks = cron_ticks(self.cron, self.zone, first, last + reach)
            count = int(np.searchsorted(ticks, last))
            if count < len(ticks) or not count:
                return ticks[:count], ticks[1 : count + 1]
            if reach > _MOST:
                raise InvalidDefinitionError(f"The cron expression {self.cron.expression!r} never fires again.")
            reach *= 4


@dataclass(frozen=True)
class KeptWindows:
    """The windows of another grid without those whose start is excluded; what a :class:`ListedGrid` lists.

    >>> from notebook_assets.partitions.ticks import FixedGrid
    >>> from notebook_assets.partitions.wall_clock import zone
    >>> starts, ends = KeptWindows(FixedGrid(0, 3600), zone("UTC"), (3600,), ())(0, 10_800)
    >>> starts.tolist(), ends.tolist()
    ([0, 7200], [3600, 10800])
    """

    grid: Grid
    zone: Zone
    instants: tuple[int, ...]
    crons: tuple[Cron, ...]

    def __call__(self, first: int, last: int) -> tuple[IntArray, IntArray]:
        """The starts and ends of the windows that start from ``first`` up to but not including ``last``."""
        numbers = np.arange(self.grid.floor(first - 1) + 1, self.grid.floor(last - 1) + 1, dtype=np.int64)
        starts = self.grid.starts(numbers)
        kept = ~np.isin(starts, np.array(self.instants, dtype=np.int64))
        for cron in self.crons:
            kept &= ~np.isin(starts, cron_ticks(cron, self.zone, first, last))
        return starts[kept], self.grid.ends(numbers[kept])
