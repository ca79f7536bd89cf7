"""What is found out once for each layout of frames: the Arrow schema, and whether Parquet gives such frames back.

A layout is the columns, the dtypes and the kind of the index. For the dtypes taken here the answer does not depend on
the values; frames with any other dtype (objects, periods, ...) are *fragile* and are checked one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")
    pa = lazy_module("pyarrow")

_MOST_PLANS = 256
_plans: dict[Hashable, FramePlan | None] = {}


@dataclass(frozen=True)
class FramePlan:
    """How frames of one layout become Arrow tables.

    ``schema`` has no metadata and ends with the levels of the index, ``numpy`` says for each column whether it is a
    NumPy array, ``rest`` is pandas' metadata (JSON) without the index, ``stored_index`` the names of the levels
    (``None`` for a range, which is only described), ``categories`` the categorical columns.
    """

    schema: pa.Schema
    numpy: tuple[bool, ...]
    rest: str
    stored_index: tuple[str, ...] | None
    categories: list[str]
    store_schema: bool

    def table(self, frame: pd.DataFrame) -> pa.Table:
        """Return the frame's columns and stored index levels."""
        arrays = [
            pa.array(np.asarray(column) if plain else column, type=field.type, from_pandas=True)
            for column, plain, field in zip(column_arrays(frame), self.numpy, self.schema, strict=False)
        ]
        for level in range(len(self.stored_index or ())):
            field = self.schema.field(len(arrays))
            arrays.append(pa.array(frame.index.get_level_values(level), type=field.type, from_pandas=True))
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def metadata(self, frame: pd.DataFrame) -> bytes:
        """Return pandas' metadata of this frame."""
        index: list[Any] = list(self.stored_index or ())
        if self.stored_index is None:
            span: Any = frame.index
            index = [{"kind": "range", "name": span.name, "start": span.start, "stop": span.stop, "step": span.step}]
        return f'{{"index_columns": {json.dumps(index)}, {self.rest}'.encode()


def column_arrays(frame: pd.DataFrame) -> Iterator[Any]:
    """Give each column's array, without the Series around it where pandas has a way: that is 30 times faster."""
    direct = getattr(frame, "_iter_column_arrays", None)
    return iter(direct()) if direct is not None else (series.array for _, series in frame.items())


MADE_FRAGILE: Any = object()
"""Stands for the plan of a frame that has none, since its values decide."""


def plan_for(frame: pd.DataFrame, verified: Callable[[pd.DataFrame, FramePlan], bool]) -> FramePlan | None:
    """Return how to write ``frame``, ``None`` where Parquet does not keep its layout, or `MADE_FRAGILE`.

    Args:
        frame: The frame.
        verified: Whether the first rows of a frame, written by a plan, come back the same.
    """
    layout = _layout(frame)
    if layout is None:
        return MADE_FRAGILE  # type: ignore[no-any-return]  # a sentinel
    if layout not in _plans:
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        _plans[layout] = _new_plan(frame, verified)
    return _plans[layout]


def _new_plan(frame: pd.DataFrame, verified: Callable[[pd.DataFrame, FramePlan], bool]) -> FramePlan | None:
    """Return the smallest way of writing that is verified; the types as Parquet has them first, Arrow's second."""
    try:
        schema = pa.Schema.from_pandas(frame)
    except (pa.ArrowException, ValueError, TypeError, NotImplementedError):
        return None
    described = json.loads(schema.metadata[b"pandas"])
    index = described.pop("index_columns")
    stored = tuple(index) if all(isinstance(level, str) for level in index) else None
    for store_schema in (False, True):
        plan = FramePlan(
            schema.remove_metadata(),
            tuple(isinstance(dtype, np.dtype) for dtype in frame.dtypes),
            json.dumps(described)[1:],
            stored,
            [field.name for field in schema if pa.types.is_dictionary(field.type)],
            store_schema,
        )
        try:
            if verified(frame, plan):
                return plan
        except (pa.ArrowException, ValueError, TypeError, NotImplementedError):
            continue
    return None


def _layout(frame: pd.DataFrame) -> Hashable | None:
    """Return what frames of one layout have in common, ``None`` where the values decide what Parquet keeps."""
    columns = frame.columns
    if not len(columns) or type(columns.dtype) is not pd.StringDtype or not columns.is_unique:
        return None
    index = frame.index
    if type(index) is pd.RangeIndex:
        levels: list[Hashable] | None = ["range", type(index.name)]
        names: Hashable = index.name
    else:
        dtypes = list(index.dtypes) if isinstance(index, pd.MultiIndex) else [index.dtype]
        levels = _tokens(dtypes)
        names = tuple(index.names)
    tokens = _tokens(list(frame.dtypes))
    if levels is None or tokens is None or not _all_text_or_none(index.names):
        return None
    return (columns.dtype, tuple(columns.tolist()), columns.name, tuple(tokens), type(index), tuple(levels), names)


def _all_text_or_none(names: Any) -> bool:
    return all(name is None or type(name) is str for name in names)


def _tokens(dtypes: list[Any]) -> list[Hashable] | None:
    tokens: list[Hashable] = []
    for dtype in dtypes:
        if isinstance(dtype, np.dtype):
            if dtype.kind not in "iufbMm":
                return None
            tokens.append(dtype)
        elif isinstance(dtype, pd.CategoricalDtype):  # its own hash goes through all categories
            if dtype.categories is None or type(dtype.categories.dtype) is not pd.StringDtype:
                return None
            tokens.append((dtype.ordered, len(dtype.categories), dtype.categories.dtype, dtype.categories.name))
        elif isinstance(dtype, (pd.DatetimeTZDtype, pd.StringDtype, pd.BooleanDtype)) or dtype.kind in "iu":
            tokens.append((type(dtype), dtype))
        else:
            return None
    return tokens
