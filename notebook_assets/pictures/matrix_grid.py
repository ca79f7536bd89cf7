"""The grid of partitions of several dimensions: a matrix of two of them, one for each value of the others."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from notebook_assets.display.svg import fit, text, text_width
from notebook_assets.display.times import plural
from notebook_assets.pictures.cells import Cell, Group, Placed, tooltip
from notebook_assets.pictures.grid_data import GridData
from notebook_assets.pictures.matrix_layout import Matrix, Place, arranged

_MOST_COLUMNS, _MOST_ROWS = 100, 48
_ROOM = 760.0
_ROW, _HEIGHT = 14.0, 11.5
_LEAST, _USUAL = 7.4, 14.0
_LEFT_MOST = 180.0
_FONT = 12.6  # a little more than it is, since labels must not be cut off
_HEAD, _TITLE, _PANEL_GAP = 36.0, 20.0, 18.0
_SINGLE_TOOLTIPS = 1_200


class _Sizes(NamedTuple):
    left: float
    pitch: float
    width: float
    panel: float
    head: float


def place_matrix(data: GridData) -> tuple[Placed, Matrix]:
    """Place partitions of several dimensions, and return them in the order of the cells.

    Args:
        data: The partitions, with their axes.

    >>> from notebook_assets.pictures.grid_data import Axis
    >>> from notebook_assets.states import PieceState
    >>> axes = (Axis("a", ["x"], [0, 0]), Axis("b", ["1", "2"], [0, 1]))
    >>> placed, matrix = place_matrix(GridData("asset", ["x|1", "x|2"], [PieceState.MISSING] * 2, axes=axes))
    >>> [group.title for group in placed.groups]
    ['x|1: missing', 'x|2: missing']
    """
    matrix = arranged(data, _MOST_COLUMNS, _MOST_ROWS)
    sizes = _sizes(matrix)
    labels: list[str] = []
    for panel in range(matrix.panels.count):
        top = panel * (sizes.panel + _PANEL_GAP)
        labels += _labels(matrix, sizes, panel, top)
    many = len(matrix.places) > _SINGLE_TOOLTIPS
    groups = _by_column(matrix, sizes) if many else [_single(matrix, sizes, place) for place in matrix.places]
    height = matrix.panels.count * (sizes.panel + _PANEL_GAP) - _PANEL_GAP
    width = sizes.left + max(matrix.columns.count * sizes.pitch, 90.0)
    column = (sizes.width, _HEIGHT, round(_ROW - _HEIGHT, 2)) if many else None
    return Placed(width, height, groups, "".join(labels), _remark(matrix), column), matrix


def _sizes(matrix: Matrix) -> _Sizes:
    row_names = [matrix.rows.name(line) for line in range(matrix.rows.count)]
    wide = max((text_width(name, _FONT) for name in [*row_names, matrix.rows.title]), default=0.0)
    left = min(wide, _LEFT_MOST) + 12
    columns = max(matrix.columns.count, 1)
    room = max(_ROOM - left, 300.0)
    longest = max((text_width(matrix.columns.first(line), _FONT) for line in range(matrix.columns.count)), default=0.0)
    pitch = min(max(longest + 10, _USUAL), 160.0) if (longest + 10) * columns <= room else _USUAL
    pitch = min(pitch, max(room / columns, _LEAST))
    head = _HEAD + (_TITLE if matrix.panels.title else 0)
    gap = 2.5 if pitch >= 12 else 1.4
    return _Sizes(left, pitch, round(pitch - gap, 1), head + matrix.rows.count * _ROW, head)


def _labels(matrix: Matrix, sizes: _Sizes, panel: int, top: float) -> list[str]:
    labels = []
    base = top + sizes.head
    if matrix.panels.title:
        labels.append(text(0, top + 11, fit(matrix.panels.name(panel), 12, _ROOM, bold=True), "nba-k nba-strong"))
    labels.append(text(sizes.left - 10, base - 8, fit(matrix.rows.title, 11.5, sizes.left - 10), "nba-x", "end"))
    labels.append(text(sizes.left, base - 24, matrix.columns.title, "nba-x"))
    free, right = 0.0, sizes.left + matrix.columns.count * sizes.pitch
    for line in range(matrix.columns.count):
        x, name = sizes.left + line * sizes.pitch, matrix.columns.first(line)
        end = x + text_width(name, _FONT)
        if x >= free and (end <= right or not line):
            labels.append(text(x, base - 8, fit(name, _FONT, max(right - x, 90)), "nba-k"))
            free = end + 8
    for line in range(matrix.rows.count):
        name = fit(matrix.rows.name(line), _FONT, sizes.left - 10)
        labels.append(text(sizes.left - 10, base + line * _ROW + 9.5, name, "nba-k", "end"))
    return labels


def _cell(sizes: _Sizes, place: Place) -> Cell:
    x = sizes.left + place.column * sizes.pitch
    y = place.panel * (sizes.panel + _PANEL_GAP) + sizes.head + place.row * _ROW
    return Cell(x, y, sizes.width, _HEIGHT, place.start, place.stop)


def _single(matrix: Matrix, sizes: _Sizes, place: Place) -> Group:
    name = _name(matrix, place, matrix.rows.name(place.row)) if place.stop - place.start > 1 else ""
    said = tooltip(name, matrix.keys, matrix.states, place.start, place.stop)
    return Group(said, [_cell(sizes, place)])


def _by_column(matrix: Matrix, sizes: _Sizes) -> list[Group]:
    groups = []
    for _, found in groupby(matrix.places, lambda place: (place.panel, place.column)):
        members = list(found)
        said = tooltip(_name(matrix, members[0], ""), matrix.keys, matrix.states, members[0].start, members[-1].stop)
        groups.append(Group(said, [_cell(sizes, place) for place in members]))
    return groups


def _name(matrix: Matrix, place: Place, row: str) -> str:
    panel = matrix.panels.name(place.panel) if matrix.panels.title else ""
    return " · ".join(part for part in (panel, row, matrix.columns.name(place.column)) if part)


def _remark(matrix: Matrix) -> str:
    if not matrix.places:
        return "There are no partitions."
    lines = ((matrix.panels, "picture"), (matrix.rows, "row"), (matrix.columns, "column"))
    said = ", ".join(f"{fold.each} of {fold.title} to a {line}" for fold, line in lines if fold.each > 1)
    most = max(place.stop - place.start for place in matrix.places)
    return f"Each cell stands for up to {plural(most, 'key')}: {said}." if said else ""
