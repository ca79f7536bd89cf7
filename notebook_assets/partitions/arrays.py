"""The types of the NumPy arrays that partitions and mappings are counted in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

IntArray: TypeAlias = "npt.NDArray[np.int64]"
"""Positions, numbers of windows, instants or wall times, int64."""

BoolArray: TypeAlias = "npt.NDArray[np.bool_]"
"""A mask."""

TextArray: TypeAlias = "npt.NDArray[np.str_]"
"""Keys, all padded to one length."""

Spans: TypeAlias = "tuple[IntArray, IntArray]"
"""The starts and the stops of spans ``[start, stop)``: sorted, disjoint and not touching."""
