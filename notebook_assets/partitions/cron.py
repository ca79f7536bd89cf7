"""Cron expressions: what they say, apart from any time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cronsim import CronSim, CronSimError

from notebook_assets.errors import InvalidDefinitionError

_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_RANGE_ENDS = {1: (0, 59), 2: (0, 23), 3: (1, 31), 4: (1, 12), 5: (0, 6)}


@dataclass(frozen=True)
class Cron:
    """A cron expression, read.

    ``times`` are seconds after midnight, sorted. ``every_hour`` says that it fires in each hour of its days: of
    an hour that the clocks repeat both runs count. ``one_time`` says that it is plain: one time of day, on all
    days, on days of the week, or on a day that each month has.

    >>> parse_cron("0 9,17 * * 1-5").times
    (32400, 61200)
    """

    expression: str
    times: tuple[int, ...]
    every_hour: bool
    every_day: bool
    weekday: int | None
    month_day: int | None
    one_time: bool
    rule: Any

    @property
    def step(self) -> int | None:
        """The seconds between two ticks if always the same, at most an hour: 3600 for ``0 * * * *``."""
        minutes = [second for second in self.times if second < 3_600]
        if not (self.every_hour and self.every_day) or 3_600 % len(minutes):
            return None
        step = 3_600 // len(minutes)
        return step if all(second % step == minutes[0] for second in minutes) else None

    def matches_day(self, day: date) -> bool:
        """Whether it fires on a day."""
        return day.month in self.rule.months and bool(self.rule.match_day(day))


@lru_cache(maxsize=512)
def parse_cron(expression: str) -> Cron:
    """Read a cron expression of five fields, or an alias like ``@daily``.

    Raises:
        InvalidDefinitionError: It is no valid expression, or never fires.

    >>> parse_cron("*/15 * * * *").step
    900
    >>> parse_cron("@weekly").weekday
    0
    """
    plain = _plain_fields(expression)
    try:
        rule = CronSim(" ".join(plain), datetime(2000, 1, 1))
    except (CronSimError, ValueError) as error:
        raise InvalidDefinitionError(f"{expression!r} is no valid cron expression: {str(error).lower()}.") from None
    _, _, day, month, weekday = plain
    times = tuple(sorted(hour * 3_600 + minute * 60 for hour in rule.hours for minute in rule.minutes))
    lone = len(times) == 1 and month == "*"
    all_weekdays = weekday in ("*", "0-6", "0-7", "1-7")
    return Cron(
        expression=expression,
        times=times,
        every_hour=len(rule.hours) == 24,
        every_day=len(rule.days) >= 31 and len(rule.months) == 12 and all_weekdays,
        weekday=int(weekday) % 7 if lone and day == "*" and weekday.isdigit() else None,
        month_day=int(day) if lone and weekday == "*" and day.isdigit() else None,
        one_time=lone and (day == "*" or (weekday == "*" and (len(rule.days) >= 31 or _in_every_month(day)))),
        rule=rule,
    )


def _in_every_month(day: str) -> bool:
    return day.isdigit() and int(day) <= 28


def _plain_fields(expression: str) -> list[str]:
    """Return the five fields in the spelling that the cron library knows."""
    text = expression.strip().lower() if isinstance(expression, str) else ""
    fields = _ALIASES.get(text, text).split()
    if len(fields) != 5:
        known = ", ".join(_ALIASES)
        raise InvalidDefinitionError(
            f"{expression!r} is no valid cron expression: it takes five fields (minute, hour, day of the month, month, "
            f"day of the week) or one of {known}."
        )
    fields = ["*" if field == "?" else field for field in fields]
    fields[4] = re.sub(r"\bl([0-7])\b", r"\1l", fields[4])  # L5 and 5L both say: the last Friday
    return [",".join(_unwrapped(index, part) for part in field.split(",")) for index, field in enumerate(fields, 1)]


def _unwrapped(index: int, part: str) -> str:
    """Spell a range that runs over its end (``22-2``) as a list, and steps past the end as the first value alone."""
    if index == 5:
        for number, name in enumerate(_NAMES):
            part = part.replace(name, str(number))
    match = re.fullmatch(r"(\d+)-(\d+)", part)
    if match and int(match[1]) > int(match[2]):
        low, high = _RANGE_ENDS[index]
        values = [*range(int(match[1]), high + 1), *range(low, int(match[2]) + 1)]
        return ",".join(map(str, values))
    return part
