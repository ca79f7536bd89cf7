"""DataFrames and Series as Parquet, where that gives back the very same."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pd = lazy_module("pandas")
    pa = lazy_module("pyarrow")
    pq = lazy_module("pyarrow.parquet")


class ParquetFormat:
    """A DataFrame whose index, columns and dtypes Parquet gives back exactly."""

    name = "parquet"
    suffix = "parquet"
    executes = False

    def encode(self, value: Any) -> bytes | None:
        """Return the Parquet form, or ``None`` where it would not give back the same."""
        if "pandas" not in sys.modules or type(value) is not pd.DataFrame or value.attrs:
            return None
        try:
            table = pa.Table.from_pandas(value, nthreads=1)
            sink = pa.BufferOutputStream()
            pq.write_table(table, sink)
            data = bytes(sink.getvalue())
            pd.testing.assert_frame_equal(self.decode(data), value, check_exact=True)
        except Exception:
            return None
        return data

    def decode(self, data: bytes) -> Any:
        """Return the frame."""
        return pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False).to_pandas(use_threads=False)
