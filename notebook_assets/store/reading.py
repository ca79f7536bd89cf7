"""Reading a store: pieces, records, and values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from notebook_assets.errors import BrokenValueError, NotebookAssetsError, UnknownAssetError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.store import asset_rows, queries
from notebook_assets.store.asset_rows import AssetIds
from notebook_assets.store.database import Database, chunks
from notebook_assets.store.descriptions_read import DescriptionsRead
from notebook_assets.store.metadata_numbers import names_of_numbers, numbers_over_time
from notebook_assets.store.no_value import check_partition, check_recorded, no_value, piece_name, unknown_asset
from notebook_assets.store.records import (
    AssetDescription,
    FailureRecord,
    InputRead,
    MaterializationRecord,
    PieceColumns,
    PieceCounts,
    PieceTable,
)
from notebook_assets.store.stored_definitions import stored_definition
from notebook_assets.store.value_rows import ValueRow, read_value, value_row, value_rows
from notebook_assets.store.value_versions import load_version
from notebook_assets.store.values import ValueFiles
from notebook_assets.store.written_keys import partition_meant


class StoreReader:
    """The questions that a store answers.

    Args:
        database: Its database.
        files: Its value files.
    """

    def __init__(self, database: Database, files: ValueFiles) -> None:
        self.database = database
        self.files = files
        self._ids = AssetIds(database)
        self._descriptions = DescriptionsRead(database)
        self._definitions: dict[str, PartitionsDefinition | None] = {}
        self._run_numbers: dict[str, int] = {}
        self._keys: dict[int, AssetKey] = {}  # by number, as far as they were met as inputs

    def asset_descriptions(self) -> dict[AssetKey, AssetDescription]:
        """Return what is known of every asset that was described or recorded, sorted by key."""
        self._follow_renames()
        return self._descriptions.all()

    def description(self, key: CoercibleToAssetKey) -> AssetDescription | None:
        """Return what is known of one asset, ``None`` where the store has never heard of it."""
        with self.database.read() as connection:
            return asset_rows.description_of(connection, self._ids.named(key))

    def partitions_definition(self, key: CoercibleToAssetKey) -> PartitionsDefinition | None:
        """Return the partitions definition that the asset was described with last, ``None`` if it has none.

        Raises:
            UnknownAssetError: The store has never heard of the asset.
            InvalidDefinitionError: The definition can't be read: its class is defined elsewhere, or it is damaged.
        """
        wanted = self._ids.named(key)
        description = self.description(wanted)
        if description is None:
            raise self._unknown(wanted)
        text = json.dumps(description.partitions, sort_keys=True)
        if text not in self._definitions:
            self._definitions[text] = stored_definition(description)
        return self._definitions[text]

    def key_named(self, asset: CoercibleToAssetKey) -> AssetKey:
        """Return the key that a person means, who may write the parts of a key with slashes between them."""
        return self._ids.named(asset)

    def last_event_id(self) -> int:
        """Return the id of the newest materialization or empty row ever written, 0 if there was none."""
        with self.database.read() as connection:
            row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'materializations'").fetchone()
        return int(row[0]) if row else 0

    def pieces(self, key: CoercibleToAssetKey) -> PieceTable:
        """Return all recorded pieces of one asset; an empty table where there are none."""
        asset_id = self._ids.find(self._ids.named(key))
        if asset_id is None:
            return PieceTable()
        with self.database.read() as connection:
            return queries.piece_table(connection, asset_id)

    def piece_columns(self, key: AssetKey) -> PieceColumns:
        """Return the columns of :meth:`pieces` that statuses are computed from, in less time."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return PieceColumns()
        with self.database.read() as connection:
            return queries.piece_columns(connection, asset_id)

    def counts(self) -> dict[AssetKey, PieceCounts]:
        """Return how many pieces of each asset are in which recorded state, for all assets with any."""
        with self.database.read() as connection:
            return queries.piece_counts(connection)

    def input_reads(self, key: CoercibleToAssetKey) -> dict[int, list[InputRead]]:
        """Return what the latest event of each piece read, by the event's id; events that read nothing are left out."""
        asset_id = self._ids.find(self._ids.named(key))
        if asset_id is None:
            return {}
        with self.database.read() as connection:
            return queries.input_reads(connection, asset_id, self._keys)

    def failure(self, key: CoercibleToAssetKey, partition: str | None = None) -> FailureRecord | None:
        """Return why the latest attempt at a piece failed or was skipped; ``None`` where it was neither."""
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            return None
        with self.database.read() as connection:
            return queries.failure_of(connection, asset_id, partition or "")

    def failures(self, key: CoercibleToAssetKey) -> list[FailureRecord]:
        """Return the same for every piece of an asset whose latest attempt failed or was skipped."""
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return queries.failures_of(connection, asset_id)

    def latest(self, key: CoercibleToAssetKey, partition: str | None = None) -> MaterializationRecord | None:
        """Return the latest materialization or empty row of a piece, ``None`` where there is none."""
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            return None
        with self.database.read() as connection:
            return queries.latest_event(connection, asset_id, partition or "")

    def get_latest_materialization_event(self, asset_key: CoercibleToAssetKey) -> MaterializationRecord | None:
        """Return the asset's latest materialization, of whatever partition, ``None`` where there is none."""
        wanted = self._ids.named(asset_key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            return None
        with self.database.read() as connection:
            return queries.latest_materialization(connection, asset_id)

    def get_materialized_partitions(
        self, asset_key: CoercibleToAssetKey, before_cursor: int | None = None, after_cursor: int | None = None
    ) -> set[str]:
        """Return the partition keys that were materialized, a later failure notwithstanding.

        Args:
            asset_key: The asset.
            before_cursor: By an event with a smaller number than this.
            after_cursor: By an event with a greater number.
        """
        asset_id = self._ids.find(self._ids.named(asset_key))
        if asset_id is None:
            return set()
        with self.database.read() as connection:
            return queries.materialized_partitions(connection, asset_id, before_cursor, after_cursor)

    def metadata_series(self, key: CoercibleToAssetKey, name: str) -> list[tuple[str | None, float]]:
        """Return the number called ``name`` of each piece's latest materialization, as pairs sorted by partition."""
        asset_id = self._ids.find(self._ids.named(key))
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return queries.metadata_series(connection, asset_id, name)

    def metadata_over_time(self, key: CoercibleToAssetKey, name: str) -> list[tuple[float, float]]:
        """Return the number called ``name`` of each materialization of an unpartitioned asset, with its time."""
        asset_id = self._ids.find(self._ids.named(key))
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return numbers_over_time(connection, asset_id, name)

    def metadata_numbers(self, key: CoercibleToAssetKey) -> list[str]:
        """Return what the numbers in the metadata of an asset's latest pieces are called, sorted."""
        asset_id = self._ids.find(self._ids.named(key))
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return names_of_numbers(connection, asset_id)

    def load(
        self,
        key: CoercibleToAssetKey,
        partition: str | date | Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
    ) -> Any:
        """Return the latest value of a piece, a fresh object that may be changed without changing the store.

        Args:
            key: The asset; text may have its parts joined by slashes.
            partition: The partition key, or a date or a dict that stands for one; ``None`` for an unpartitioned asset.
            version: Not the latest value, but that of an earlier event, which :meth:`Instance.versions` lists.

        Raises:
            ValueNotFoundError: There is no such version, or its value is not kept any more.
            UnknownAssetError: The store has never heard of the asset.
            UnknownPartitionError: The asset has no such partition.
            NeverMaterializedError: The piece was never made.
            EmptyPieceError: It was made and yielded nothing.
            BrokenValueError: The value is gone, cut short, altered or unreadable.
            UntrustedPickleError: The value is a pickle that this user did not sign.
        """
        wanted = self._ids.named(key)
        partition = partition_meant(partition, lambda: self.partitions_definition(wanted), wanted.to_user_string())
        if version is not None:
            return load_version(self.database, self.files, wanted, self._ids.find(wanted), partition, version)
        latest = self.value_row(wanted, partition)
        if latest is not None and latest.has_value:
            return self.value_in(wanted, latest)
        raise self.why_no_value(wanted, partition, latest)

    def value_in(
        self, key: AssetKey, row: ValueRow, read: Callable[[ValueRow, ValueFiles, str], Any] = read_value
    ) -> Any:
        """Return the value of a row that has one, by ``read``.

        Where the piece was made again since the row was read, and its older value removed, it is the new one.

        Raises:
            BrokenValueError: It is gone, cut short, altered or unreadable.
            UntrustedPickleError: It is a pickle that this user did not sign.
        """
        try:
            return read(row, self.files, piece_name(key, row.partition))
        except BrokenValueError:
            now = self.value_row(key, row.partition)
            if now is None or not now.has_value or now.event_id == row.event_id:
                raise
            return self.value_in(key, now, read)

    def value_row(self, key: AssetKey, partition: str | None) -> ValueRow | None:
        """Return what is recorded of a piece and its value, ``None`` where nothing is."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return None
        with self.database.read() as connection:
            return value_row(connection, asset_id, partition or "")

    def value_rows(self, key: AssetKey, partitions: Sequence[str]) -> list[ValueRow]:
        """Return what is recorded of those of ``partitions`` (at most 900) of which anything is, in any order."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return value_rows(connection, asset_id, partitions)

    def with_value(self, key: AssetKey, partitions: Sequence[str]) -> list[str]:
        """Return those of some partitions that have a value in the store."""
        rows = (row for part in chunks(partitions, 900) for row in self.value_rows(key, part))
        return [row.partition for row in rows if row.has_value]

    def why_no_value(
        self,
        key: AssetKey,
        partition: str | None,
        row: ValueRow | None,
        definition: PartitionsDefinition | None = None,
    ) -> NotebookAssetsError:
        """Return the error that says why a piece has no value in the store, and what to try.

        ``definition`` is how the asset is partitioned now, where that is known; else the store's description counts.
        """
        description = self.description(key)
        if description is None:
            return self._unknown(key)
        try:
            if row is None and definition is None and description.partitions is None:
                check_recorded(key, partition, [name for name in self.pieces(key).partitions if name])
            elif row is None:
                check_partition(key, partition, definition or self.partitions_definition(key))
        except NotebookAssetsError as error:
            return error
        return no_value(key, partition, row, self.failure(key, partition))

    def _follow_renames(self) -> None:
        """Forget what was remembered of keys if another notebook renamed an asset."""
        if self._ids.follow_renames():
            self._keys.clear()

    def _unknown(self, key: AssetKey) -> UnknownAssetError:
        return unknown_asset(key, self.asset_descriptions())
