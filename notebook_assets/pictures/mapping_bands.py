"""Draws a mapping of thousands of keys: two axes, and bands between what belongs together."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from notebook_assets.display.escape import visible
from notebook_assets.display.palette import PALETTE
from notebook_assets.display.shapes import box, number
from notebook_assets.display.svg import Svg, legend, title
from notebook_assets.display.times import plural
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.pictures.key_runs import span_name
from notebook_assets.pictures.mapping_axis import Axis, key_axis, time_axis
from notebook_assets.pictures.mapping_data import MappingData, Span
from notebook_assets.pictures.mapping_head import mapping_heading, mapping_summary, shown_counts
from notebook_assets.pictures.mapping_scale import change_marks, key_names, state_strip, time_rules
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_WIDTH = 760.0
_AXIS, _BETWEEN = 12.0, 130.0
_MOST_BINS = 92
_MOST_BANDS = 600
_LOST_ROOM = 40.0
Pixels = tuple[float, float]


def draw_bands(data: MappingData) -> Svg:
    """Return the drawing with the upstream keys along the upper axis and the downstream keys along the lower one.

    Where both are stretches of time the two axes are one scale: what is shifted slants, and gaps are holes.
    """
    upper, lower, lost = _axes(data)
    summary = mapping_summary(data)
    counts = shown_counts(data, [upper.span], [lower.span], len(data.lost))
    head, above = mapping_heading(data, _WIDTH)
    drawn, high = legend(counts, 0, above, _WIDTH)
    top = above + high + 44
    y1, y2 = top + _AXIS + 2, top + _AXIS + _BETWEEN - 2
    bottom = y2 + 2
    parts = [
        head,
        drawn,
        key_names(upper, top - 10, above=True),
        key_names(lower, bottom + _AXIS + 18, above=False),
        time_rules(upper, top, bottom + _AXIS),
        _bands(data, upper, lower, y1, y2),
        _lost_bands(data, lower, lost, y1, y2),
        state_strip(upper, top, _AXIS),
        state_strip(lower, bottom, _AXIS),
        _lost_keys(data, lost, top),
        change_marks(upper, lower, y1, y2),
    ]
    label = f"{visible(data.downstream.asset)} from {visible(data.upstream.asset)}: {summary}"
    return Svg(_WIDTH, bottom + _AXIS + 44, "".join(parts), label, shrink=0.7)


def _axes(data: MappingData) -> tuple[Axis, Axis, dict[str, Pixels]]:
    """Return the upper and the lower axis, and where on the upper one each nonexistent key stands."""
    _, starts, stops = data.columns
    up = (int(starts.min()), int(stops.max())) if len(starts) else (0, 0 if data.lost else len(data.upstream.keys))
    down = (data.rows[0], data.rows[-1] + 1) if data.rows else (0, 1)
    one, other = data.upstream.windows, data.downstream.windows
    if one is not None and other is not None and data.rows and all(key in data.lost_windows for key in data.lost):
        times = [(int(side.starts[a]), int(side.ends[b - 1])) for side, (a, b) in ((one, up), (other, down)) if a < b]
        times += [data.lost_windows[key] for key in data.lost]
        time = (min(low for low, _ in times), max(high for _, high in times))
        upper, lower = (
            time_axis(data.upstream, up, time, 0, _WIDTH),
            time_axis(data.downstream, down, time, 0, _WIDTH),
        )
        lost = {key: (float(upper.x(low)), float(upper.x(high))) for key, (low, high) in data.lost_windows.items()}
        return upper, lower, lost
    room = _LOST_ROOM if data.lost else 0.0
    before = bool(data.lost) and up[0] < up[1] and max(data.lost) < data.upstream.keys[up[0]]
    upper = key_axis(data.upstream, up, room if before else 0, _WIDTH - room)
    place = (0.0, room - 4) if before else (_WIDTH - room + 4, _WIDTH)
    return upper, key_axis(data.downstream, down, 0, _WIDTH), dict.fromkeys(data.lost, place)


def _bins(data: MappingData, lower: Axis) -> list[Span]:
    """Return the places in ``data.rows`` that share a band; none goes over a gap that can be seen."""
    if not data.rows:
        return []
    rows = np.asarray(data.rows, dtype=np.int64)
    lefts, rights = lower.edges(rows, rows + 1)
    cuts = (np.flatnonzero(lefts[1:] - rights[:-1] >= 1) + 1).tolist()
    each = math.ceil(len(rows) / _MOST_BINS)
    edges = [0, *cuts, len(rows)]
    return [(at, min(at + each, stop)) for start, stop in pairwise(edges) for at in range(start, stop, each)]


def _bands(data: MappingData, upper: Axis, lower: Axis, y1: float, y2: float) -> str:
    """Draw one band from each bin of downstream keys to each span of upstream keys that it needs."""
    rows, starts, stops = data.columns
    stretches = upper.stretches()
    parts: list[str] = []
    total = 0
    for place, (first, last) in enumerate(_bins(data, lower)):
        a, b = np.searchsorted(rows, [first, last])
        spans = list(zip(*(c.tolist() for c in algebra.normalised(starts[a:b], stops[a:b])), strict=True))
        if total + len(spans) > _MOST_BANDS and spans:
            spans = [(spans[0][0], spans[-1][1])]
        shapes = [piece for span in spans for piece in _pieces(upper, stretches, span)]
        total += len(shapes)
        x3, x4 = _row_edges(data, lower, first, last)
        css = "nba-band nba-odd" if place % 2 else "nba-band"
        names = [span_name(data.upstream.keys, *span) for span in spans[:3]]
        more = " …" if len(spans) > 3 else ""
        name = span_name(data.downstream.keys, data.rows[first], data.rows[last - 1] + 1)
        said = title(f"{name} ← {', '.join(names) or 'nothing'}{more}")
        drawn = "".join(_band(x1, x2, x3, x4, y1, y2) for x1, x2 in _merged(shapes))
        parts.append(f'<path class="{css}" d="{drawn}">{said}</path>' if drawn else "")
    # Where bands lie over each other they would grow as dark as what does not exist.
    covered, needed = int((stops - starts).sum()), sum(stop - start for start, stop in data.needed)
    return f'<g opacity="0.5">{"".join(parts)}</g>' if covered > 1.5 * needed else "".join(parts)


def _row_edges(data: MappingData, lower: Axis, first: int, last: int) -> Pixels:
    left, right = lower.edges(np.array([data.rows[first]]), np.array([data.rows[last - 1] + 1]))
    return float(left[0]), float(right[0])


def _pieces(upper: Axis, stretches: list[Span], span: Span) -> list[Pixels]:
    """Return the pixels of a span of upstream keys without the gaps that can be seen in it."""
    first = bisect_right([stop for _, stop in stretches], span[0])
    last = bisect_left([start for start, _ in stretches], span[1])
    cut = [(max(start, span[0]), min(stop, span[1])) for start, stop in stretches[first:last]]
    lefts, rights = upper.edges(np.array([a for a, _ in cut], np.int64), np.array([b for _, b in cut], np.int64))
    return list(zip(lefts.tolist(), rights.tolist(), strict=True))


def _merged(pieces: list[Pixels]) -> list[Pixels]:
    """Return the pieces with those joined between which there is no pixel."""
    made: list[Pixels] = []
    for left, right in sorted(pieces):
        if made and left - made[-1][1] < 0.8:
            made[-1] = (made[-1][0], max(made[-1][1], right))
        else:
            made.append((left, right))
    return made


def _band(x1: float, x2: float, x3: float, x4: float, y1: float, y2: float) -> str:
    x2, x4 = max(x2, x1 + 0.8), max(x4, x3 + 0.8)
    middle = number((y1 + y2) / 2)
    top, bottom = number(y1), number(y2)
    a, b, c, d = (number(x) for x in (x1, x2, x3, x4))
    return f"M{a} {top}H{b}C{b} {middle} {d} {middle} {d} {bottom}H{c}C{c} {middle} {a} {middle} {a} {top}z"


def _lost_bands(data: MappingData, lower: Axis, lost: dict[str, Pixels], y1: float, y2: float) -> str:
    """Draw the bands from downstream keys to what they require and what does not exist."""
    if not lost:
        return ""
    lacking = np.array(sorted(data.nonexistent), dtype=np.int64)
    shapes = []
    for first, last in _bins(data, lower):
        a, b = np.searchsorted(lacking, [first, last]).tolist()
        keys = dict.fromkeys(key for place in lacking[a:b].tolist() for key in data.nonexistent[place])
        if keys:
            x3, x4 = _row_edges(data, lower, int(lacking[a]), int(lacking[b - 1]) + 1)
            shapes += [_band(x1, x2, x3, x4, y1, y2) for x1, x2 in _merged([lost[key] for key in keys])]
    words = plural(len(data.nonexistent), data.downstream.noun)
    many = len(data.lost)
    verb = "requires" if len(data.nonexistent) == 1 else "require"
    said = f"{words} here {verb} {plural(many, 'key')} that {'does' if many == 1 else 'do'} not exist"
    return f'<path class="nba-band nba-lost" d="{"".join(shapes)}">{title(said)}</path>'


def _lost_keys(data: MappingData, lost: dict[str, Pixels], y: float) -> str:
    """Draw the nonexistent keys on the upper axis."""
    if not lost:
        return ""
    css = PALETTE[PieceState.NONEXISTENT].css_class
    shapes = "".join(box(left, y, max(right - left, 1.5), _AXIS) for left, right in _merged(list(lost.values())))
    few = ", ".join(data.lost[:4]) + (" …" if len(data.lost) > 4 else "")
    return f'<path class="{css}" d="{shapes}">{title(f"required, but not existing: {few}")}</path>'
