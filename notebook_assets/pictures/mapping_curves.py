"""Draws a mapping of few rows: upstream keys on the left, downstream keys on the right, curves between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notebook_assets.display.escape import visible
from notebook_assets.display.palette import PALETTE
from notebook_assets.display.rich import bar_segments
from notebook_assets.display.shapes import number, state_shape
from notebook_assets.display.svg import Svg, fit, legend, text, text_width, title
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.cells import tooltip
from notebook_assets.pictures.key_runs import Runs, span_name
from notebook_assets.pictures.mapping_axis import odd_lengths
from notebook_assets.pictures.mapping_data import MappingData, MappingSide
from notebook_assets.pictures.mapping_head import mapping_heading, mapping_summary, shown_counts
from notebook_assets.states import PieceState

_ROW, _PILL = 24.0, 20.0
_BETWEEN = 190.0
_MOST_WIDTH = 340.0
_BAR = 44.0


def draw_curves(data: MappingData, runs: Runs) -> Svg:
    """Return the drawing of rows that are joined by curves."""
    left_names = [_name(data.upstream, *span) for span in runs.upstream] + [_lost(key) for key in runs.missing]
    spans_right = [_right_span(data, span) for span in runs.downstream]
    right_names = [_name(data.downstream, *span) for span in spans_right]
    left_width, right_width = _column(left_names, data.upstream), _column(right_names, data.downstream)
    summary = mapping_summary(data)
    counts = shown_counts(data, runs.upstream, spans_right, len(runs.missing))
    right_x = left_width + _BETWEEN
    width = max(right_x + right_width, 640.0)
    head, above = mapping_heading(data, width)
    drawn, high = legend(counts, 0, above, width)
    top = above + high + 34
    rows = max(len(left_names), len(right_names), 1)
    left_y, lost_y = _left_places(data, runs, rows, top)
    right_y = _places(len(right_names), rows, top)
    parts = [
        head,
        drawn,
        text(0, top - 14, fit(data.upstream.asset, 12, left_width, bold=True), "nba-k nba-strong"),
        text(right_x, top - 14, fit(data.downstream.asset, 12, right_width, bold=True), "nba-k nba-strong"),
    ]
    for place, index in runs.joins:
        parts.append(_curve(left_width, left_y[place], right_x, right_y[index], ""))
    for place, index in runs.missing_joins:
        parts.append(_curve(left_width, lost_y[place], right_x, right_y[index], " nba-lost"))
    for place, span in enumerate(runs.upstream):
        parts.append(_pill(data.upstream, span, left_names[place], 0, left_y[place], left_width))
    for place, key in enumerate(runs.missing):
        parts.append(_lost_pill(key, left_names[place + len(runs.upstream)], lost_y[place], left_width))
    for place, span in enumerate(spans_right):
        parts.append(_pill(data.downstream, span, right_names[place], right_x, right_y[place], right_width))
    label = f"{visible(data.downstream.asset)} from {visible(data.upstream.asset)}: {summary}"
    return Svg(width + 2, top + rows * _ROW + 4, "".join(parts), label, shrink=0.7)


def _right_span(data: MappingData, span: tuple[int, int]) -> tuple[int, int]:
    start, stop = span
    return data.rows[start], data.rows[stop - 1] + 1


def _name(side: MappingSide, start: int, stop: int) -> str:
    """The key or the keys; a window in which the clocks are changed has its length beside it."""
    name = fit(span_name(side.keys, start, stop), 11.5, _MOST_WIDTH - _BAR - 86)
    odd = odd_lengths(side.windows).get(start) if stop - start == 1 and side.windows is not None else None
    return f"{name} · {odd}" if odd else name


def _lost(key: str) -> str:
    return fit(key, 11.5, _MOST_WIDTH - 60)


def _column(names: Sequence[str], side: MappingSide) -> float:
    widest = max((text_width(name, 11.5) for name in names), default=0.0)
    many = any("…" in name for name in names)
    extra = 34 + (_BAR + 46 if many else 0)
    return min(
        max(widest + extra, text_width(fit(side.asset, 12, 220, bold=True), 12, bold=True) + 8, 90.0), _MOST_WIDTH
    )


def _left_places(data: MappingData, runs: Runs, rows: int, top: float) -> tuple[list[float], list[float]]:
    """Return the middles of the existing and of the nonexistent keys; the latter stand above if they sort before."""
    places = _places(len(runs.upstream) + len(runs.missing), rows, top)
    first = data.upstream.keys[runs.upstream[0][0]] if runs.upstream else ""
    if runs.missing and runs.upstream and max(runs.missing) < first:
        return places[len(runs.missing) :], places[: len(runs.missing)]
    return places[: len(runs.upstream)], places[len(runs.upstream) :]


def _places(many: int, rows: int, top: float) -> list[float]:
    """Return the middle of each row; the shorter side is spread over the height of the longer one."""
    step = rows / many * _ROW if many else _ROW
    return [top + (index + 0.5) * step for index in range(many)]


def _curve(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    bend = (x2 - x1) * 0.5
    path = f"M{number(x1)} {number(y1)}C{number(x1 + bend)} {number(y1)} {number(x2 - bend)} {number(y2)}"
    return f'<path class="nba-curve{css}" d="{path} {number(x2)} {number(y2)}"/>'


def _pill(side: MappingSide, span: tuple[int, int], name: str, x: float, y: float, width: float) -> str:
    start, stop = span
    many = stop - start
    top = y - _PILL / 2
    states = side.states
    said = tooltip(name, side.keys, states, start, stop) if states is not None else f"{name}: {plural(many, side.noun)}"
    parts = [title(said), _plate(x, top, width, "")]
    if many == 1:
        if states is not None:
            css = PALETTE[states[start]].css_class
            parts.append(f'<path class="{css}" d="{state_shape(states[start], x + 9, y - 4.5, 9, 9)}"/>')
        parts.append(text(x + (26 if states is not None else 11), y + 4, name, "nba-key"))
    else:
        parts.append(text(x + 11, y + 4, name, "nba-key"))
        parts.append(text(x + width - 10, y + 4, count(many), "nba-x", "end"))
        if states is not None:
            counts = Counter(states[start:stop])
            number_room = max(text_width(count(many), 10), 24.0)
            parts.append(bar_segments(counts, x + width - 16 - number_room - _BAR, y - 3, _BAR, 6))
    return f'<g class="nba-run" data-start="{start}" data-stop="{stop}">{"".join(parts)}</g>'


def _lost_pill(key: str, name: str, y: float, width: float) -> str:
    state = PieceState.NONEXISTENT
    mark = f'<path class="{PALETTE[state].css_class}" d="{state_shape(state, 9, y - 4.5, 9, 9)}"/>'
    said = title(f"{key}: required, but does not exist")
    plate = _plate(0, y - _PILL / 2, width, " nba-lost")
    return f"<g>{said}{plate}{mark}{text(26, y + 4, name, 'nba-key')}</g>"


def _plate(x: float, y: float, width: float, css: str) -> str:
    shape = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(_PILL)}"'
    return f'<rect class="nba-plate{css}" {shape} rx="5"/>'
