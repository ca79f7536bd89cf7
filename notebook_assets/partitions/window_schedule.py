"""WindowSchedule: how often the windows of a definition start, and at which offsets."""

from __future__ import annotations

from abc import abstractmethod

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.partitions.cron import Cron, parse_cron
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.schedule_type import ScheduleType, cron_of_schedule, schedule_of_cron
from notebook_assets.partitions.ticks import DAY, Grid


class WindowSchedule(PartitionsDefinition):
    """What a definition of time windows says of its cron expression.

    >>> from notebook_assets.partitions import WeeklyPartitionsDefinition
    >>> WeeklyPartitionsDefinition("2013-01-01", day_offset=1).get_cron_schedule(hour_of_day=2)
    '0 2 * * 1'
    """

    cron_schedule: str
    _cron: Cron
    _exclusions: tuple[str | int, ...]

    @property
    @abstractmethod
    def grid(self) -> Grid:
        """The windows, numbered by all integers; those of the definition have the positions from 0 on."""

    @property
    def has_no_holes(self) -> bool:
        """Whether each window starts where the one before ends."""
        return not self._exclusions

    @property
    def schedule_type(self) -> ScheduleType | None:
        """Hourly, daily, weekly or monthly, if the cron expression is as plain as that."""
        return schedule_of_cron(self.cron_schedule)

    @property
    def label(self) -> str:
        """Hourly, daily, weekly, monthly, or the cron expression."""
        return self.schedule_type.value.lower() if self.schedule_type else self.cron_schedule

    @property
    def is_basic_daily(self) -> bool:
        """Whether windows go from midnight to midnight, none left out."""
        cron = self._cron
        return cron.one_time and cron.every_day and cron.times == (0,) and not self._exclusions

    @property
    def is_basic_hourly(self) -> bool:
        """Whether windows go from full hour to full hour, none left out."""
        return self._cron.step == 3_600 and self._cron.times[0] == 0 and not self._exclusions

    @property
    def minute_offset(self) -> int:
        """Minutes after the full hour at which windows start."""
        return self._single_time() % 3_600 // 60

    @property
    def hour_offset(self) -> int:
        """Hours after midnight at which windows start; 0 for hourly ones."""
        return 0 if self.schedule_type is ScheduleType.HOURLY else self._single_time() // 3_600

    @property
    def day_offset(self) -> int:
        """The day of the week (0 is Sunday) or of the month (from 1) at which windows start."""
        day = self._cron.month_day if self.schedule_type is ScheduleType.MONTHLY else self._cron.weekday
        if day is None:
            raise InvalidInvocationError(f"The cron expression {self.cron_schedule!r} has no day offset.")
        return day

    def get_cron_schedule(
        self,
        minute_of_hour: int | None = None,
        hour_of_day: int | None = None,
        day_of_week: int | None = None,
        day_of_month: int | None = None,
    ) -> str:
        """A cron expression as often as the windows start, with other offsets where they are given."""
        if (minute_of_hour, hour_of_day, day_of_week, day_of_month) == (None, None, None, None):
            return self.cron_schedule
        kind = self.schedule_type
        if kind is None:
            raise InvalidInvocationError(f"The cron expression {self.cron_schedule!r} has no offsets to replace.")
        for day, name, fitting in (
            (day_of_week, "day_of_week", ScheduleType.WEEKLY),
            (day_of_month, "day_of_month", ScheduleType.MONTHLY),
        ):
            if day is not None and kind is not fitting:
                raise InvalidInvocationError(f"{kind.value.capitalize()} partitions have no {name}; got {day}.")
        given_day = day_of_week if kind is ScheduleType.WEEKLY else day_of_month
        chosen = None
        if kind in (ScheduleType.WEEKLY, ScheduleType.MONTHLY):
            chosen = self.day_offset if given_day is None else given_day
        minute = self.minute_offset if minute_of_hour is None else minute_of_hour
        hour = self.hour_offset if hour_of_day is None else hour_of_day
        return parse_cron(cron_of_schedule(kind, minute, hour, chosen)).expression

    def _single_time(self) -> int:
        if self.schedule_type is None:
            raise InvalidInvocationError(f"The cron expression {self.cron_schedule!r} has no single offset.")
        return self._cron.times[0] % DAY
