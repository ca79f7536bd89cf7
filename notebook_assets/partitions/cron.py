"""Cron expressions: what they say, apart from any time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cronsim import CronSim, CronSimError

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.partitions.cron_fields import FIELDS

_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EVERY_WEEKDAY = ("*", "0,1,2,3,4,5,6")


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


def parse_cron(expression: str) -> Cron:
    """Read a cron expression of five fields, or an alias like ``@daily``.

    Raises:
        InvalidDefinitionError: It is no valid expression, or never fires.

    >>> parse_cron("*/15 * * * *").step
    900
    >>> parse_cron("@weekly").weekday
    0
    """
    if not isinstance(expression, str):
        raise InvalidDefinitionError(f"A cron expression is one text, such as '0 0 * * *'; got {expression!r}.")
    return _parsed(expression)


@lru_cache(maxsize=512)
def _parsed(expression: str) -> Cron:
    plain = _plain_fields(expression)
    try:
        rule = CronSim(" ".join(plain), datetime(2000, 1, 1))
    except CronSimError:
        raise InvalidDefinitionError(
            f"{expression!r} is no valid cron expression: its months have no such day, so it never fires."
        ) from None
    _, _, day, month, weekday = plain
    times = tuple(sorted(hour * 3_600 + minute * 60 for hour in rule.hours for minute in rule.minutes))
    lone = len(times) == 1 and month == "*"
    return Cron(
        expression=expression,
        times=times,
        every_hour=len(rule.hours) == 24,
        every_day=len(rule.days) >= 31 and len(rule.months) == 12 and weekday in _EVERY_WEEKDAY,
        weekday=int(weekday) % 7 if lone and day == "*" and weekday.isdigit() else None,
        month_day=int(day) if lone and weekday == "*" and day.isdigit() else None,
        one_time=lone and (day == "*" or (weekday == "*" and (len(rule.days) >= 31 or _in_every_month(day)))),
        rule=rule,
    )


def _in_every_month(day: str) -> bool:
    return day.isdigit() and int(day) <= 28


def _plain_fields(expression: str) -> list[str]:
    """Return the five fields in the spelling that the cron library knows."""
    text = expression.strip().lower()
    fields = _ALIASES.get(text, text).split()
    if len(fields) != 5:
        known = ", ".join(_ALIASES)
        hint = did_you_mean(text, _ALIASES) if text.startswith("@") else ""
        raise InvalidDefinitionError(
            f"{expression!r} is no valid cron expression: it takes five fields (minute, hour, day of the month, month, "
            f"day of the week) or one of {known}.{hint}"
        )
    try:
        return [field.plain(written) for field, written in zip(FIELDS, fields, strict=True)]
    except InvalidDefinitionError as error:
        raise InvalidDefinitionError(f"{expression!r} is no valid cron expression: {error}") from None
