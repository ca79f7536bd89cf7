"""Whether a downstream stretch of time can ever overlap two upstream windows: shown for all windows, not for some.

Two windows of fixed length are settled by arithmetic. Ticks of one cron that are all ticks of the other are settled by
their times of day. All others are settled by trying each upstream window until the rules of the clocks repeat each
year, and then through all kinds of years; a stretch that does overlap two mostly shows itself in the first year.
"""

from __future__ import annotations

from datetime import UTC
from math import gcd
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.key_layout import LAST_WALL
from notebook_assets.partitions.ticks import DAY, FixedGrid, Grid
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_YEAR = 366 * DAY
_FIRST_LOOK, _STEP = _YEAR, 8 * _YEAR
_RULES_REPEAT = 2_145_916_800  # the start of 2038: from then on a zone has the same rules each year
_ALL_KINDS_OF_YEARS = 29 * _YEAR  # leap or not, from each day of the week on: what crons and rules of clocks look at
_MOST = 3_000_000  # upstream windows that are tried at most; minutes that are no even steps come to more in some years


def overlaps_one(
    downstream: TimeWindowPartitionsDefinition,
    upstream: TimeWindowPartitionsDefinition,
    start_offset: int,
    end_offset: int,
) -> bool:
    """Return whether no downstream window, its start and end shifted by windows, overlaps two upstream windows.

    The starts and ends of the definitions decide nothing, but for the first downstream window.

    Args:
        downstream: Whose windows are shifted.
        upstream: In the same time zone.
        start_offset: By how many windows the start is shifted.
        end_offset: By how many the end is, at least as many.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition, HourlyPartitionsDefinition
    >>> days, hours = DailyPartitionsDefinition("2013-01-01"), HourlyPartitionsDefinition("2013-01-01-00:00")
    >>> overlaps_one(hours, days, 0, 0), overlaps_one(days, hours, 0, 0), overlaps_one(hours, days, -1, 0)
    (True, False, False)
    """
    length = end_offset - start_offset + 1
    if isinstance(downstream.grid, FixedGrid) and isinstance(upstream.grid, FixedGrid):
        return _fixed_overlaps_one(downstream.grid, upstream.grid, length)
    if length == 1 and _ticks_are_shared(downstream, upstream):
        return True
    return _tried_overlaps_one(downstream, upstream, start_offset, length)


def _fixed_overlaps_one(down: FixedGrid, up: FixedGrid, length: int) -> bool:
    """By arithmetic: starts lie at all multiples of the common divisor after an upstream tick, plus a rest."""
    common = gcd(down.step, up.step)
    rest = (down.first - up.first) % common
    return rest + length * down.step <= common


def _ticks_are_shared(down: TimeWindowPartitionsDefinition, up: TimeWindowPartitionsDefinition) -> bool:
    """Whether all upstream ticks are plainly downstream ticks, so that none lies inside a downstream window."""
    theirs, ours = up._cron, down._cron
    # Where clocks change, plans of once a day, several times a day and every hour fall on different instants.
    alike = up.zone.tzinfo is UTC or (theirs.one_time, theirs.every_hour) == (ours.one_time, ours.every_hour)
    return alike and ours.every_day and down.has_no_holes and set(theirs.times) <= set(ours.times)


def _tried_overlaps_one(
    downstream: TimeWindowPartitionsDefinition,
    upstream: TimeWindowPartitionsDefinition,
    start_offset: int,
    length: int,
) -> bool:
    # Copies, so that grids that list their windows are not kept as long as the definitions are.
    down, up = (type(one).from_dict(one.to_dict()).grid for one in (downstream, upstream))
    begin = down.start(start_offset)
    last = min(max(begin, _RULES_REPEAT) + _ALL_KINDS_OF_YEARS, LAST_WALL - _ALL_KINDS_OF_YEARS)
    low, tried, reach = up.floor(begin), 0, _FIRST_LOOK
    while begin < last and tried < _MOST:
        begin += reach
        high = up.floor(begin)
        if high > low and _crosses(down, up, np.arange(low, high, dtype=np.int64), start_offset, length):
            return False
        tried, low, reach = tried + high - low, high, _STEP
    return True


def _crosses(down: Grid, up: Grid, numbers: IntArray, first: int, length: int) -> bool:
    """Whether a stretch that begins in one of some upstream windows reaches into the next one."""
    ends, next_starts = up.ends(numbers), up.starts(numbers + 1)
    begins = np.maximum(down.floors(ends - 1), first)  # of the last stretch that begins in each
    reaches = (down.ends(begins + length - 1) > next_starts) & (down.starts(begins) < ends)
    return bool(reaches.any())
