"""Checks of what people write into definitions of time windows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.arguments import check_text, check_whole_number
from notebook_assets.partitions.cron import parse_cron
from notebook_assets.partitions.key_layout import LAST_WALL
from notebook_assets.partitions.schedule_type import ScheduleType


def check_windows(
    fmt: Any, timezone: Any, schedule_type: Any, end_offset: Any, minute_offset: Any, hour_offset: Any, day_offset: Any
) -> None:
    """Raise InvalidDefinitionError where an argument is of the wrong kind.

    >>> check_windows("%Y-%m-%d", None, ScheduleType.DAILY, 0, 0, None, None)
    """
    offsets = {"end": end_offset, "minute": minute_offset, "hour": hour_offset, "day": day_offset}
    for name, number in offsets.items():
        check_whole_number(number, f"{name}_offset")
    check_text(timezone or None, "timezone", '"Europe/Berlin"')
    if not isinstance(fmt, str) or not fmt:
        raise InvalidDefinitionError(f"fmt is a format of the keys, such as '%Y-%m-%d'; got {fmt!r}.")
    if not isinstance(schedule_type, ScheduleType | None):
        raise InvalidDefinitionError(f"schedule_type is a ScheduleType; got {schedule_type!r}.")


def check_end_offset(end_offset: int, now: float, length: float) -> None:
    """Raise InvalidDefinitionError if so many windows from a time on go past the years of keys.

    Args:
        end_offset: How many windows.
        now: The time, in seconds since 1970.
        length: From a window's start to the next one's, in seconds.

    >>> check_end_offset(1, 0, 86_400)
    """
    if end_offset > 0 and now + end_offset * length > LAST_WALL:
        year = 1970 + int(now // 31_556_952)
        raise InvalidDefinitionError(
            f"An end_offset of {end_offset:,} windows goes past the year 2200, from {year} on."
        )


def checked_exclusions(exclusions: Any) -> list[str | datetime]:
    """Return the exclusions as a list.

    Raises:
        InvalidDefinitionError: They are no list of datetimes and cron expressions.

    >>> checked_exclusions(None)
    []
    """
    is_list = isinstance(exclusions, Iterable) and not isinstance(exclusions, str | bytes)
    listed = list(exclusions) if is_list else []
    if exclusions is not None and not (is_list and all(isinstance(each, str | datetime) for each in listed)):
        raise InvalidDefinitionError(
            f"exclusions is a list of datetimes and cron expressions, such as ['0 0 * * 6']; got {exclusions!r}."
        )
    for exclusion in listed:
        if isinstance(exclusion, str):
            try:
                parse_cron(exclusion)
            except InvalidDefinitionError as error:
                raise InvalidDefinitionError(f"{error} An exclusion is a cron expression or a datetime.") from None
    return listed
