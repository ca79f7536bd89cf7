"""DataFrames and Series as Parquet, where that gives back the very same; small frames in well under a millisecond.

`pa.Table.from_pandas` takes longer than writing the file, so what it finds out is kept for each layout (frame_plans.py)
and each further frame of a layout is only converted column by column. Files carry pandas' own metadata: `read_parquet`
of pandas, Polars and DuckDB read them as they are.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module
from notebook_assets.store.frame_exact import frames_are_same
from notebook_assets.store.frame_plans import MADE_FRAGILE, FramePlan, plan_for
from notebook_assets.store.frame_reading import frame_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pd = lazy_module("pandas")
    pa = lazy_module("pyarrow")
    pq = lazy_module("pyarrow.parquet")

OWN_METADATA = b"notebook_assets"
"""The key of what pandas' metadata lacks: ``freq`` of the index, ``columns`` that are a range, and ``series``, the name
of what was a Series."""

_SMALL = 64 * 1024  # bytes in memory: below, compression and dictionaries cost more than they save
_WITH_THREADS = 1024 * 1024
_SERIES_COLUMN = "value"


class ParquetFormat:
    """A DataFrame or Series whose index, columns, dtypes and values Parquet gives back exactly."""

    name = "parquet"
    suffix = "parquet"
    executes = False

    def encode(self, value: Any) -> bytes | None:
        """Return the Parquet form, or ``None`` where it would not give back the same (then pickle keeps it).

        >>> ParquetFormat().encode(pd.DataFrame({"n": [1]}))[:4], ParquetFormat().encode(pd.DataFrame({1.5: [{}]}))
        (b'PAR1', None)
        """
        if "pandas" not in sys.modules:
            return None
        kind = type(value)
        if (
            (kind is not pd.DataFrame and kind is not pd.Series)
            or value.attrs
            or not value.flags.allows_duplicate_labels
        ):
            return None
        own: dict[str, Any] = {}
        if kind is pd.Series:
            if value.name is not None and type(value.name) is not str:
                return None
            own["series"] = value.name
            value = value.to_frame(_SERIES_COLUMN)
        try:
            return _encoded(value, own)
        except (pa.ArrowException, ValueError, TypeError, NotImplementedError, OverflowError, UnicodeEncodeError):
            return None

    def decode(self, data: bytes) -> Any:
        """Return the frame or series."""
        use_threads = len(data) > _WITH_THREADS
        table = pq.ParquetFile(pa.BufferReader(data)).read(use_threads=use_threads)
        frame = frame_of(table, use_threads=use_threads)
        own = (table.schema.metadata or {}).get(OWN_METADATA)
        return frame if own is None else _with_own(frame, json.loads(own))


def _encoded(frame: pd.DataFrame, own: dict[str, Any]) -> bytes | None:
    freq = frame.index.freq if isinstance(frame.index, (pd.DatetimeIndex, pd.TimedeltaIndex)) else None
    if freq is not None:
        if pd.tseries.frequencies.to_offset(freq.freqstr) != freq:
            return None
        own["freq"] = freq.freqstr
    plan = plan_for(frame, _verified)
    if plan is MADE_FRAGILE:
        return _carefully(frame, own)
    if plan is None:
        return None
    return _by_plan(frame, plan, own)


def _by_plan(frame: pd.DataFrame, plan: FramePlan, own: dict[str, Any]) -> bytes | None:
    table = plan.table(frame)
    data = _write(table, plan.metadata(frame), own, store_schema=plan.store_schema, categories=plan.categories)
    if plan.categories and not _keeps_categories(data, table, plan.categories):
        return None
    return data


def _verified(frame: pd.DataFrame, plan: FramePlan) -> bool:
    """Whether the first rows of ``frame``, written by ``plan``, come back the same."""
    head = frame.head(64)
    data = _by_plan(head, plan, {})
    return data is not None and frames_are_same(ParquetFormat().decode(data), head, with_freq=False)


def _carefully(frame: pd.DataFrame, own: dict[str, Any]) -> bytes | None:
    """Return the Parquet form of a frame with columns whose fate depends on their values, if all of it comes back."""
    columns: Any = frame.columns
    if type(columns) is pd.Index and columns.dtype == "object":
        return None  # names of mixed types come back as texts
    if type(columns) is pd.RangeIndex:
        own["columns"] = [columns.start, columns.stop, columns.step]
    table = pa.Table.from_pandas(frame, nthreads=1)
    pandas_metadata = table.schema.metadata[b"pandas"]
    data = _write(table, pandas_metadata, own, store_schema=True, categories=[])
    back = ParquetFormat().decode(data)
    return data if frames_are_same(back.to_frame(_SERIES_COLUMN) if "series" in own else back, frame) else None


def _write(
    table: pa.Table, pandas_metadata: bytes, own: dict[str, Any], *, store_schema: bool, categories: list[str]
) -> bytes:
    small = table.nbytes < _SMALL
    metadata = {b"pandas": pandas_metadata}
    if own:
        metadata[OWN_METADATA] = json.dumps(own).encode()
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema.remove_metadata(),  # else it would be written twice
        compression="none" if small else "snappy",
        use_dictionary=categories if small else True,
        write_statistics=not small,
        store_schema=store_schema,
    ) as writer:
        writer.write_table(table.replace_schema_metadata(None))
        writer.add_key_value_metadata(metadata)
    return bytes(sink.getvalue().to_pybytes())


def _keeps_categories(data: bytes, table: pa.Table, names: list[str]) -> bool:
    """Whether each dictionary comes back as it is: in the same order, and with what no row uses."""
    back = pq.ParquetFile(pa.BufferReader(data)).read(columns=names, use_threads=False)
    for name in names:
        column = back.column(name)
        wanted = table.column(name).chunk(0).dictionary
        if not pa.types.is_dictionary(column.type):
            return False
        if not all(chunk.dictionary.cast(wanted.type).equals(wanted) for chunk in column.chunks):
            return False
    return True


def _with_own(frame: pd.DataFrame, own: dict[str, Any]) -> Any:
    if "freq" in own:
        index: Any = frame.index
        index.freq = own["freq"]
    if "columns" in own:
        start, stop, step = own["columns"]
        frame.columns = pd.RangeIndex(start, stop, step, name=frame.columns.name)
    if "series" not in own:
        return frame
    series = frame[_SERIES_COLUMN]
    series.name = own["series"]
    return series
