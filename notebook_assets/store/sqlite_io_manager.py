"""SQLiteIOManager: DataFrames as tables of one SQLite database, partitions as rows of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from notebook_assets.errors import ValueNotFoundError
from notebook_assets.metadata import PathMetadataValue, TextMetadataValue
from notebook_assets.resources import InputContext, OutputContext
from notebook_assets.resources.configurable_io import ConfigurableIOManager
from notebook_assets.resources.split_frames import checked_parts
from notebook_assets.store.sqlite_frames import packed_rows, restored_frame
from notebook_assets.store.sqlite_tables import SQLiteTables
from notebook_assets.store.upath_hooks import ALLOW_MISSING, Context, context_name
from notebook_assets.store.value_paths import texts_of_paths


class SQLiteIOManager(ConfigurableIOManager):
    """Keeps DataFrames in a SQLite database: a table for each asset; a column says which partition a row is of.

    A partition that is made again replaces its rows, in one transaction; several that are made at once (a dict by key,
    or one frame whose index level ``partition`` is the key) all or none. New columns are added to the table; a column
    whose type changes is refused. The frame that comes back has the dtypes and the index of the one that was stored.
    ``AssetIn(metadata={"columns": [...]})`` loads these columns only.

    Args:
        database: The file, as a text or a path; it is made where it is not there.
        partition_column: What the column with the partition key is called.

    Raises:
        UnsupportedValueError: A value is no DataFrame, or holds what SQLite can't keep.
        StoreError: It does not fit the table, or the database can't be used.

    >>> import sqlite3, tempfile
    >>> import pandas as pd
    >>> from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
    >>> @asset(partitions_def=StaticPartitionsDefinition(["EWR", "JFK"]))
    ... def delays(context):
    ...     return pd.DataFrame({"delay": [len(context.partition_key)]})
    >>> folder = tempfile.TemporaryDirectory()
    >>> tables = {"io_manager": SQLiteIOManager(database=f"{folder.name}/tables.db")}
    >>> store = Instance.ephemeral()
    >>> _ = materialize([delays], partitions="all", instance=store, resources=tables, progress=False)
    >>> sqlite3.connect(f"{folder.name}/tables.db").execute("SELECT * FROM delays").fetchall()
    [('EWR', 3), ('JFK', 3)]
    >>> folder.cleanup()
    """

    loads_several: ClassVar[bool] = True
    database: str
    partition_column: str = "partition"

    def __init__(self, /, **fields: Any) -> None:
        super().__init__(**texts_of_paths(fields))

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Put a frame, or those of several partitions, into the asset's table."""
        keys: tuple[str | None, ...] = tuple(context.partition_keys)
        values: Mapping[str | None, Any] = {keys[0] if keys else None: obj}
        if keys and not context.has_partition_key:
            values = {key: part for key, part in checked_parts(context, obj, self).items()}  # noqa: C416  (of None too)
        what, reserved = context_name(context), self.partition_column if keys else ""
        rows = {key: packed_rows(frame, what, reserved) for key, frame in values.items()}
        name = self._tables().write(_table_key(context), rows)
        context.add_output_metadata({"path": PathMetadataValue(self.database), "table": TextMetadataValue(name)})

    def load_input(self, context: InputContext) -> Any:
        """Return a frame, or those of several partitions by key.

        Raises:
            ValueNotFoundError: It is not in the database.
        """
        several = bool(context.has_asset_partitions and not context.has_partition_key)
        keys: list[str | None] = list(context.partition_keys) if several or context.partition_keys else [None]
        tables = self._tables()
        found = tables.read(_table_key(context), keys)
        lacking = [key for key in keys if key not in found]
        if lacking and not context.definition_metadata.get(ALLOW_MISSING):
            name = context.asset_key.to_user_string() if context.has_asset_key else context_name(context)
            pieces = ", ".join(name if key is None else f"{name}[{key}]" for key in lacking[:3])
            more = f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else ""
            raise ValueNotFoundError(f"{pieces}{more} {'is' if len(lacking) == 1 else 'are'} not in {self.database!r}.")
        columns = context.definition_metadata.get("columns")
        what = f"{tables.name_for(_table_key(context))!r} in {self.database!r}"
        frames = {key: restored_frame(form, values, columns, what) for key, (form, values) in found.items()}
        return frames if several else frames.get(keys[0])

    def has_output(self, context: OutputContext) -> bool:
        """Whether the database has the piece."""
        keys: list[str | None] = [*context.partition_keys] or [None]
        return self._tables().has(_table_key(context), keys)

    def has_input(self, context: InputContext) -> bool:
        """Whether the database has the piece that is asked for."""
        keys: list[str | None] = [*context.partition_keys] or [None]
        return self._tables().has(_table_key(context), keys)

    def _tables(self) -> SQLiteTables:
        return SQLiteTables(Path(self.database).expanduser(), self.partition_column)


def _table_key(context: Context) -> str:
    return context.asset_key.to_escaped_user_string() if context.has_asset_key else "/".join(context.get_identifier())
