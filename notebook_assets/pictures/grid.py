"""The grid of one asset's partitions: a calendar for hours and days, strips for weeks and months, else a matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notebook_assets.display.escape import visible
from notebook_assets.display.rich import Rich, picture
from notebook_assets.display.svg import Svg, heading, legend, text
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.cells import Placed, draw_cells
from notebook_assets.pictures.day_grid import place_days
from notebook_assets.pictures.grid_data import GridData
from notebook_assets.pictures.grid_text import grid_text
from notebook_assets.pictures.hour_grid import MOST_HOUR_DAYS, place_hours
from notebook_assets.pictures.local_times import Moment, wall_clock
from notebook_assets.pictures.matrix_grid import place_matrix
from notebook_assets.pictures.strip_grid import place_months, place_plain, place_weeks

_EDGE = 4.0
_MOST_DAYS = 4_400


def draw_grid(data: GridData) -> Rich:
    """Return the grid of one asset's partitions.

    Args:
        data: The partitions; a hundred thousand are drawn as cells that each stand for several.

    >>> from notebook_assets.states import PieceState
    >>> draw_grid(GridData("airports", ["EWR", "JFK"], [PieceState.MATERIALIZED, PieceState.FAILED]))
    airports  ·  2 partitions
    ● 1 materialized   ✗ 1 failed
    <BLANKLINE>
    EWR ●  JFK ✗
    <BLANKLINE>
    failed: JFK
    """
    moments = wall_clock(data.starts, data.timezone) if data.starts is not None else []
    states = data.states
    if data.axes:
        placed, matrix = place_matrix(data)
        states = matrix.states
    else:
        placed = _place(data, moments)
    counts = Counter(data.states)
    detail = data.detail or _detail(data)
    room = max(placed.width, 640.0 if len(counts) > 3 else 420.0)
    head = heading(visible(data.asset), detail, 0, 16, room)
    drawn, high = legend(counts, 0, 28, room)
    top = 28 + high + 14
    foot = text(0, top + placed.height + 16, placed.remark, "nba-x") if placed.remark else ""
    body = f'{head}{drawn}<g transform="translate(0 {top:g})">{draw_cells(placed, states)}</g>{foot}'
    height = top + placed.height + (24 if foot else 0) + _EDGE
    words = ", ".join(f"{many} {state.value}" for state, many in counts.items())
    label = f"Partitions of {visible(data.asset)}: {words or 'none'}"
    return picture(Svg(room + _EDGE, height, body, label, shrink=0.7), grid_text(data, moments, detail))


def _detail(data: GridData) -> str:
    if data.axes:
        sizes = " × ".join(f"{count(len(axis.keys))} {axis.name}" for axis in data.axes)
        return f"{plural(len(data.keys), 'partition')} · {sizes}"
    zone = f" · {data.timezone}" if data.starts is not None and data.shown_unit == "hour" else ""
    return plural(len(data.keys), "partition") + zone


def _place(data: GridData, moments: Sequence[Moment]) -> Placed:
    unit = data.shown_unit
    if not moments or unit == "key":
        return place_plain(data.keys, data.states)
    days = (moments[-1].day - moments[0].day).days + 1
    if unit == "hour" and days <= MOST_HOUR_DAYS:
        return place_hours(data.keys, data.states, moments, data.timezone)
    if unit in ("hour", "day") and days <= _MOST_DAYS:
        return place_days(data.keys, data.states, moments)
    if unit == "week" and days <= 60 * 366:
        return place_weeks(data.keys, data.states, moments)
    if days <= 200 * 366:
        return place_months(data.keys, data.states, moments)
    return place_plain(data.keys, data.states)
