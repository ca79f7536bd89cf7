"""Arrow tables of small frames to DataFrames, a third faster than `to_pandas` once a layout is known.

`to_pandas` reads the metadata anew for each frame, which takes longer than converting the columns. Here what it made of
the first frame of a layout is kept, and the columns of the next ones are converted one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module
from notebook_assets.store.frame_exact import frames_are_same

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")
    pa = lazy_module("pyarrow")

_MOST_COLUMNS = 50  # each becomes a block of its own, of which pandas does not like too many
_MOST_ROWS = 10_000
_MOST_LAYOUTS = 256
_layouts: dict[bytes, _Layout | None] = {}


@dataclass(frozen=True)
class _Layout:
    """What `to_pandas` made of a frame with these types and this metadata."""

    schema: pa.Schema
    columns: pd.Index[Any]
    dtypes: tuple[Any, ...]
    index: pd.RangeIndex

    def frame(self, table: pa.Table) -> pd.DataFrame | None:
        """Return the frame, or ``None`` where this table is not of this layout after all."""
        if table.num_rows != len(self.index) or not self.schema.equals(table.schema, check_metadata=False):
            return None
        arrays: dict[int, Any] = {}
        for place, dtype in enumerate(self.dtypes):
            column = table.column(place)
            if isinstance(dtype, np.dtype):
                array = np.array(column.to_numpy())  # a copy, since Arrow's memory can't be written
                if array.dtype != dtype:
                    return None
                arrays[place] = array
            else:
                arrays[place] = dtype.__from_arrow__(column)
        frame = pd.DataFrame(arrays, index=self.index.copy(), copy=False)
        frame.columns = self.columns.copy()  # names may be set on an index, so no two frames share one
        return frame


def frame_of(table: pa.Table, *, use_threads: bool) -> pd.DataFrame:
    """Return the frame that the table and its pandas metadata describe."""
    described = (table.schema.metadata or {}).get(b"pandas")
    if described is None or table.num_rows > _MOST_ROWS or table.num_columns > _MOST_COLUMNS:
        return _slowly(table, use_threads)
    layout = _layouts.get(described)
    frame = None if layout is None else layout.frame(table)
    if frame is not None:
        return frame
    frame = _slowly(table, use_threads)
    if described not in _layouts:
        if len(_layouts) >= _MOST_LAYOUTS:
            _layouts.clear()
        _layouts[described] = _learned(table, frame)
    return frame


def _slowly(table: pa.Table, use_threads: bool) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(use_threads=use_threads)
    return frame


def _learned(table: pa.Table, frame: pd.DataFrame) -> _Layout | None:
    """Return the layout of a simple frame, if converting its columns one by one gives the very same frame."""
    columns, index = frame.columns, frame.index
    if type(columns.dtype) is not pd.StringDtype or not isinstance(index, pd.RangeIndex):
        return None
    dtypes = tuple(frame.dtypes)
    if len(dtypes) != table.num_columns or not all(map(_is_simple, dtypes)):
        return None
    layout = _Layout(table.schema.remove_metadata(), columns.copy(), dtypes, index)
    again = layout.frame(table)
    return layout if again is not None and frames_are_same(again, frame) else None


def _is_simple(dtype: Any) -> bool:
    if isinstance(dtype, np.dtype):
        return dtype.kind in "iufbMm"
    return isinstance(dtype, (pd.DatetimeTZDtype, pd.StringDtype))
