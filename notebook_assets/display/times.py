"""Numbers and times as people say them: durations, moments, counts, sizes."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pendulum
else:
    from notebook_assets.lazy import lazy_module

    pendulum = lazy_module("pendulum")

_SIZES = ("kB", "MB", "GB", "TB", "PB", "EB")


def duration(seconds: float | None) -> str:
    """Return a length of time with about two digits of detail.

    Args:
        seconds: Seconds; None or not finite gives a dash.

    >>> [duration(value) for value in (0.000045, 0.34, 1.23, 75, 3_780, 187_200)]
    ['45 µs', '340 ms', '1.2 s', '1 min 15 s', '1 h 3 min', '2 d 4 h']
    """
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 0.0009995:
        return f"{seconds * 1e6:.0f} µs" if seconds else "0 s"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return _two(whole, 60, "min", 1, "s")
    if whole < 86_400:
        return _two(round(seconds / 60), 60, "h", 1, "min")
    return _two(round(seconds / 3_600), 24, "d", 1, "h")


def _two(amount: int, big: int, big_unit: str, small: int, small_unit: str) -> str:
    whole, rest = divmod(amount, big)
    return f"{whole} {big_unit} {rest // small} {small_unit}" if rest else f"{whole} {big_unit}"


def ago(timestamp: float | None, now: float | None = None) -> str:
    """Return how long ago a moment was, or how far ahead it is.

    Args:
        timestamp: Seconds since 1970 in UTC; None gives a dash.
        now: What to count from; the wall clock if None.

    >>> ago(1_000_000, now=1_000_000 + 3 * 3600)
    '3 hours ago'
    """
    if timestamp is None:
        return "–"
    now = time.time() if now is None else now
    if abs(now - timestamp) < 1:
        return "just now"
    span = pendulum.from_timestamp(timestamp).diff_for_humans(pendulum.from_timestamp(now), absolute=True)
    span = "a few seconds" if span == "few seconds" else span
    return f"{span} ago" if timestamp < now else f"in {span}"


def moment(timestamp: float | None, timezone: str = "UTC") -> str:
    """Return a moment by calendar and clock, to the second.

    Args:
        timestamp: Seconds since 1970 in UTC; None gives a dash.
        timezone: Name of the time zone to say it in.

    >>> moment(0, "America/New_York")
    '1969-12-31 19:00:00'
    """
    if timestamp is None:
        return "–"
    zone = UTC if timezone == "UTC" else ZoneInfo(timezone)
    return f"{datetime.fromtimestamp(timestamp, zone):%Y-%m-%d %H:%M:%S}"


def count(number: int) -> str:
    """Return a whole number with separators.

    >>> count(8760)
    '8,760'
    """
    return f"{number:,}"


def plural(number: int, noun: str, many: str | None = None) -> str:
    """Return a count with its noun.

    >>> plural(1, "hour"), plural(8760, "hour"), plural(2, "key", "keys")
    ('1 hour', '8,760 hours', '2 keys')
    """
    return f"{count(number)} {noun if number == 1 else many or noun + 's'}"


def size(number_of_bytes: int | None) -> str:
    """Return an amount of data in decimal units.

    >>> [size(value) for value in (0, 999, 1_234, 12_345_678)]
    ['0 B', '999 B', '1.2 kB', '12 MB']
    """
    if number_of_bytes is None:
        return "–"
    if number_of_bytes < 1_000:
        return f"{number_of_bytes} B"
    scaled = float(number_of_bytes)
    for unit in _SIZES:
        scaled /= 1_000
        if scaled < 999.5 or unit == _SIZES[-1]:
            return f"{scaled:.1f} {unit}" if scaled < 9.95 else f"{scaled:,.0f} {unit}"
    raise AssertionError("unreachable")


def number(value: float | int) -> str:
    """Return a number of any kind with about four digits that mean something.

    >>> [number(value) for value in (8760, 0.25, 1234567.891, 1e-7, 3.0)]
    ['8,760', '0.25', '1,234,568', '1e-07', '3']
    """
    if isinstance(value, int):
        return count(value) if abs(value) < 10**15 else f"{value:.4g}"
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 10_000:
        return f"{value:,.0f}" if abs(value) < 1e15 else f"{value:.4g}"
    return f"{value:,.4g}" if abs(value) < 1_000 else f"{value:,.1f}".removesuffix(".0")


def percent(part: float, whole: float) -> str:
    """Return a share in whole percent; only all is 100 %, only nothing is 0 %.

    >>> percent(9_999, 10_000), percent(1, 10_000), percent(1, 2)
    ('99 %', '< 1 %', '50 %')
    """
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.5:
        return "< 1 %"
    return f"{min(99, max(1, round(share))) if 0 < share < 100 else round(share)} %"
