"""The grid of partitions as text: counts, one mark a day or key, and the keys that stand out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from notebook_assets.display.escape import pad, shorten, terminal, width
from notebook_assets.display.palette import PALETTE, in_legend_order, most_urgent
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.grid_data import GridData
from notebook_assets.pictures.local_times import Moment
from notebook_assets.pictures.matrix_text import matrix_lines, matrix_listed
from notebook_assets.states import PieceState

_COLUMNS = 78
_MOST_LINES = 60
_MOST_RUNS = 4
_MOST_DAYS = 3 * 366  # then a mark stands for a month
_LISTED = (
    PieceState.FAILED,
    PieceState.RUNNING,
    PieceState.SKIPPED,
    PieceState.STALE,
    PieceState.EMPTY,
    PieceState.MISSING,
    PieceState.NONEXISTENT,
)


def grid_text(data: GridData, moments: Sequence[Moment], detail: str) -> str:
    """Return the grid for a terminal.

    Args:
        data: The partitions.
        moments: What the wall clock shows at the start of each; empty for plain keys.
        detail: Said after the name.
    """
    counts = Counter(data.states)
    legend = "   ".join(f"{PALETTE[s].mark} {count(many)} {s.value}" for s, many in in_legend_order(counts))
    parts = [f"{terminal(data.asset, 60)}  ·  {terminal(detail, 60)}\n{legend}".rstrip()]
    if data.keys:
        parts.append("\n".join(_cut(_lines(data, moments))))
    listed = _listed(data, counts)
    if listed:
        parts.append("\n".join(listed))
    return "\n\n".join(parts)


def _cut(lines: list[str]) -> list[str]:
    hidden = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"… and {plural(hidden, 'more line')}"] if hidden > 0 else lines


def _lines(data: GridData, moments: Sequence[Moment]) -> list[str]:
    if data.axes:
        return matrix_lines(data)
    unit = data.shown_unit
    if not moments or unit == "key":
        return _plain(data.keys, data.states)
    if unit == "hour" and (moments[-1].day - moments[0].day).days < 14:
        return _hours(data.states, moments)
    if unit in ("hour", "day"):
        long = (moments[-1].day - moments[0].day).days > _MOST_DAYS
        return _years(data.states, moments, "month") if long else _days(data.states, moments)
    return _years(data.states, moments, unit)


def _hours(states: Sequence[PieceState], moments: Sequence[Moment]) -> list[str]:
    """Return one line a day and one column an hour of the wall clock; an hour that comes twice stands twice."""
    days: dict[str, dict[int, str]] = {}
    for moment, state in zip(moments, states, strict=True):
        hours = days.setdefault(f"{moment.day:%Y-%m-%d %a}", {})
        hours[moment.hour] = hours.get(moment.hour, "") + PALETTE[state].mark
    wide = [max((len(hours.get(hour, "")) for hours in days.values()), default=1) or 1 for hour in range(24)]
    head = "".join(pad(f"{hour:02}" if hour % 3 == 0 else "", max(wide[hour] + 1, 2)) for hour in range(24))
    lines = [f"{'':16}{head}".rstrip()]
    for day, hours in days.items():
        marks = "".join(pad(hours.get(hour, ""), max(wide[hour] + 1, 2)) for hour in range(24))
        lines.append(f"{day}  {marks}".rstrip())
    return lines


def _days(states: Sequence[PieceState], moments: Sequence[Moment]) -> list[str]:
    """Return one line a month and one column a day, which shows the most urgent of its states."""
    months: dict[str, dict[int, PieceState]] = {}
    for moment, state in zip(moments, states, strict=True):
        days = months.setdefault(f"{moment.day:%Y-%m}", {})
        day = moment.day.day
        days[day] = state if day not in days else most_urgent((days[day], state))
    lines = [f"{'':9}1{'':6}8{'':6}15{'':5}22{'':5}29"]
    for month, days in months.items():
        marks = "".join(PALETTE[days[day]].mark if day in days else " " for day in range(1, 32))
        lines.append(f"{month}  {marks}".rstrip())
    return lines


def _years(states: Sequence[PieceState], moments: Sequence[Moment], unit: str) -> list[str]:
    years: dict[int, dict[int, PieceState]] = {}
    for moment, state in zip(moments, states, strict=True):
        place = moment.day.month - 1 if unit == "month" else (moment.day.timetuple().tm_yday - 1) // 7
        row = years.setdefault(moment.day.year, {})
        row[place] = state if place not in row else most_urgent((row[place], state))
    lines = [f"{'':6}J F M A M J J A S O N D"] if unit == "month" else []
    gap = " " if unit == "month" else ""
    for year, row in years.items():
        marks = gap.join(PALETTE[row[place]].mark if place in row else " " for place in range(max(row) + 1))
        lines.append(f"{year}  {marks}".rstrip())
    return lines


def _plain(keys: Sequence[str], states: Sequence[PieceState]) -> list[str]:
    if len(keys) > 72:
        each = max(1, -(-len(keys) // (_MOST_LINES * 60)))
        marks = [PALETTE[most_urgent(states[at : at + each])].mark for at in range(0, len(keys), each)]
        lines = ["".join(marks[at : at + 60]) for at in range(0, len(marks), 60)]
        return [*lines, f"(each mark: up to {plural(each, 'key')})"] if each > 1 else lines
    lines, line = [], ""
    for key, state in zip(keys, states, strict=True):
        entry = f"{terminal(key, 40)} {PALETTE[state].mark}"
        if line and width(line) + 2 + width(entry) > _COLUMNS:
            lines.append(line)
            line = entry
        else:
            line = f"{line}  {entry}" if line else entry
    return [*lines, line]


def _listed(data: GridData, counts: Counter[PieceState]) -> list[str]:
    """Return a line for each unusual state with the runs of keys that are in it."""
    wanted = [state for state in _LISTED if counts[state] and counts[state] < len(data.keys)]
    if data.axes:
        return matrix_listed(data, wanted, _MOST_RUNS)
    runs: dict[PieceState, list[tuple[int, int]]] = {state: [] for state in wanted}
    at = 0
    for state, members in groupby(data.states):
        stop = at + sum(1 for _ in members)
        if state in runs:
            runs[state].append((at, stop))
        at = stop
    return [f"{state.value}: {_said(data.keys, found)}" for state, found in runs.items()]


def _said(keys: Sequence[str], runs: Sequence[tuple[int, int]]) -> str:
    said = []
    for start, stop in runs[:_MOST_RUNS]:
        first = shorten(terminal(keys[start]), 40)
        if stop - start == 1:
            said.append(first)
        else:
            said.append(f"{first} … {shorten(terminal(keys[stop - 1]), 40)} ({count(stop - start)})")
    rest = sum(stop - start for start, stop in runs[_MOST_RUNS:])
    return ", ".join(said) + (f", … {count(rest)} more" if rest else "")
