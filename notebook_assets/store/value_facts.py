"""What is recorded of every value without being asked: rows and columns of tables, shape and type of arrays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module
from notebook_assets.metadata import (
    IntMetadataValue,
    MetadataValue,
    TableColumn,
    TableSchema,
    TableSchemaMetadataValue,
    TextMetadataValue,
)
from notebook_assets.store.frame_plans import column_arrays

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")

ROW_COUNT = "row_count"
COLUMN_SCHEMA = "column_schema"
MOST_COLUMNS = 200
"""Tables of more columns are recorded without them: each materialization has a schema of its own."""

_PLAIN = (int, float, str, bytes, bool, list, dict, tuple, set, type(None))
_MOST_SCHEMAS = 256
_schemas: dict[Any, MetadataValue] = {}
_kinds: dict[Any, str] = {}


def value_facts(value: Any) -> dict[str, MetadataValue]:
    """Return what can be told of a value without going through it: ``row_count`` and ``column_schema``, or ``shape``.

    >>> value_facts(pd.DataFrame({"n": [1, 2]}))["row_count"].value
    2
    >>> value_facts(np.zeros((2, 3)))["shape"].value
    '2 x 3 float64'
    >>> value_facts([1, 2])
    {}
    """
    if type(value) in _PLAIN:
        return {}
    if "pandas" in sys.modules:
        if isinstance(value, pd.DataFrame):
            return _of_frame(value)
        if isinstance(value, pd.Series):
            return {ROW_COUNT: IntMetadataValue(len(value))}
    if "numpy" in sys.modules and isinstance(value, np.ndarray) and value.ndim:
        return {"shape": TextMetadataValue(f"{' x '.join(map(str, value.shape))} {value.dtype}")}
    return {}


def _of_frame(frame: pd.DataFrame) -> dict[str, MetadataValue]:
    rows: dict[str, MetadataValue] = {ROW_COUNT: IntMetadataValue(len(frame))}
    if len(frame.columns) > MOST_COLUMNS:
        return rows
    names = frame.columns.tolist()
    kinds = [_kind_of(array.dtype) for array in column_arrays(frame)]
    layout = (*map(str, names), *kinds)
    schema = _schemas.get(layout)
    if schema is None:
        if len(_schemas) >= _MOST_SCHEMAS:
            _schemas.clear()
        columns = [TableColumn(str(name), kind) for name, kind in zip(names, kinds, strict=True)]
        schema = _schemas[layout] = TableSchemaMetadataValue(TableSchema(columns))
    rows[COLUMN_SCHEMA] = schema
    return rows


def _kind_of(dtype: Any) -> str:
    """Return the name of a dtype; NumPy takes longer to say it than a step may take for all of them."""
    if not isinstance(dtype, np.dtype):
        return str(dtype)
    found = _kinds.get(dtype)
    if found is None:
        if len(_kinds) >= _MOST_SCHEMAS:
            _kinds.clear()
        found = _kinds[dtype] = str(dtype)
    return found
