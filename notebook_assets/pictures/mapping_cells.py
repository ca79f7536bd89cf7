"""The cells of a mapping's matrix: which keys share a row or a column, and how many pairs fall into each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.display.svg import fit, text_width
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.pictures.key_runs import Span
from notebook_assets.pictures.mapping_data import MappingData

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

FEW = 60
"""Keys up to which each has a row, or a column, of its own."""

MOST_LOST = 12
"""Columns for what does not exist."""

_ROOM, _TALL = 560.0, 420.0
_MOST_ACROSS, _MOST_DOWN = 100, 60


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of the matrix: which keys share a column, and a row, and how large they are in pixels.

    ``keys`` are the upstream keys that have columns, by index; ``across`` and ``down`` the edges of the cells, as
    places in ``keys`` and in the rows.
    """

    keys: IntArray
    across: IntArray
    down: IntArray
    width: float
    height: float
    left: float
    top: float

    @property
    def right(self) -> float:
        """Where the columns end."""
        return self.left + self.width * (len(self.across) - 1)

    @property
    def bottom(self) -> float:
        """Where the rows end."""
        return self.top + self.height * (len(self.down) - 1)


def lay_out(data: MappingData) -> tuple[Cells, dict[str, int], list[Span]]:
    """Return the cells; in which column behind them (from 1) each nonexistent key stands, and the columns' spans."""
    total, needed = len(data.upstream.keys), data.needed
    many = sum(stop - start for start, stop in needed)
    if total <= FEW:
        spans = [(0, total)]
    elif many <= FEW or not needed:
        spans = needed
    else:
        spans = [(needed[0][0], needed[-1][1])]
    keys = np.concatenate([np.arange(*span, dtype=np.int64) for span in spans] or [np.zeros(0, dtype=np.int64)])
    across, down = _edges(len(keys), _MOST_ACROSS), _edges(len(data.rows), _MOST_DOWN)
    lost_step = -(-len(data.lost) // MOST_LOST)
    lost_at = {key: at // lost_step + 1 for at, key in enumerate(data.lost)}
    columns = len(across) - 1 + (max(lost_at.values()) if lost_at else 0)
    width = min(max(_ROOM / max(columns, 1), 5.0), 22.0)
    height = min(max(_TALL / max(len(down) - 1, 1), 7.0), 20.0)
    names = [fit(data.downstream.keys[row], 11.5, 130) for row in data.rows] if len(data.rows) <= FEW else []
    widest = max((text_width(name, 11.5) for name in names), default=110.0)
    named = text_width(fit(data.downstream.asset, 12, 130, bold=True), 12, bold=True)
    return Cells(keys, across, down, width, height, max(min(widest, 130.0), named) + 22, 0.0), lost_at, spans


def _edges(many: int, most: int) -> IntArray:
    parts = min(many, most)
    return np.arange(parts + 1, dtype=np.int64) * many // max(parts, 1)


def pair_counts(data: MappingData, cells: Cells) -> IntArray:
    """Return how many pairs fall into each cell: int64 of shape ``(rows, columns)``.

    A span from ``s`` to ``e`` has ``(x - s) - (x - e)`` keys before an edge ``x``, each term counted from where it is
    positive; summed over the spans by bin, that needs no list of the pairs.
    """
    places, starts, stops = data.columns
    down, across = len(cells.down) - 1, len(cells.across) - 1
    if not len(starts) or not across:
        return np.zeros((down, across), dtype=np.int64)
    first, last = np.searchsorted(cells.keys, starts), np.searchsorted(cells.keys, stops)
    row = np.searchsorted(cells.down, places, side="right") - 1
    before = np.zeros((down, across + 1), dtype=np.float64)
    for values, sign in ((first, 1), (last, -1)):
        column = np.searchsorted(cells.across, values, side="left")  # the first edge at or behind it
        flat = row * (across + 1) + column
        size = down * (across + 1)
        numbers = np.bincount(flat, minlength=size).reshape(down, -1).cumsum(axis=1)
        sums = np.bincount(flat, weights=values, minlength=size).reshape(down, -1).cumsum(axis=1)
        before += sign * (numbers * cells.across - sums)
    found: IntArray = np.rint(np.diff(before, axis=1)).astype(np.int64)
    return found
