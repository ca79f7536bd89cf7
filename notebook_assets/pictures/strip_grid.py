"""Strips: weeks and months with one row a year, and a matrix for keys that are no times."""

from __future__ import annotations

import math
from collections.abc import Sequence

from notebook_assets.display.escape import shorten, visible
from notebook_assets.display.svg import fit, text, text_width
from notebook_assets.display.times import plural
from notebook_assets.pictures.cells import SIDE_BY_SIDE, Cell, Group, Placed, slots, tooltip
from notebook_assets.pictures.local_times import Moment
from notebook_assets.states import PieceState

_LEFT, _HEAD = 46.0, 20.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_CHIPS = 72
_ROOM = 760.0
_MOST_CELLS = 2_400


def place_weeks(keys: Sequence[str], states: Sequence[PieceState], moments: Sequence[Moment]) -> Placed:
    """Place windows of a week: one row a year, 53 columns."""
    pitch, size = 14.0, 11.5
    labels = [text(_LEFT + (month * 30.4 + 3) / 7 * pitch, 12, name, "nba-k") for month, name in enumerate(_MONTHS)]
    places = [((moment.day.timetuple().tm_yday - 1) // 7, moment.day.year) for moment in moments]
    return _rows(keys, states, moments, places, labels, (pitch, size, 18.0), 53)


def place_months(keys: Sequence[str], states: Sequence[PieceState], moments: Sequence[Moment]) -> Placed:
    """Place windows of a month, or shorter ones of which a cell then holds a month's: one row a year, 12 columns."""
    pitch, size = 40.0, 38.0
    labels = [text(_LEFT + month * pitch + size / 2, 12, name, "nba-k", "middle") for month, name in enumerate(_MONTHS)]
    places = [(moment.day.month - 1, moment.day.year) for moment in moments]
    return _rows(keys, states, moments, places, labels, (pitch, size, 18.0), 12)


def _rows(
    keys: Sequence[str],
    states: Sequence[PieceState],
    moments: Sequence[Moment],
    places: Sequence[tuple[int, int]],
    labels: list[str],
    sizes: tuple[float, float, float],
    columns: int,
) -> Placed:
    pitch, width, row = sizes
    first = moments[0].day.year
    years = moments[-1].day.year - first + 1
    step = max(years // 40, 1)
    for year in range(0, years, step):
        labels.append(text(_LEFT - 10, _HEAD + year * row + 11.5, first + year, "nba-x", "end"))
    groups = []
    most = 1
    for column, year, start, stop in slots(places):
        cell = Cell(_LEFT + column * pitch, _HEAD + (year - first) * row, width, row - 4, start, stop)
        name = _MONTHS[column] + f" {year}" if columns == 12 else f"week of {moments[start].day}"
        groups.append(Group(tooltip(name, keys, states, start, stop), [cell]))
        most = max(most, stop - start)
    remark = f"Each cell stands for up to {plural(most, 'key')}." if most > SIDE_BY_SIDE else ""
    return Placed(_LEFT + columns * pitch, _HEAD + years * row, groups, "".join(labels), remark)


def place_plain(keys: Sequence[str], states: Sequence[PieceState]) -> Placed:
    """Place keys that are no times: named cells if there are few, a matrix in their order if there are many."""
    if len(keys) <= _MOST_CHIPS:
        return _chips(keys, states)
    return _matrix(keys, states)


def _chips(keys: Sequence[str], states: Sequence[PieceState]) -> Placed:
    names = [fit(key, 12, 200) for key in keys]
    width = max((text_width(name, 12) for name in names), default=0.0) + 38
    columns = max(int((_ROOM + 8) // (width + 8)), 1)
    columns = min(columns, max(len(keys), 1))
    labels: list[str] = []
    groups: list[Group] = []
    for index, name in enumerate(names):
        row, column = divmod(index, columns)
        x, y = column * (width + 8), row * 32.0
        labels.append(f'<rect class="nba-chip" x="{x:.4g}" y="{y:g}" width="{width:.4g}" height="26" rx="6"/>')
        labels.append(text(x + 28, y + 17.5, name, "nba-k"))
        said = tooltip("", keys, states, index, index + 1)
        groups.append(Group(said, [Cell(x + 10, y + 7.5, 11, 11, index, index + 1)]))
    height = math.ceil(len(keys) / columns) * 32.0 - 6 if keys else 14.0
    if not keys:
        labels.append(text(0, 10, "There are no partitions."))
    return Placed(columns * (width + 8) - 8 if keys else 200, height, groups, "".join(labels))


def _matrix(keys: Sequence[str], states: Sequence[PieceState]) -> Placed:
    each = math.ceil(len(keys) / _MOST_CELLS)
    pitch, size = 14.0, 11.5
    columns = 50
    starts = list(range(0, len(keys), each))
    groups: list[Group] = []
    labels: list[str] = []
    for index, start in enumerate(starts):
        row, column = divmod(index, columns)
        stop = min(start + each, len(keys))
        cell = Cell(column * pitch, row * pitch, size, size, start, stop)
        first, last = shorten(visible(keys[start]), 40), shorten(visible(keys[stop - 1]), 40)
        name = f"{first} … {last}" if stop - start > 1 else ""
        groups.append(Group(tooltip(name, keys, states, start, stop), [cell]))
    rows = math.ceil(len(starts) / columns)
    remark = f"Each cell stands for up to {plural(each, 'key')}." if each > 1 else ""
    ends = f"{shorten(visible(keys[0]), 40)} … {shorten(visible(keys[-1]), 40)}, in the order of their definition."
    return Placed(columns * pitch, rows * pitch, groups, "".join(labels), f"{ends} {remark}".strip())
