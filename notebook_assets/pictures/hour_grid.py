"""The calendar of hours: one column a day, one row an hour of the wall clock; long spans go on in further bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from notebook_assets.display.svg import text
from notebook_assets.pictures.cells import Cell, Group, Placed, tooltip
from notebook_assets.pictures.local_times import Moment, shifts
from notebook_assets.states import PieceState

MOST_HOUR_DAYS = 740
"""Days after which a day becomes one cell."""

_LEFT = 34.0
_MONTH_GAP = 8.0
_HEAD, _BAND_GAP = 20.0, 26.0


@dataclass(frozen=True)
class _Scale:
    column: float  # pixels from day to day
    row: float
    gap: float
    months: int  # to a band


def _scale(days: int) -> _Scale:
    if days <= 10:
        return _Scale(40.0, 13.0, 2.0, 12)
    if days <= 35:
        return _Scale(21.0, 11.0, 1.5, 12)
    if days <= 93:
        return _Scale(8.0, 7.0, 1.0, 12)
    return _Scale(8.0, 5.0, 1.0, 3)


def place_hours(keys: Sequence[str], states: Sequence[PieceState], moments: Sequence[Moment], timezone: str) -> Placed:
    """Place windows of an hour or less.

    An hour that the clock shows twice is drawn as two narrow cells side by side; one that it leaves out is a gap.

    Args:
        keys: Partition keys in order of time.
        states: Their states.
        moments: What the wall clock shows at the start of each; at least one.
        timezone: Name of the zone of that clock.
    """
    first, last = moments[0].day, moments[-1].day
    scale = _scale((last - first).days + 1)
    groups: list[Group] = []
    labels: list[str] = []
    top, width = 0.0, 0.0
    of_day = _spans(moments)
    changes = shifts(first, last, timezone)
    for months in _bands(first, last, scale.months):
        x = _LEFT
        top += _HEAD
        labels += _clock(top, scale)
        for begin, end in months:
            labels.append(text(x, top - 7, _month_name(begin, x == _LEFT), "nba-k"))
            day = begin
            while day <= end:
                if day in of_day:
                    groups.append(_day(day, x, top, scale, keys, states, moments, of_day[day]))
                    labels += [_length(changes[day], x, top, scale)] if day in changes else []
                labels += _day_number(day, x, top, scale)
                x += scale.column
                day += timedelta(days=1)
            x += _MONTH_GAP
        width = max(width, x - _MONTH_GAP)
        top += 24 * scale.row + _BAND_GAP
    column = (scale.column - scale.gap, scale.row - scale.gap, scale.gap)
    return Placed(width, top - 8, groups, "".join(labels), column=column)


def _spans(moments: Sequence[Moment]) -> dict[date, tuple[int, int]]:
    spans: dict[date, tuple[int, int]] = {}
    start = 0
    for day, members in groupby(moments, key=lambda moment: moment.day):
        stop = start + sum(1 for _ in members)
        spans[day] = (start, stop)
        start = stop
    return spans


def _bands(first: date, last: date, most: int) -> Iterator[list[tuple[date, date]]]:
    """Yield the months of each band as (first day, last day)."""
    band: list[tuple[date, date]] = []
    begin = first
    while begin <= last:
        following = date(begin.year + begin.month // 12, begin.month % 12 + 1, 1)
        band.append((begin, min(last, following - timedelta(days=1))))
        begin = following
        if len(band) == most or begin > last:
            yield band
            band = []


def _month_name(day: date, with_year: bool) -> str:
    return f"{day:%b %Y}" if with_year or day.month == 1 else f"{day:%b}"


def _clock(top: float, scale: _Scale) -> list[str]:
    step = 3 if scale.row >= 11 else 6
    return [text(_LEFT - 8, top + hour * scale.row + 8.5, f"{hour:02}", "nba-x", "end") for hour in range(0, 24, step)]


def _day_number(day: date, x: float, top: float, scale: _Scale) -> list[str]:
    foot = top + 24 * scale.row + 11
    middle = x + (scale.column - scale.gap) / 2
    if scale.column >= 40:
        return [text(middle, foot, f"{day:%a} {day.day}", "nba-x", "middle")]
    if scale.column >= 18 or day.day in (1, 8, 15, 22, 29):
        return [text(middle, foot, day.day, "nba-x", "middle")]
    return []


def _length(change: int, x: float, top: float, scale: _Scale) -> str:
    """Say how long a day is whose clock was set forward or back by ``change`` minutes less or more."""
    middle = x + (scale.column - scale.gap) / 2
    hours = f"{24 + change / 60:g} h"
    return text(middle, top + 24 * scale.row + 21, f"▴ {hours}", "nba-x nba-ink", "middle")


def _day(
    day: date,
    x: float,
    top: float,
    scale: _Scale,
    keys: Sequence[str],
    states: Sequence[PieceState],
    moments: Sequence[Moment],
    span: tuple[int, int],
) -> Group:
    cells: list[Cell] = []
    width, height = scale.column - scale.gap, scale.row - scale.gap
    by_hour: dict[int, list[int]] = {}
    for index in range(*span):
        by_hour.setdefault(moments[index].hour, []).append(index)
    for hour, members in by_hour.items():
        y = top + hour * scale.row
        consecutive = members[-1] - members[0] + 1 == len(members)
        if consecutive:
            cells.append(Cell(x, y, width, height, members[0], members[-1] + 1))
        else:  # quarters of an hour that come twice: 01:00, 01:15 … 01:00, 01:15
            cells += [Cell(x + width * i / len(members), y, width / len(members), height, m, m + 1)
                      for i, m in enumerate(members)]  # fmt: skip
    many = span[1] - span[0]
    name = f"{day:%a} {day.day} {day:%b %Y}"
    return Group(tooltip(name, keys, states, *span) if many > 1 else tooltip("", keys, states, *span), cells)
