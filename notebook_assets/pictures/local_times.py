"""Moments as a wall clock shows them, in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Moment(NamedTuple):
    """What the calendar and the clock on the wall show."""

    day: date
    hour: int
    minute: int


def wall_clock(seconds: Sequence[int], timezone: str) -> list[Moment]:
    """Return calendar and clock for moments given in seconds since 1970, UTC.

    >>> wall_clock([0], "America/New_York")
    [Moment(day=datetime.date(1969, 12, 31), hour=19, minute=0)]
    """
    zone = UTC if timezone == "UTC" else ZoneInfo(timezone)
    made: list[Moment] = []
    for second in seconds:
        there = datetime.fromtimestamp(int(second), zone)
        made.append(Moment(there.date(), there.hour, there.minute))
    return made


def shifts(first: date, last: date, timezone: str) -> dict[date, int]:
    """Return the days whose clock is set forward or back, with the change of their length in minutes.

    >>> shifts(date(2013, 3, 1), date(2013, 3, 31), "America/New_York")
    {datetime.date(2013, 3, 10): -60}
    """
    zone = UTC if timezone == "UTC" else ZoneInfo(timezone)
    found: dict[date, int] = {}
    day = first
    before = datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()
    while day <= last and day < date.max:
        following = day + timedelta(days=1)
        after = datetime(following.year, following.month, following.day, tzinfo=zone).utcoffset()
        if before is not None and after is not None and before != after:
            found[day] = round((before - after).total_seconds() / 60)
        day, before = following, after
    return found
