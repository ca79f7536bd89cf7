"""Hourly, daily, weekly and monthly partitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notebook_assets.partitions.schedule_type import ScheduleType
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

_DAY_FORMAT = "%Y-%m-%d"
_HOUR_FORMAT = "%Y-%m-%d-%H:%M"


class HourlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each hour; keys like ``2013-01-01-00:00``.

    Args:
        start_date: The start, as a key or as a datetime on the zone's clocks.
        end_date: The end, likewise; without one the hours go on as time does.
        minute_offset: Minutes after the full hour at which the windows start.
        timezone: An IANA name; UTC if not given.
        fmt: Another format of the keys.
        end_offset: How many hours more (or, below zero, fewer) than have ended by now.
        exclusions: Hours that start at one of these datetimes, or at a tick of one of these crons, are left out.

    >>> hours = HourlyPartitionsDefinition("2013-11-03-00:00", end_date="2013-11-03-03:00", timezone="America/New_York")
    >>> hours.get_partition_keys()
    ['2013-11-03-00:00', '2013-11-03-01:00', '2013-11-03-01:00-0500', '2013-11-03-02:00']
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or _HOUR_FORMAT,
            end=end_date,
            schedule_type=ScheduleType.HOURLY,
            timezone=timezone,
            end_offset=end_offset,
            minute_offset=minute_offset,
            exclusions=exclusions,
        )


class DailyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each day; keys like ``2013-01-01``.

    Args:
        start_date: The start, as a key or as a datetime on the zone's clocks.
        end_date: The end, likewise; without one the days go on as time does.
        minute_offset: Minutes after the full hour at which the windows start.
        hour_offset: Hours after midnight at which the windows start.
        timezone: An IANA name; UTC if not given.
        fmt: Another format of the keys.
        end_offset: How many days more (or, below zero, fewer) than have ended by now.
        exclusions: Days that start at one of these datetimes, or at a tick of one of these crons, are left out.

    >>> DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01").get_num_partitions()
    365
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or _DAY_FORMAT,
            end=end_date,
            schedule_type=ScheduleType.DAILY,
            timezone=timezone,
            end_offset=end_offset,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            exclusions=exclusions,
        )


class WeeklyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each week; its key is the day on which it starts.

    Args:
        start_date: The start, as a key or as a datetime on the zone's clocks; the first week starts then or later.
        end_date: The end, likewise; without one the weeks go on as time does.
        minute_offset: Minutes after the full hour at which the windows start.
        hour_offset: Hours after midnight at which the windows start.
        day_offset: The day of the week at which the windows start; 0 is Sunday.
        timezone: An IANA name; UTC if not given.
        fmt: Another format of the keys.
        end_offset: How many weeks more (or, below zero, fewer) than have ended by now.
        exclusions: Weeks that start at one of these datetimes, or at a tick of one of these crons, are left out.

    >>> WeeklyPartitionsDefinition("2013-01-01", end_date="2013-01-22", day_offset=1).get_partition_keys()
    ['2013-01-07', '2013-01-14']
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or _DAY_FORMAT,
            end=end_date,
            schedule_type=ScheduleType.WEEKLY,
            timezone=timezone,
            end_offset=end_offset,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            day_offset=day_offset,
            exclusions=exclusions,
        )


class MonthlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each month; its key is the day on which it starts.

    Args:
        start_date: The start, as a key or as a datetime on the zone's clocks; the first month starts then or later.
        end_date: The end, likewise; without one the months go on as time does.
        minute_offset: Minutes after the full hour at which the windows start.
        hour_offset: Hours after midnight at which the windows start.
        day_offset: The day of the month at which the windows start; months without such a day start no window.
        timezone: An IANA name; UTC if not given.
        fmt: Another format of the keys.
        end_offset: How many months more (or, below zero, fewer) than have ended by now.
        exclusions: Months that start at one of these datetimes, or at a tick of one of these crons, are left out.

    >>> MonthlyPartitionsDefinition("2013-01", end_date="2013-03", fmt="%Y-%m").get_partition_keys()
    ['2013-01', '2013-02']
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 1,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or _DAY_FORMAT,
            end=end_date,
            schedule_type=ScheduleType.MONTHLY,
            timezone=timezone,
            end_offset=end_offset,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            day_offset=day_offset,
            exclusions=exclusions,
        )
