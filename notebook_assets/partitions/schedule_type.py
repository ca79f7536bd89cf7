"""ScheduleType: how often windows start, and the cron expressions that stand for it."""

from __future__ import annotations

import re
from enum import Enum

from notebook_assets.errors import InvalidDefinitionError


class ScheduleType(Enum):
    """How often windows start.

    >>> ScheduleType.DAILY.value
    'DAILY'
    """

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


_SHAPES = {
    ScheduleType.HOURLY: r"\d+ \* \* \* \*",
    ScheduleType.DAILY: r"\d+ \d+ \* \* \*",
    ScheduleType.WEEKLY: r"\d+ \d+ \* \* \d+",
    ScheduleType.MONTHLY: r"\d+ \d+ \d+ \* \*",
}


def cron_of_schedule(schedule_type: ScheduleType, minute: int, hour: int, day: int | None) -> str:
    """Return the cron expression of a schedule with its offsets.

    Args:
        schedule_type: How often.
        minute: Minutes after the hour.
        hour: Hours after midnight; not for hourly schedules.
        day: The day of the week (0 is Sunday) or of the month (from 1); ``None`` for the first.

    Raises:
        InvalidDefinitionError: An offset that the schedule has no place for.

    >>> cron_of_schedule(ScheduleType.WEEKLY, 30, 2, 1)
    '30 2 * * 1'
    """
    if schedule_type in (ScheduleType.HOURLY, ScheduleType.DAILY) and day:
        raise InvalidDefinitionError(f"{schedule_type.value.lower()} partitions take no day offset; got {day}.")
    if schedule_type is ScheduleType.HOURLY:
        if hour:
            raise InvalidDefinitionError(f"Hourly partitions take no hour offset; got {hour}.")
        return f"{minute} * * * *"
    if schedule_type is ScheduleType.DAILY:
        return f"{minute} {hour} * * *"
    if schedule_type is ScheduleType.WEEKLY:
        return f"{minute} {hour} * * {day or 0}"
    return f"{minute} {hour} {day or 1} * *"


def schedule_of_cron(cron_schedule: str) -> ScheduleType | None:
    """Return which schedule a cron expression stands for, or ``None``.

    >>> schedule_of_cron("0 0 * * *")
    <ScheduleType.DAILY: 'DAILY'>
    """
    for schedule_type, shape in _SHAPES.items():
        if re.fullmatch(shape, cron_schedule):
            return schedule_type
    return None
