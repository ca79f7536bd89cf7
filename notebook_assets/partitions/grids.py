"""Which grid of windows a cron expression makes from a start on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from notebook_assets.partitions.cron import Cron, parse_cron
from notebook_assets.partitions.listed_ticks import CronWindows, KeptWindows, ListedGrid
from notebook_assets.partitions.ticks import DAY, CalendarGrid, FixedGrid, Grid
from notebook_assets.partitions.wall_clock import Zone

_THURSDAY = 4  # the first of January 1970, counted from Sunday


def make_grid(cron: Cron, zone: Zone, start: int, exclusions: tuple[str | int, ...] = ()) -> Grid:
    """Return the windows between the ticks of a cron; number 0 is the first that starts at ``start`` or later.

    Args:
        cron: When windows start, and the one before ends.
        zone: On whose clocks.
        start: Seconds since 1970 in UTC.
        exclusions: Windows that start at one of these instants, or at a tick of one of these crons, are left out.

    >>> from notebook_assets.partitions.wall_clock import zone
    >>> make_grid(parse_cron("0 * * * *"), zone("UTC"), 1)
    FixedGrid(first=3600, step=3600)
    """
    grid = _calendar_grid(cron, zone, start) or ListedGrid(start, CronWindows(cron, zone), cron.expression)
    if not exclusions:
        return grid
    instants = tuple(exclusion for exclusion in exclusions if isinstance(exclusion, int))
    crons = tuple(parse_cron(exclusion) for exclusion in exclusions if isinstance(exclusion, str))
    what = f"The cron expression {cron.expression!r} with its exclusions"
    return ListedGrid(start, KeptWindows(grid, zone, instants, crons), what)


def _calendar_grid(cron: Cron, zone: Zone, start: int) -> Grid | None:
    if cron.step is not None:
        return FixedGrid(_first_minute(cron.times[0], cron.step, zone, start), cron.step)
    if not cron.one_time:
        return None
    time = cron.times[0]
    if cron.month_day is not None:
        if cron.month_day > 28:  # not every month has one
            return None
        grid = CalendarGrid(zone, days=0, first=0, time=(cron.month_day - 1) * DAY + time)
    elif cron.weekday is not None:
        grid = CalendarGrid(zone, days=7, first=(cron.weekday - _THURSDAY) % 7, time=time)
    elif cron.every_day and not zone.skipped_a_day:  # else two days may start at one moment: they are listed
        grid = CalendarGrid(zone, days=1, first=0, time=time)
    else:
        return None
    first = grid.floor(start - 1) + 1
    if zone.tzinfo is UTC and grid.days:  # clocks that never change: plain arithmetic
        return FixedGrid(grid.start(first), grid.days * DAY)
    return replace(grid, first=grid.first + first * max(grid.days, 1))


def _first_minute(phase: int, step: int, zone: Zone, start: int) -> int:
    """The first instant from ``start`` on whose wall time is ``phase`` seconds after a multiple of ``step``."""
    instant = start + -(start + zone.offset(start)) % 60
    while (instant + zone.offset(instant) - phase) % step:
        instant += 60
    return instant


def whole_second(moment: float) -> int:
    """The first whole second at or after a moment in seconds.

    >>> whole_second(1.5), whole_second(2.0)
    (2, 2)
    """
    return -int(-moment // 1)


def local_instant(moment: datetime, zone: Zone) -> float:
    """The instant at which a zone's clocks show what a datetime shows; its own zone, if any, does not count.

    >>> from notebook_assets.partitions.wall_clock import zone
    >>> local_instant(datetime(1970, 1, 1), zone("Asia/Kathmandu"))
    -19800.0
    """
    return moment.replace(tzinfo=zone.tzinfo).timestamp()
