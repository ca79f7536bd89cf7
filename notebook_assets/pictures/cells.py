"""Cells of a grid: where they are, what they stand for, and their drawing as few merged paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from notebook_assets.display.escape import shorten, visible
from notebook_assets.display.palette import PALETTE, URGENCY, in_legend_order
from notebook_assets.display.shapes import box, number, state_shape
from notebook_assets.display.svg import title
from notebook_assets.display.times import count, plural
from notebook_assets.states import PieceState

SIDE_BY_SIDE = 4  # so many keys may share a place as slices of their own; more are drawn as shares


_WHOLE = (PieceState.MATERIALIZED, PieceState.MISSING)  # the states whose shape is the whole cell


class Cell(NamedTuple):
    """A place in the grid and the span of keys (start, stop) that it stands for."""

    x: float
    y: float
    width: float
    height: float
    start: int
    stop: int


@dataclass(frozen=True)
class Group:
    """Cells that share a tooltip, such as the hours of a day."""

    title: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Placed:
    """A grid with everything in its place.

    Args:
        width: Pixels.
        height: Pixels.
        groups: The cells.
        labels: Markup of the words around them.
        remark: Something that has to be said below.
        column: Width, height and gap of cells that stand in columns, if they do; long runs then take little room.
    """

    width: float
    height: float
    groups: Sequence[Group]
    labels: str
    remark: str = ""
    column: tuple[float, float, float] | None = None


def draw_cells(placed: Placed, states: Sequence[PieceState]) -> str:
    """Return the grid as SVG: one path for each state in each group, and one tooltip a group."""
    parts = [placed.labels]
    if placed.column:
        width, height, gap = (number(value) for value in placed.column)
        parts.append(f'<g stroke-width="{width}" stroke-dasharray="{height} {gap}">')
    for group in placed.groups:
        paths: dict[PieceState, list[str]] = {}
        strokes: dict[PieceState, list[str]] = {}
        cells = _stroked(group.cells, states, placed.column, strokes) if placed.column else group.cells
        for cell in cells:
            _add_shapes(cell, states, paths)
        drawn = "".join(f'<path class="{PALETTE[s].css_class}" d="{"".join(shapes)}"/>' for s, shapes in paths.items())
        for state, lines in strokes.items():
            drawn += f'<path class="nba-col {PALETTE[state].css_class}" d="{"".join(lines)}"/>'
        parts.append(f"<g>{title(group.title)}{drawn}</g>")
    return "".join([*parts, "</g>"] if placed.column else parts)


def _stroked(
    cells: Sequence[Cell],
    states: Sequence[PieceState],
    column: tuple[float, float, float],
    strokes: dict[PieceState, list[str]],
) -> list[Cell]:
    """Turn runs of whole cells below each other into dashed strokes, a tenth of the size; return the other cells."""
    width, height, gap = column
    rest: list[Cell] = []
    runs: list[tuple[PieceState, float, float, float]] = []  # state, x, top, bottom
    for cell in cells:
        state = states[cell.start]
        if state not in _WHOLE or cell.stop - cell.start != 1 or cell.width != width or cell.height != height:
            rest.append(cell)
        elif runs and runs[-1][:2] == (state, cell.x) and abs(cell.y - runs[-1][3] - gap) < 0.01:
            runs[-1] = (*runs[-1][:3], cell.y + height)
        else:
            runs.append((state, cell.x, cell.y, cell.y + height))
    for state, x, top, bottom in runs:
        strokes.setdefault(state, []).append(f"M{number(x + width / 2)} {number(top)}v{number(bottom - top)}")
    return rest


def _add_shapes(cell: Cell, states: Sequence[PieceState], paths: dict[PieceState, list[str]]) -> None:
    x, y, width, height, start, stop = cell
    many = stop - start
    if many == 1:
        state = states[start]
        paths.setdefault(state, []).append(state_shape(state, x, y, width, height))
        return
    if many <= SIDE_BY_SIDE and width / many >= 2:
        gap = 1.0 if width / many >= 3.5 else 0.4
        each = (width - gap * (many - 1)) / many
        for offset in range(many):
            state = states[start + offset]
            shape = state_shape(state, x + offset * (each + gap), y, each, height)
            paths.setdefault(state, []).append(shape)
        return
    counts = Counter(states[start:stop])
    if len(counts) == 1:
        state = states[start]
        paths.setdefault(state, []).append(state_shape(state, x, y, width, height))
        return
    _add_shares(cell, counts, paths)


def _add_shares(cell: Cell, counts: Counter[PieceState], paths: dict[PieceState, list[str]]) -> None:
    """Split a cell between what most of its keys are and, below, the most urgent of the rest: at least a quarter."""
    usual, many = counts.most_common(1)[0]
    other = next(state for state in URGENCY if state in counts and state is not usual)
    share = min(max(1 - many / counts.total(), 0.28), 0.6) * cell.height
    paths.setdefault(usual, []).append(box(cell.x, cell.y, cell.width, cell.height - share))
    paths.setdefault(other, []).append(box(cell.x, cell.y + cell.height - share, cell.width, share))


def tooltip(name: str, keys: Sequence[str], states: Sequence[PieceState], start: int, stop: int) -> str:
    """Return what is said of keys ``start`` to ``stop``: their name and states, and the first of the unusual ones.

    >>> M, F = PieceState.MATERIALIZED, PieceState.FAILED
    >>> tooltip("May", ["a", "b", "c"], [M, M, F], 0, 3)
    'May: 2 materialized, 1 failed (c)'
    """
    many = stop - start
    if many == 1:
        key = shorten(visible(keys[start]), 80)
        return f"{key}: {states[start].value}" if name in ("", key) else f"{name} · {key}: {states[start].value}"
    counts = Counter(states[start:stop])
    if len(counts) == 1:
        return f"{name}: {plural(many, 'key')}, all {states[start].value}"
    usual = counts.most_common(1)[0][0]
    first: dict[PieceState, list[str]] = {}
    for index in range(start, stop):
        if states[index] is not usual:
            found = first.setdefault(states[index], [])
            if len(found) < 3:
                found.append(shorten(visible(keys[index]), 40))
    said = []
    for state, number_of in in_legend_order(counts):
        names = first.get(state, [])
        more = f", … {count(number_of - len(names))} more" if names and number_of > len(names) else ""
        said.append(f"{count(number_of)} {state.value}" + (f" ({', '.join(names)}{more})" if names else ""))
    return f"{name}: {', '.join(said)}"


def slots(places: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return (column, row, start, stop) for keys that are placed in order; neighbours in one place share it.

    >>> slots([(0, 0), (0, 1), (0, 1), (0, 2)])
    [(0, 0, 0, 1), (0, 1, 1, 3), (0, 2, 3, 4)]
    """
    made: list[tuple[int, int, int, int]] = []
    for index, (column, row) in enumerate(places):
        if made and made[-1][0] == column and made[-1][1] == row:
            made[-1] = (column, row, made[-1][2], index + 1)
        else:
            made.append((column, row, index, index + 1))
    return made
