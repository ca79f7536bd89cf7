"""Why a definition of time windows has no partition of a key, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_assets.partitions.key_format import KeyFormat
from notebook_assets.partitions.ranges import range_hint
from notebook_assets.partitions.ticks import DAY, number_from

if TYPE_CHECKING:
    from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

YEAR = 366 * DAY
"""A key of a time so long before the start is not looked for: a grid that lists its windows would grow as far."""


def why_no_window(windows: TimeWindowPartitionsDefinition, key: str, keys: KeyFormat, most: int | None) -> str:
    """Return why there is no partition of a key, and what may have been meant.

    Args:
        windows: The definition.
        key: What was asked for.
        keys: How the definition writes keys.
        most: How many windows there are up to the end, if there is one.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> DailyPartitionsDefinition("2013-01-01").why_unknown("2012-12-31")
    "There is no partition '2012-12-31': the first is '2013-01-01'."
    """
    first = windows.key_at(0)
    try:
        instant = keys.instant(key)
    except (ValueError, TypeError, OverflowError) as error:
        years = f" ({error})" if "years of keys" in str(error) else ""
        hint = range_hint(str(key))
        return f"There is no partition {key!r}: it is not of the format {windows.fmt!r}, as {first!r} is{years}.{hint}"
    too_early = instant < windows.start_timestamp - YEAR  # and too far to be counted
    number = -1 if too_early else number_from(windows.grid, instant)
    if number < 0 or (number == 0 and instant < windows.grid.start(0) and windows.key_at(0) > key):
        return f"There is no partition {key!r}: the first is {first!r}."
    if most is not None and number >= most:
        last = f"the last is {windows.key_at(most - 1)!r}" if most > 0 else "there is none at all"
        return f"There is no partition {key!r}: {last}."
    if windows.grid.start(number) == instant:
        return f"There is no partition {key!r}: it is written {windows.key_at(number)!r}."
    near = [windows.key_at(n) for n in (number - 1, number) if n >= 0 and (most is None or n < most)]
    return f"There is no partition {key!r}: no window starts then. The nearest are {' and '.join(map(repr, near))}."
