"""ParquetIOManager: tables as Parquet files under a folder, local or remote, one file for each partition."""

from __future__ import annotations

import io
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from notebook_assets.errors import BrokenValueError, UnsupportedValueError
from notebook_assets.lazy import lazy_module
from notebook_assets.resources import InputContext, OutputContext
from notebook_assets.resources.configurable_io import ConfigurableIOManager
from notebook_assets.store.formats import type_name
from notebook_assets.store.frames import ParquetFormat
from notebook_assets.store.together import is_frame
from notebook_assets.store.upath_hooks import context_name
from notebook_assets.store.upath_io_manager import UPathIOManager
from notebook_assets.store.value_paths import base_of, write_whole

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pd = lazy_module("pandas")
    pa = lazy_module("pyarrow")
    pq = lazy_module("pyarrow.parquet")


class ParquetIOManager(ConfigurableIOManager, UPathIOManager):
    """Keeps tables at ``BASE/asset.parquet``, or ``BASE/asset/partition.parquet``, for any program that reads Parquet.

    It takes pandas' DataFrames and Series, Arrow's tables, and what Arrow can read (Polars' frames, say). It gives
    DataFrames, or what the parameter is annotated with: ``pyarrow.Table``, ``polars.DataFrame``. Several partitions
    are stored as a dict by key, or as one frame whose index level ``partition`` is the key.
    ``AssetIn(metadata={"columns": [...]})`` reads these columns only.

    Args:
        base_path: The folder: a path, or an address such as ``"s3://bucket/tables"``.

    Raises:
        UnsupportedValueError: A value is no table, or one that Parquet can't keep.

    >>> import tempfile
    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def flights():
    ...     return pd.DataFrame({"delay": [3, 5]})
    >>> folder = tempfile.TemporaryDirectory()
    >>> tables = {"io_manager": ParquetIOManager(base_path=folder.name)}
    >>> _ = materialize([flights], instance=Instance.ephemeral(), resources=tables, progress=False)
    >>> pd.read_parquet(f"{folder.name}/flights.parquet")["delay"].tolist()
    [3, 5]
    >>> folder.cleanup()
    """

    extension: ClassVar[str] = ".parquet"
    base_path: Any

    @cached_property
    def _base_path(self) -> Any:
        return base_of(self.base_path)

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write a table."""
        write_whole(path, _parquet(obj, context_name(context)))

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Read a table, all of it or some columns, as what is asked for."""
        data = path.read_bytes()
        columns = context.definition_metadata.get("columns")
        try:
            return _as_asked(data, columns, asked_type(context))
        except (pa.ArrowException, ValueError, KeyError) as error:
            raise BrokenValueError(
                f"The table of {context_name(context)} can't be read from {str(path)!r}: {error}."
            ) from error


def asked_type(context: InputContext) -> Any:
    """Return the type that an input is to be of, as far as it is said; ``None`` where it is not.

    >>> from notebook_assets import build_input_context
    >>> asked_type(build_input_context(asset_key="daily"))
    """
    declared = getattr(context.dagster_type, "typing_type", None)
    return context.python_type or (declared if isinstance(declared, type) else None)


def _parquet(value: Any, what: str) -> bytes:
    if not (is_frame(value) or "pandas" in type(value).__module__ or hasattr(value, "__arrow_c_stream__")):
        raise UnsupportedValueError(
            f"The value of {what} is of type {type_name(value)}; ParquetIOManager keeps tables. Return a DataFrame or "
            "an Arrow table, or give the asset another IO manager (none: the store keeps any value)."
        )
    exact = ParquetFormat().encode(value)
    if exact is not None:
        return exact
    try:
        if is_frame(value) or ("pandas" in type(value).__module__ and isinstance(value, pd.Series)):
            table = pa.Table.from_pandas(value.to_frame() if isinstance(value, pd.Series) else value)
        elif hasattr(value, "__arrow_c_stream__"):
            table = pa.table(value)
        else:
            raise TypeError("it is no table")
        file = io.BytesIO()
        pq.write_table(table, file)
    except (pa.ArrowException, ValueError, TypeError, NotImplementedError, OverflowError) as error:
        raise UnsupportedValueError(
            f"The value of {what}, of type {type_name(value)}, can't be kept as Parquet: {error}. Return a DataFrame "
            "or an Arrow table, or give the asset another IO manager (none: the store keeps any value)."
        ) from error
    return file.getvalue()


def _as_asked(data: bytes, columns: Any, kind: Any) -> Any:
    is_arrow = isinstance(kind, type) and hasattr(kind, "__arrow_c_stream__") and not issubclass(kind, pd.DataFrame)
    if columns is None and not is_arrow:
        return ParquetFormat().decode(data)
    table = pq.ParquetFile(pa.BufferReader(data)).read(columns=None if columns is None else list(columns))
    if not is_arrow:
        return table.to_pandas()
    return table if issubclass(kind, pa.Table) else kind(table)
