"""The calendar of days: one row a weekday, one column a week, one band a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from notebook_assets.display.svg import text
from notebook_assets.display.times import plural
from notebook_assets.pictures.cells import SIDE_BY_SIDE, Cell, Group, Placed, slots, tooltip
from notebook_assets.pictures.local_times import Moment
from notebook_assets.states import PieceState

_LEFT, _HEAD, _BAND_GAP = 40.0, 20.0, 16.0
_PITCH, _SIZE = 14.0, 11.5
_SINGLE_TOOLTIPS = 1_200
_WEEKDAYS = ((0, "Mon"), (2, "Wed"), (4, "Fri"))


def place_days(keys: Sequence[str], states: Sequence[PieceState], moments: Sequence[Moment]) -> Placed:
    """Place windows of a day, or shorter ones of which a cell then holds a day's.

    Args:
        keys: Partition keys in order of time.
        states: Their states.
        moments: What the wall clock shows at the start of each; at least one.
    """
    first, last = moments[0].day, moments[-1].day
    ordinals = [moment.day.toordinal() for moment in moments]
    labels: list[str] = []
    groups: list[Group] = []
    top = 0.0
    width = 0.0
    placed = slots([(ordinal, 0) for ordinal in ordinals])
    at = 0
    for year in range(first.year, last.year + 1):
        top += _HEAD
        begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        monday = begin - timedelta(days=begin.weekday())
        labels += _year_labels(begin, end, monday, top)
        cells: list[Cell] = []
        while at < len(placed) and date.fromordinal(placed[at][0]).year == year:
            ordinal, _, start, stop = placed[at]
            week, weekday = divmod(ordinal - monday.toordinal(), 7)
            cells.append(Cell(_LEFT + week * _PITCH, top + weekday * _PITCH, _SIZE, _SIZE, start, stop))
            at += 1
        groups += _groups(cells, keys, states, moments, by_week=len(placed) > _SINGLE_TOOLTIPS)
        width = max(width, _LEFT + ((end - monday).days // 7 + 1) * _PITCH)
        top += 7 * _PITCH + _BAND_GAP
    most = max(stop - start for _, _, start, stop in placed)
    remark = f"Each cell stands for up to {plural(most, 'key')}." if most > SIDE_BY_SIDE else ""
    return Placed(width, top - _BAND_GAP, groups, "".join(labels), remark)


def _year_labels(begin: date, end: date, monday: date, top: float) -> list[str]:
    labels = [text(_LEFT - 10, top + row * _PITCH + 9.5, name, "nba-x", "end") for row, name in _WEEKDAYS]
    labels.append(text(0, top - 7, begin.year, "nba-k nba-strong"))
    month = begin
    free = 0.0
    while month <= end:
        week = (month - monday).days // 7
        if month.day == 1 and month.weekday() > 3:  # the first days stand at the foot of a column of the month before
            week += 1
        x = _LEFT + week * _PITCH
        if x >= free:
            labels.append(text(x, top - 7, f"{month:%b}", "nba-k"))
            free = x + 30
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return labels


def _groups(
    cells: Sequence[Cell],
    keys: Sequence[str],
    states: Sequence[PieceState],
    moments: Sequence[Moment],
    by_week: bool,
) -> list[Group]:
    if not by_week:
        return [
            Group(tooltip(_name(moments[cell.start].day), keys, states, cell.start, cell.stop), [cell])
            for cell in cells
        ]
    columns: dict[float, list[Cell]] = {}
    for cell in cells:
        columns.setdefault(cell.x, []).append(cell)
    made = []
    for members in columns.values():
        start, stop = members[0].start, members[-1].stop
        name = f"{_name(moments[start].day)} – {_name(moments[stop - 1].day)}"
        made.append(Group(tooltip(name, keys, states, start, stop), members))
    return made


def _name(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
