"""The axes of a mapping picture: where keys stand, by their number or by their time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.wall_clock import zone
from notebook_assets.pictures.mapping_data import MappingSide, Span, Windows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
else:
    np = lazy_module("numpy")

_HOURS, _DAYS, _MONTHS, _YEARS = (1, 3, 6, 12), (1, 2, 7, 14), (1, 3, 6), (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, eq=False)
class Axis:
    """Maps the keys of a side to pixels: side by side, or where their windows lie in time.

    Args:
        side: Whose keys.
        span: The keys that are shown, as indices ``[start, stop)``.
        low: What stands at ``left``: an index, or seconds since 1970.
        high: What stands at ``left + length``.
        left: Pixels.
        length: Pixels.
        windows: The side's windows, if the scale is time.
    """

    side: MappingSide
    span: Span
    low: float
    high: float
    left: float
    length: float
    windows: Windows | None = None

    def x(self, values: IntArray | float) -> Floats:
        """The pixels of indices, or of seconds if the scale is time."""
        scale = self.length / (self.high - self.low)
        return self.left + (np.asarray(values, dtype=np.float64) - self.low) * scale

    def edges(self, starts: IntArray, stops: IntArray) -> tuple[Floats, Floats]:
        """The pixels at which spans of keys ``[start, stop)`` begin and end."""
        windows = self.windows
        if windows is not None:
            return self.x(windows.starts[starts]), self.x(windows.ends[stops - 1])
        return self.x(starts), self.x(stops)

    def stretches(self, apart: float = 1.0) -> list[Span]:
        """The shown keys in stretches; gaps of at least ``apart`` pixels lie between them."""
        start, stop = self.span
        windows = self.windows
        if windows is None or stop - start < 2:
            return [self.span] if start < stop else []
        least = apart * (self.high - self.low) / self.length
        cuts = np.flatnonzero(windows.starts[start + 1 : stop] - windows.ends[start : stop - 1] >= least) + start + 1
        edges = [start, *cuts.tolist(), stop]
        return list(pairwise(edges))


def key_axis(side: MappingSide, span: Span, left: float, length: float) -> Axis:
    """Return the axis on which each key takes the same room."""
    return Axis(side, span, span[0], max(span[1], span[0] + 1), left, length)


def time_axis(side: MappingSide, span: Span, time: Span, left: float, length: float) -> Axis:
    """Return the axis of the time from ``time[0]`` to ``time[1]``, in seconds since 1970; the side has windows."""
    return Axis(side, span, time[0], max(time[1], time[0] + 1), left, length, side.windows)


def clock_changes(windows: Windows, low: int, high: int) -> list[tuple[int, int]]:
    """Return when the clocks are changed between two times, and by how many seconds they go forward.

    >>> import numpy as np
    >>> day = Windows(np.array([1362891600]), np.array([1362974400]), "America/New_York")
    >>> clock_changes(day, 1362891600, 1362974400)
    [(1362898800, 3600)]
    """
    clocks = zone(windows.timezone)
    return [(at, clocks.offset(at) - clocks.offset(at - 1)) for at in clocks.changes_between(low, high)]


def odd_lengths(windows: Windows) -> dict[int, str]:
    """Return the windows in which the clocks are changed, by index, with their length: ``23 h``.

    >>> import numpy as np
    >>> odd_lengths(Windows(np.array([1362891600]), np.array([1362974400]), "America/New_York"))
    {0: '23 h'}
    """
    if not len(windows.starts):
        return {}
    found = {}
    for at, _ in clock_changes(windows, int(windows.starts[0]), int(windows.ends[-1])):
        index = int(np.searchsorted(windows.starts, at, side="right")) - 1
        if index >= 0 and windows.starts[index] < at < windows.ends[index]:
            found[index] = f"{(int(windows.ends[index]) - int(windows.starts[index])) / 3600:g} h"
    return found


def time_ticks(low: int, high: int, timezone: str, most: int) -> list[tuple[int, str]]:
    """Return round times between two others as the clocks show them: seconds since 1970, and what to write there.

    >>> [label for _, label in time_ticks(1356998400, 1388534400, "UTC", 5)]
    ['2013-01', '2013-04', '2013-07', '2013-10', '2014-01']
    """
    clocks = zone(timezone)
    first, last = clocks.datetime(low).replace(tzinfo=None), clocks.datetime(high).replace(tzinfo=None)
    hours = (last - first) / timedelta(hours=1)
    steps: list[tuple[float, Callable[[], Sequence[datetime]], str]] = [
        *((step, lambda step=step: _hours(first, last, step), "%m-%d %H:%M") for step in _HOURS),
        *((24 * step, lambda step=step: _days(first, last, step), "%Y-%m-%d") for step in _DAYS),
        *((730 * step, lambda step=step: _months(first, last, step), "%Y-%m") for step in _MONTHS),
        *((8_766 * step, lambda step=step: _months(first, last, 12 * step), "%Y") for step in _YEARS),
    ]
    _, make, form = next((entry for entry in steps if hours / entry[0] <= most - 1), steps[-1])
    walls = [(moment - datetime(1970, 1, 1)) // timedelta(seconds=1) for moment in make()]
    labels = [moment.strftime(form) for moment in make()]
    ticks = [(clocks.later(wall), label) for wall, label in zip(walls, labels, strict=True)]
    return [(at, label) for at, label in ticks if low <= at <= high]


def _hours(first: datetime, last: datetime, step: int) -> list[datetime]:
    at = first.replace(hour=first.hour // step * step, minute=0, second=0)
    return [at + timedelta(hours=step * number) for number in range(int((last - at) / timedelta(hours=step)) + 1)]


def _days(first: datetime, last: datetime, step: int) -> list[datetime]:
    at = first.replace(hour=0, minute=0, second=0)
    if step % 7 == 0:
        at -= timedelta(days=at.weekday())
    return [at + timedelta(days=step * number) for number in range((last - at).days // step + 1)]


def _months(first: datetime, last: datetime, step: int) -> list[datetime]:
    start, stop = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    years = (divmod(month, 12) for month in range(start // step * step, stop + 1, step))
    return [datetime(year, month + 1, 1) for year, month in years if 1 <= year <= 9999]
