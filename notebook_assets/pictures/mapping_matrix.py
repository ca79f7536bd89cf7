"""Draws a mapping whose keys go to and fro: upstream keys across, downstream keys down, a mark for each pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_assets.display.escape import markup, visible
from notebook_assets.display.palette import PALETTE, most_urgent
from notebook_assets.display.shapes import box, number, state_shape
from notebook_assets.display.svg import Svg, fit, legend, text, text_width, title
from notebook_assets.display.times import count, plural
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.pictures.key_runs import merge_spans, span_name
from notebook_assets.pictures.mapping_cells import FEW, MOST_LOST, Cells, lay_out, pair_counts
from notebook_assets.pictures.mapping_data import MappingData, MappingSide
from notebook_assets.pictures.mapping_head import mapping_heading, mapping_summary, several, shown_counts
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_LEAST_WIDTH = 640.0
_LABELLED = 12.5
_STRIP = 7.0
_LEVELS = 5


def draw_matrix(data: MappingData) -> Svg:
    """Return the drawing with a mark where a row's key needs a column's key; many keys share cells of five shades."""
    cells, lost_at, needed = lay_out(data)
    lost_room = 12 + cells.width * max(lost_at.values()) if lost_at else 0.0
    width = max(cells.right + lost_room + 60, _LEAST_WIDTH)
    head, above = mapping_heading(data, width)
    span = (data.rows[0], data.rows[-1] + 1) if data.rows else (0, 0)
    rows = merge_spans((row, row + 1) for row in data.rows) if len(data.rows) <= FEW else [span]
    drawn, high = legend(shown_counts(data, needed, rows, len(data.lost)), 0, above, width)
    slanted, room = _column_names(data, cells, lost_at)
    top = above + high + room + 26
    down = f'<g transform="translate(0 {number(top)})">'
    body = [
        _axis_names(data, cells),
        slanted,
        _row_names(data, cells),
        _grid(cells),
        _marks(data, cells),
        _lost(data, cells, lost_at),
        _across_strip(data.upstream, cells),
        _down_strip(data, cells),
    ]
    scale = _shades(cells, data)
    summary = mapping_summary(data)
    label = f"{visible(data.downstream.asset)} from {visible(data.upstream.asset)}: {summary}"
    inside = f"{head}{drawn}{down}{''.join(body)}{scale}</g>"
    return Svg(width, top + cells.bottom + (26 if scale else 8), inside, label, shrink=0.7)


def _marks(data: MappingData, cells: Cells) -> str:
    """Draw the pairs, a group with a tooltip for each row; neighbours of one shade are one box."""
    counts = pair_counts(data, cells)
    room = np.outer(np.diff(cells.down), np.diff(cells.across))
    # The least of pairs can be seen: few keys in a large bin are what such a mapping is about.
    scale = _scale(counts, room)
    shades = np.where(counts > 0, np.clip(np.ceil(counts / np.maximum(room, 1) / scale * _LEVELS), 1, _LEVELS), 0)
    gap = 1.5 if cells.width > 8 and len(cells.keys) <= FEW else 0.0
    inset = 1.5 if cells.height > 8 and len(data.rows) <= FEW else 0.0
    parts = []
    for row, line in enumerate(shades.astype(np.int64).tolist()):
        paths: dict[int, list[str]] = {}
        column = 0
        while column < len(line):
            stop = column + 1
            while not gap and stop < len(line) and line[stop] == line[column]:
                stop += 1
            if line[column]:
                x, width = cells.left + column * cells.width, (stop - column) * cells.width
                y = cells.top + row * cells.height
                shape = box(x + gap / 2, y + inset / 2, width - gap, cells.height - inset)
                paths.setdefault(line[column], []).append(shape)
            column = stop
        if paths:
            drawn = "".join(f'<path class="nba-heat nba-heat-{shade}" d="{"".join(d)}"/>' for shade, d in paths.items())
            parts.append(f"<g>{title(_row_said(data, cells, row, int(counts[row].sum())))}{drawn}</g>")
    return "".join(parts)


def _scale(counts: IntArray, room: IntArray) -> float:
    """Return the share of pairs in a cell that is drawn in the darkest shade."""
    return float((counts / np.maximum(room, 1)).max(initial=0.0)) or 1.0


def _row_said(data: MappingData, cells: Cells, row: int, pairs: int) -> str:
    first, last = int(cells.down[row]), int(cells.down[row + 1])
    name = span_name(data.downstream.keys, data.rows[first], data.rows[last - 1] + 1)
    if last - first > 1:
        return f"{name} ← {plural(pairs, 'pair')}"
    spans = [span_name(data.upstream.keys, *span) for span in data.spans[first][:6]]
    return f"{name} ← {', '.join(spans)}{' …' if len(data.spans[first]) > 6 else ''}"


def _grid(cells: Cells) -> str:
    frame = box(cells.left, cells.top, cells.right - cells.left, cells.bottom - cells.top)
    lines = ""
    if len(cells.across) <= FEW + 1 and len(cells.down) <= FEW + 1:
        rows = (cells.top + cells.height * at for at in range(1, len(cells.down) - 1))
        columns = (cells.left + cells.width * at for at in range(1, len(cells.across) - 1))
        lines = "".join(f"M{number(cells.left)} {number(y)}H{number(cells.right)}" for y in rows)
        lines += "".join(f"M{number(x)} {number(cells.top)}V{number(cells.bottom)}" for x in columns)
    return f'<path class="nba-frame" d="{frame}"/><path class="nba-rule" d="{lines}{frame}"/>'


def _axis_names(data: MappingData, cells: Cells) -> str:
    down = f"{visible(fit(data.downstream.asset, 12, 130, bold=True))} ↓"
    return text(0, cells.top - 8, down, "nba-k nba-strong")


def _column_names(data: MappingData, cells: Cells, lost_at: dict[str, int]) -> tuple[str, float]:
    """Write the upstream keys above the columns, slanted where each has one; return the pixels that they take."""
    side, keys = data.upstream, cells.keys
    head = f"{visible(fit(side.asset, 12, 300, bold=True))} → {plural(len(keys), side.noun, several(side.noun))} across"
    names: list[tuple[float, str]] = []
    if len(keys) <= FEW and cells.width >= _LABELLED:
        middles = cells.left + (np.arange(len(keys)) + 0.5) * cells.width
        shown = [side.keys[key] or "(the whole asset)" for key in keys.tolist()]
        names = list(zip(middles.tolist(), shown, strict=True))
        if len(lost_at) <= MOST_LOST:
            names += [(cells.right + 8 + (at - 0.5) * cells.width, key) for key, at in lost_at.items()]
        fitted = [(x, fit(name, 10, 100)) for x, name in names]
        high = max((text_width(name, 10) for _, name in fitted), default=0.0) * 0.72 + 14
        y = cells.top - _STRIP - 6
        drawn = "".join(
            f'<text class="nba-x" transform="translate({number(x + 3)} {number(y)}) rotate(-45)">{markup(name)}</text>'
            for x, name in fitted
        )
        return drawn + text(cells.left, cells.top - _STRIP - high, head, "nba-k nba-strong"), high + _STRIP
    y = cells.top - _STRIP - 6
    drawn = text(cells.left, y - 16, head, "nba-k nba-strong")
    if not len(keys):
        return drawn, _STRIP + 22
    ticks = sorted({0, len(keys) // 2, len(keys) - 1})
    for tick in ticks:
        anchor = "start" if tick == 0 else "end" if tick == len(keys) - 1 else "middle"
        x = {"start": cells.left, "end": cells.right}.get(anchor, (cells.left + cells.right) / 2)
        name = fit(side.keys[int(keys[tick])], 10, (cells.right - cells.left) / 3 - 8)
        drawn += text(x, y, name, "nba-x", anchor)
    return drawn, _STRIP + 22


def _row_names(data: MappingData, cells: Cells) -> str:
    keys = data.downstream.keys
    x = cells.left - _STRIP - 8
    if len(data.rows) <= FEW and cells.height >= _LABELLED - 2:
        middles = (cells.top + (at + 0.5) * cells.height + 4 for at in range(len(data.rows)))
        named = zip(middles, data.rows, strict=True)
        shown = [(y, fit(keys[row] or "(the whole asset)", 11.5, 130)) for y, row in named]
        return "".join(text(x, y, name, "nba-key", "end") for y, name in shown)
    ticks = sorted({0, len(data.rows) // 4, len(data.rows) // 2, len(data.rows) * 3 // 4, len(data.rows) - 1})
    made = []
    for tick in ticks if data.rows else []:
        y = cells.top + (cells.bottom - cells.top) * tick / max(len(data.rows) - 1, 1)
        y = min(max(y + 4, cells.top + 9), cells.bottom)
        made.append(text(x, y, fit(keys[data.rows[tick]], 10, cells.left - 22), "nba-x", "end"))
    return "".join(made)


def _across_strip(side: MappingSide, cells: Cells) -> str:
    if side.states is None:
        return ""
    slots = zip(cells.across[:-1].tolist(), cells.across[1:].tolist(), strict=True)
    states = [most_urgent({side.states[key] for key in cells.keys[a:b].tolist()}) for a, b in slots]
    y = cells.top - _STRIP - 2
    gap = 1.5 if cells.width > 8 else 0.0
    shapes = [
        (state, cells.left + at * cells.width + gap / 2, y, cells.width - gap, _STRIP)
        for at, state in enumerate(states)
    ]
    return _strip(shapes)


def _down_strip(data: MappingData, cells: Cells) -> str:
    states = data.downstream.states
    if states is None:
        return ""
    slots = zip(cells.down[:-1].tolist(), cells.down[1:].tolist(), strict=True)
    found = [most_urgent({states[row] for row in data.rows[a:b]}) for a, b in slots]
    x = cells.left - _STRIP - 2
    gap = 1.5 if cells.height > 8 else 0.0
    shapes = [
        (state, x, cells.top + at * cells.height + gap / 2, _STRIP, cells.height - gap)
        for at, state in enumerate(found)
    ]
    return _strip(shapes)


def _strip(shapes: list[tuple[PieceState, float, float, float, float]]) -> str:
    paths: dict[PieceState, list[str]] = {}
    for state, x, y, width, height in shapes:
        paths.setdefault(state, []).append(state_shape(state, x, y, width, height))
    return "".join(f'<path class="{PALETTE[state].css_class}" d="{"".join(d)}"/>' for state, d in paths.items())


def _lost(data: MappingData, cells: Cells, lost_at: dict[str, int]) -> str:
    """Draw what is required and does not exist, in columns of its own behind the others."""
    state = PieceState.NONEXISTENT
    found: dict[tuple[int, int], dict[str, None]] = {}
    for place, keys in data.nonexistent.items():
        row = int(np.searchsorted(cells.down, place, side="right")) - 1
        for key in keys:
            found.setdefault((row, lost_at[key]), {})[key] = None
    parts = []
    for (row, column), names in found.items():
        x, y = cells.right + 8 + (column - 1) * cells.width, cells.top + row * cells.height
        size = min(cells.width, cells.height, 9.0)
        shape = state_shape(state, x + (cells.width - size) / 2, y + (cells.height - size) / 2, size, size)
        few = list(names)
        said = ", ".join(few[:4]) + (f", … {count(len(few) - 4)} more" if len(few) > 4 else "")
        path = f'<path class="{PALETTE[state].css_class}" d="{shape}"/>'
        parts.append(f"<g>{title(f'required, but not existing: {said}')}{path}</g>")
    return "".join(parts)


def _shades(cells: Cells, data: MappingData) -> str:
    """Say what the shades mean, where cells stand for several pairs."""
    room = np.outer(np.diff(cells.down), np.diff(cells.across))
    if room.size == 0 or int(room.max()) <= 1:
        return ""
    y = cells.bottom + 10
    boxes = "".join(
        f'<path class="nba-heat nba-heat-{shade}" d="{box(cells.left + 14 * (shade - 1), y, 12, 9)}"/>'
        for shade in range(1, _LEVELS + 1)
    )
    counts, most = pair_counts(data, cells), count(int(room.max()))
    words = f"1 to {count(int(counts.max(initial=0)))} pairs in a cell, which has room for {most}"
    return boxes + text(cells.left + 14 * _LEVELS + 8, y + 8.5, words, "nba-x")
