"""What stands along the axes of a mapping picture: names, ticks, states, changes of the clocks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from notebook_assets.display.escape import visible
from notebook_assets.display.palette import PALETTE, most_urgent
from notebook_assets.display.shapes import box, number, state_shape
from notebook_assets.display.svg import fit, text, title
from notebook_assets.display.times import plural
from notebook_assets.lazy import lazy_module
from notebook_assets.pictures.mapping_axis import Axis, clock_changes, odd_lengths, time_ticks
from notebook_assets.pictures.mapping_data import MappingSide
from notebook_assets.pictures.mapping_head import several
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_SLICES = 380
_MOST_CHANGES = 12
_TICK_ROOM = 96.0


def key_names(axis: Axis, y: float, above: bool) -> str:
    """Draw what an axis holds, and its ticks: round times, or keys from the first to the last."""
    side, many = axis.side, axis.span[1] - axis.span[0]
    name_y, key_y = (y - 16, y) if above else (y + 16, y)
    middle = f"{visible(fit(side.asset, 12, 300))} · {plural(many, side.noun, several(side.noun))}"
    parts = [text(axis.left + axis.length / 2, name_y, middle, "nba-k nba-strong", "middle")]
    ticks = _key_labels(axis) if axis.windows is None else _time_labels(axis)
    return "".join(parts + [text(x, key_y, label, "nba-x", anchor) for x, label, anchor in ticks])


def _time_labels(axis: Axis) -> list[tuple[float, str, str]]:
    made = []
    for at, label in _ticks(axis):
        x = float(axis.x(at))
        room = len(label) * 3.2
        anchor = "start" if x < axis.left + room else "end" if x > axis.left + axis.length - room else "middle"
        made.append((min(max(x, axis.left), axis.left + axis.length), label, anchor))
    return made


def _ticks(axis: Axis) -> list[tuple[int, str]]:
    if axis.windows is None:
        return []
    return time_ticks(int(axis.low), int(axis.high), axis.windows.timezone, int(axis.length / _TICK_ROOM))


def _key_labels(axis: Axis) -> list[tuple[float, str, str]]:
    (start, stop), side = axis.span, axis.side
    many = stop - start
    if not many:
        return []
    ticks = sorted({0, many // 4, many // 2, many * 3 // 4, many - 1})
    made = []
    for tick in ticks if len(ticks) == 5 else sorted({0, many - 1}):
        share = 0.0 if tick == 0 else 1.0 if tick == many - 1 else (tick + 0.5) / many
        anchor = "start" if tick == 0 else "end" if tick == many - 1 else "middle"
        name = fit(side.keys[start + tick] or "(the whole asset)", 10, axis.length / (6 if len(ticks) == 5 else 2) - 8)
        made.append((axis.left + share * axis.length, name, anchor))
    return made


def time_rules(axis: Axis, y1: float, y2: float) -> str:
    """Draw upright lines at the round times of an axis of time, by which a shift between the two axes is seen."""
    path = "".join(f"M{number(float(axis.x(at)))} {number(y1 - 5)}V{number(y2 + 5)}" for at, _ in _ticks(axis))
    return f'<path class="nba-rule" d="{path}"/>' if path else ""


def change_marks(upper: Axis, lower: Axis, y1: float, y2: float) -> str:
    """Mark on axes of time where the clocks are changed, with how long that makes the window of a key."""
    if lower.windows is None:
        return ""
    changes = clock_changes(lower.windows, int(lower.low), int(lower.high))
    odd = {**_odd(upper), **_odd(lower)}
    parts = []
    for at, shift in changes:
        x = float(lower.x(at))
        around = [(end - start, said) for (start, end), said in odd.items() if start <= at <= end]
        length = max(around, default=(0, ""))[1]  # a day of 23 hours says more than an hour of a half
        said = f"the clocks go {'forward' if shift > 0 else 'back'} by {abs(shift) / 3600:g} h"
        dots = f'<path class="nba-change" d="M{number(x)} {number(y1)}V{number(y2)}"/>'
        label = length or f"{'+' if shift > 0 else '−'}{abs(shift) / 3600:g} h"
        anchor = "end" if x > lower.left + lower.length - 30 else "start"
        offset = -4 if anchor == "end" else 4
        words = text(x + offset, y1 + 14, label, "nba-x nba-halo", anchor) if len(changes) <= _MOST_CHANGES else ""
        parts.append(f"<g>{title(said + (f': a window of {length}' if length else ''))}{dots}{words}</g>")
    return "".join(parts)


def _odd(axis: Axis) -> dict[tuple[int, int], str]:
    windows = axis.windows
    if windows is None:
        return {}
    return {(int(windows.starts[at]), int(windows.ends[at])): said for at, said in odd_lengths(windows).items()}


def state_strip(axis: Axis, y: float, high: float) -> str:
    """Draw the keys of an axis; where several share a pixel or two it shows the most urgent of their states."""
    side = axis.side
    spans = [slot for start, stop in axis.stretches() for slot in _slots(start, stop, axis)]
    if not spans:
        return ""
    starts, stops = (np.array(column, dtype=np.int64) for column in zip(*spans, strict=True))
    lefts, rights = (edges.tolist() for edges in axis.edges(starts, stops))
    paths: dict[str, list[str]] = {}
    for (css, state), left, right in _runs(side, spans, lefts, rights):
        width = max(right - left, 0.6)
        shape = box(left, y, width, high)
        if state is PieceState.EMPTY:
            shape = state_shape(PieceState.EMPTY, left, y, max(width, 2.0), high)
        paths.setdefault(css, []).append(shape)
    drawn = "".join(f'<path class="{css}" d="{"".join(d)}"/>' for css, d in paths.items())
    return f"<g>{title(_said(axis))}{drawn}</g>"


def _slots(start: int, stop: int, axis: Axis) -> list[tuple[int, int]]:
    """Cut a stretch of keys into as many parts as it has room for."""
    total = axis.span[1] - axis.span[0]
    parts = min(stop - start, max(1, round(_SLICES * (stop - start) / total)))
    many = stop - start
    return [(start + many * at // parts, start + many * (at + 1) // parts) for at in range(parts)]


def _runs(
    side: MappingSide, spans: list[tuple[int, int]], lefts: list[float], rights: list[float]
) -> list[tuple[tuple[str, PieceState | None], float, float]]:
    """Return neighbours of one look as one: the class and the state, and from which pixel to which."""
    made: list[tuple[tuple[str, PieceState | None], float, float]] = []
    for (start, stop), left, right in zip(spans, lefts, rights, strict=True):
        state = None if side.states is None else most_urgent(set(side.states[start:stop]))
        look = ("nba-axis" if state is None else PALETTE[state].css_class, state)
        if made and made[-1][0] == look and left - made[-1][2] < 0.8:
            made[-1] = (look, made[-1][1], right)
        else:
            made.append((look, left, right))
    return made


def _said(axis: Axis) -> str:
    (start, stop), side = axis.span, axis.side
    name = visible(side.asset)
    if side.states is None:
        return f"{name}: {plural(stop - start, side.noun, several(side.noun))}"
    counts = Counter(side.states[start:stop])
    return f"{name}: " + ", ".join(f"{plural(many, 'key')} {state.value}" for state, many in counts.items())
