"""The matrix of partitions of several dimensions as text: a line a row, a mark a column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from notebook_assets.display.escape import pad, shorten, terminal, width
from notebook_assets.display.palette import PALETTE, most_urgent
from notebook_assets.display.times import count
from notebook_assets.partitions.multi_ranges import KeyRectangle, KeyRows
from notebook_assets.pictures.grid_data import GridData
from notebook_assets.pictures.matrix_layout import Matrix, arranged
from notebook_assets.states import PieceState

_MOST_COLUMNS, _MOST_ROWS, _LABEL = 60, 48, 24


def matrix_lines(data: GridData) -> list[str]:
    """Return the matrix, one for each value of further dimensions, for a terminal.

    Args:
        data: The partitions, with their axes.

    >>> from notebook_assets.pictures.grid_data import Axis
    >>> from notebook_assets.states import PieceState
    >>> axes = (Axis("a", ["x"], [0, 0]), Axis("b", ["1", "2"], [0, 1]))
    >>> matrix_lines(GridData("asset", ["x|1", "x|2"], [PieceState.MISSING] * 2, axes=axes))
    ['a   b: 1 … 2', 'x   · ·']
    """
    matrix = arranged(data, _MOST_COLUMNS, _MOST_ROWS)
    if not matrix.places:
        return []
    names = [shorten(terminal(matrix.rows.name(line)), _LABEL) for line in range(matrix.rows.count)]
    label = max(width(name) for name in [*names, shorten(terminal(matrix.rows.title), _LABEL)]) + 3
    gap = " " if matrix.columns.count <= _MOST_COLUMNS // 2 else ""
    lines: list[str] = []
    for panel, places in groupby(matrix.places, lambda place: place.panel):
        if lines:
            lines.append("")
        if matrix.panels.title:
            lines.append(f"{terminal(matrix.panels.title)}: {shorten(terminal(matrix.panels.name(panel)), 60)}")
        lines.append(pad(shorten(terminal(matrix.rows.title), _LABEL), label) + _across(matrix))
        marks = {
            (place.row, place.column): PALETTE[most_urgent(matrix.states[place.start : place.stop])].mark
            for place in places
        }
        for row, name in enumerate(names):
            drawn = gap.join(marks.get((row, column), " ") for column in range(matrix.columns.count))
            lines.append((pad(name, label) + drawn).rstrip())
    each = matrix.panels.each * matrix.rows.each * matrix.columns.each
    return [*lines, f"(each mark: up to {each:,} keys)"] if each > 1 else lines


def matrix_listed(data: GridData, states: Sequence[PieceState], most: int) -> list[str]:
    """Return a line for each of some states with the keys that are in it, as rectangles; the first few of many.

    Args:
        data: The partitions, with their axes.
        states: The states.
        most: How many rectangles are named.

    >>> from notebook_assets.states import PieceState
    >>> matrix_listed(GridData("asset", ["x|1", "x|2"], [PieceState.MISSING] * 2), [PieceState.MISSING], 4)
    ['missing: x|1 … x|2 (2)']
    """
    rows = KeyRows(data.keys)
    lines = []
    for state in states:
        found = rows.rectangles(at for at, each in enumerate(data.states) if each is state)
        rest = sum(each.many for each in found[most:])
        said = ", ".join(map(_said, found[:most])) + (f", … {count(rest)} more" if rest else "")
        lines.append(f"{state.value}: {said}")
    return lines


def _said(found: KeyRectangle) -> str:
    first, last = (shorten(terminal(key), 40) for key in (found.first, found.last))
    return first if found.many == 1 else f"{first} … {last} ({count(found.many)})"


def _across(matrix: Matrix) -> str:
    keys = matrix.columns.keys
    first, last = (shorten(terminal(key), 24) for key in (keys[0], keys[-1]))
    return f"{terminal(matrix.columns.title)}: {first}" + (f" … {last}" if len(keys) > 1 else "")
