"""Draws a mapping of thousands of keys: two axes, and bands between what belongs together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from notebook_assets.display.escape import visible
from notebook_assets.display.palette import PALETTE, most_urgent
from notebook_assets.display.shapes import box, number, state_shape
from notebook_assets.display.svg import Svg, fit, legend, text, title
from notebook_assets.display.times import plural
from notebook_assets.pictures.key_runs import Span, merge_spans, span_name
from notebook_assets.pictures.mapping_data import MappingData, MappingSide
from notebook_assets.pictures.mapping_head import mapping_heading, mapping_summary, shown_counts
from notebook_assets.states import PieceState

_WIDTH = 760.0
_AXIS, _BETWEEN = 12.0, 130.0
_MOST_BINS = 92
_MOST_BANDS = 600
_SLICES = 380


def draw_bands(data: MappingData) -> Svg:
    """Return the drawing with the upstream keys along the upper axis and the downstream keys along the lower one."""
    needed = merge_spans(span for spans in data.spans for span in spans)
    up = (needed[0][0], needed[-1][1]) if needed else (0, max(len(data.upstream.keys), 1))
    down = (data.rows[0], data.rows[-1] + 1) if data.rows else (0, 1)
    lost = {key for keys in data.nonexistent.values() for key in keys}
    summary = mapping_summary(data)
    counts = shown_counts(data, [up], [down], len(lost))
    head, above = mapping_heading(data, _WIDTH)
    drawn, high = legend(counts, 0, above, _WIDTH)
    top = above + high + 44
    lower = top + _AXIS + _BETWEEN
    parts = [
        head,
        drawn,
        _names(data.upstream, up, top - 10, above=True),
        _names(data.downstream, down, lower + _AXIS + 18, above=False),
        _bands(data, up, down, top + _AXIS + 2, lower - 2),
        _axis(data.upstream, up, top),
        _axis(data.downstream, down, lower),
        _lost(data, down, lower, lost),
    ]
    label = f"{visible(data.downstream.asset)} from {visible(data.upstream.asset)}: {summary}"
    return Svg(_WIDTH, lower + _AXIS + 44, "".join(parts), label, shrink=0.7)


def _names(side: MappingSide, span: Span, y: float, above: bool) -> str:
    start, stop = span
    many = stop - start
    name_y, key_y = (y - 16, y) if above else (y + 16, y)
    middle = f"{visible(fit(side.asset, 12, 300))} · {plural(many, side.noun)}"
    ticks = sorted({0, many // 4, many // 2, many * 3 // 4, many - 1})
    parts = [text(_WIDTH / 2, name_y, middle, "nba-k nba-strong", "middle")]
    for tick in ticks if len(ticks) == 5 else [0, many - 1]:
        anchor = "start" if tick == 0 else "end" if tick == many - 1 else "middle"
        x = 0.0 if tick == 0 else _WIDTH if tick == many - 1 else (tick + 0.5) / many * _WIDTH
        parts.append(text(x, key_y, fit(side.keys[start + tick], 10, _WIDTH / 5 - 8), "nba-x", anchor))
    return "".join(parts)


def _axis(side: MappingSide, span: Span, y: float) -> str:
    """Draw the keys as slices; where several share one it shows the most urgent of their states."""
    start, stop = span
    many = stop - start
    if side.states is None:
        return f'<path class="nba-axis" d="{box(0, y, _WIDTH, _AXIS)}"/>'
    slices = min(many, _SLICES)
    found = [
        most_urgent(set(side.states[start + many * at // slices : max(start + many * (at + 1) // slices, start + 1)]))
        for at in range(slices)
    ]
    paths: dict[PieceState, list[str]] = {}
    at = 0
    while at < slices:
        stop_at = at
        while stop_at < slices and found[stop_at] is found[at]:
            stop_at += 1
        x, width = _WIDTH * at / slices, _WIDTH * (stop_at - at) / slices
        shape = box(x, y, width, _AXIS)
        if found[at] is PieceState.EMPTY:
            shape = state_shape(PieceState.EMPTY, x, y, max(width, 2.0), _AXIS)
        paths.setdefault(found[at], []).append(shape)
        at = stop_at
    drawn = "".join(f'<path class="{PALETTE[state].css_class}" d="{"".join(d)}"/>' for state, d in paths.items())
    counts = Counter(side.states[start:stop])
    words = ", ".join(f"{plural(number_of, 'key')} {state.value}" for state, number_of in counts.items())
    return f"<g>{title(f'{visible(side.asset)}: {words}')}{drawn}</g>"


def _bands(data: MappingData, up: Span, down: Span, y1: float, y2: float) -> str:
    """Draw one band from each bin of downstream keys to each span of upstream keys that it needs."""
    bins = _bins(data, down)
    up_scale = _WIDTH / (up[1] - up[0])
    down_scale = _WIDTH / (down[1] - down[0])
    parts: list[str] = []
    total = 0
    for place, (first, last, spans) in enumerate(bins):
        x3, x4 = (first - down[0]) * down_scale, (last - down[0]) * down_scale
        if total + len(spans) > _MOST_BANDS and spans:
            spans = [(spans[0][0], spans[-1][1])]
        total += len(spans)
        css = "nba-band nba-odd" if place % 2 else "nba-band"
        names = [span_name(data.upstream.keys, *span) for span in spans[:3]]
        more = " …" if len(spans) > 3 else ""
        said = title(f"{span_name(data.downstream.keys, first, last)} ← {', '.join(names)}{more}")
        shapes = [_band((s - up[0]) * up_scale, (e - up[0]) * up_scale, x3, x4, y1, y2) for s, e in spans]
        parts.append(f'<path class="{css}" d="{"".join(shapes)}">{said}</path>')
    return "".join(parts)


def _bins(data: MappingData, down: Span) -> list[tuple[int, int, list[Span]]]:
    each = math.ceil((down[1] - down[0]) / _MOST_BINS)
    found: dict[int, list[int]] = {}
    for place, row in enumerate(data.rows):
        found.setdefault((row - down[0]) // each, []).append(place)
    return [
        (data.rows[places[0]], data.rows[places[-1]] + 1, merge_spans(s for place in places for s in data.spans[place]))
        for places in found.values()
    ]


def _band(x1: float, x2: float, x3: float, x4: float, y1: float, y2: float) -> str:
    x2, x4 = max(x2, x1 + 0.8), max(x4, x3 + 0.8)
    middle = number((y1 + y2) / 2)
    top, bottom = number(y1), number(y2)
    a, b, c, d = (number(x) for x in (x1, x2, x3, x4))
    return f"M{a} {top}H{b}C{b} {middle} {d} {middle} {d} {bottom}H{c}C{c} {middle} {a} {middle} {a} {top}z"


def _lost(data: MappingData, down: Span, y: float, lost: Sequence[str] | set[str]) -> str:
    """Mark the downstream keys that require what does not exist."""
    if not lost:
        return ""
    scale = _WIDTH / (down[1] - down[0])
    css = PALETTE[PieceState.NONEXISTENT].css_class
    places = sorted({round((data.rows[place] - down[0] + 0.5) * scale) for place in data.nonexistent})
    path = "".join(f"M{x} {number(y - 3)}l-4 -7h8z" for x in places)
    words = plural(len(data.nonexistent), data.downstream.noun)
    said = f"{words} here require {plural(len(lost), 'key')} that {'does' if len(lost) == 1 else 'do'} not exist"
    return f'<path class="{css}" d="{path}">{title(said)}</path>'
