"""How partitions of several dimensions are laid out: which dimension goes down, which across, and what is folded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import MultiPartitionsDefinition, TimeWindowPartitionsDefinition
from notebook_assets.pictures.grid_data import Axis, GridData
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np

    from notebook_assets.partitions.arrays import IntArray
else:
    np = lazy_module("numpy")

_MOST_PANELS = 6


class Place(NamedTuple):
    """A cell of the matrix, and the span (start, stop) of arranged keys that it stands for."""

    panel: int
    column: int
    row: int
    start: int
    stop: int


@dataclass(frozen=True)
class Fold:
    """One direction of the matrix: what is along it, and how many of its keys share a line.

    >>> Fold("day", ["a", "b", "c"], 2).count, Fold("day", ["a", "b", "c"], 2).name(0)
    (2, 'a … b')
    """

    title: str
    keys: Sequence[str]
    each: int = 1

    @property
    def count(self) -> int:
        """How many lines there are."""
        return math.ceil(len(self.keys) / self.each)

    def first(self, line: int) -> str:
        """The first key of a line."""
        return self.keys[line * self.each]

    def name(self, line: int) -> str:
        """The keys of a line: the first, and the last where there are several."""
        first, last = self.first(line), self.keys[min((line + 1) * self.each, len(self.keys)) - 1]
        return first if first == last else f"{first} … {last}"


@dataclass(frozen=True)
class Matrix:
    """Partitions arranged cell by cell: panel by panel, column by column, from top to bottom.

    Args:
        keys: The keys, arranged so that those of a cell are neighbours.
        states: Their states.
        places: The cells that hold a key, in the same order.
        panels: What the panels stand for; one without a title where there are two dimensions.
        rows: What goes down.
        columns: What goes across.
    """

    keys: Sequence[str]
    states: Sequence[PieceState]
    places: Sequence[Place]
    panels: Fold
    rows: Fold
    columns: Fold


def axes_of(definition: MultiPartitionsDefinition) -> list[Axis]:
    """Return the axes of a settled definition's partitions.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
    >>> axes_of(MultiPartitionsDefinition({"letter": letters, "digit": digits}).settled())[1]
    Axis(name='letter', keys=['a', 'b'], places=[0, 1, 0, 1], is_time=False)
    """
    product = definition.product()
    columns = product.coordinates(np.arange(product.count, dtype=np.int64))
    return [
        Axis(name, product.keys_on(number), columns[number].tolist(), isinstance(each, TimeWindowPartitionsDefinition))
        for number, (name, each) in enumerate(product.dimensions.items())
    ]


def arranged(data: GridData, most_columns: int, most_rows: int) -> Matrix:
    """Return partitions as a matrix of two of their dimensions, for each value of the others.

    The first dimension goes down and the second across, unless only the first is of times, which go across. Of more
    than two, the last one of times goes across, or the last one; the last of the others goes down.

    Args:
        data: The partitions, with their axes.
        most_columns: More are folded.
        most_rows: More are folded, and fewer are shown where there are several panels.

    >>> from notebook_assets.states import PieceState
    >>> axes = (Axis("a", ["x"], [0, 0]), Axis("b", ["1", "2"], [0, 1]))
    >>> arranged(GridData("asset", ["x|1", "x|2"], [PieceState.MISSING] * 2, axes=axes), 60, 40).places[1]
    Place(panel=0, column=1, row=0, start=1, stop=2)
    """
    times = [number for number, axis in enumerate(data.axes) if axis.is_time]
    across = data.axes[times[-1] if times else -1]
    down = [axis for axis in data.axes if axis is not across][-1]
    others = [axis for axis in data.axes if axis is not across and axis is not down]
    panels, panel_places = _panels(others, len(data.keys))
    share = {1: 1, 2: 2, 3: 2}.get(panels.count, 3)
    columns = Fold(across.name, across.keys, max(math.ceil(len(across.keys) / most_columns), 1))
    rows = Fold(down.name, down.keys, max(math.ceil(len(down.keys) / (most_rows // share)), 1))
    panel = panel_places // panels.each
    column, row = np.asarray(across.places) // columns.each, np.asarray(down.places) // rows.each
    cell = (panel * columns.count + column) * rows.count + row
    order = np.argsort(cell, kind="stable")
    firsts = np.flatnonzero(np.append(True, np.diff(cell[order]) != 0)) if len(order) else order
    stops = np.append(firsts[1:], len(order))[: len(firsts)]
    at = order[firsts]
    places = map(Place, panel[at].tolist(), column[at].tolist(), row[at].tolist(), firsts.tolist(), stops.tolist())
    listed = order.tolist()
    keys, states = [data.keys[position] for position in listed], [data.states[position] for position in listed]
    return Matrix(keys, states, list(places), panels, rows, columns)


def _panels(others: Sequence[Axis], count: int) -> tuple[Fold, IntArray]:
    """What the panels stand for, and the number of each key's combination among them."""
    names, places = [""], np.zeros(count, dtype=np.int64)
    for axis in others:
        names = [f"{name} · {key}" if name else key for name in names for key in axis.keys]
        places = places * len(axis.keys) + np.asarray(axis.places)
    title = ", ".join(axis.name for axis in others)
    return Fold(title, names, max(math.ceil(len(names) / _MOST_PANELS), 1)), places
