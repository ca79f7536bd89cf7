"""What a store knows of its assets as wholes: their keys, the newest of each, and how their partitions stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.states import PieceState
from notebook_assets.store import queries
from notebook_assets.store.asset_record import AssetPartitionStatus, AssetRecord
from notebook_assets.store.record_filters import AssetRecordsFilter, RunsFilter
from notebook_assets.store.record_rows import MADE, NOT_MADE, SEEN, of_filter
from notebook_assets.store.records import MaterializationRecord, PieceTable
from notebook_assets.store.reporting import ReportingStore
from notebook_assets.store.run_record import RunStatus

_IN_PROGRESS = AssetPartitionStatus.IN_PROGRESS
_FAILED_NOW = "e.id = (SELECT max(failure_id) FROM pieces WHERE asset_id = ? AND state = 'failed')"


class AssetQuestions(ReportingStore):
    """A store that answers these."""

    def get_asset_keys(
        self, prefix: Sequence[str] | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Sequence[AssetKey]:
        """Return the keys of the assets of which anything is recorded, sorted.

        Args:
            prefix: The first parts of their keys.
            limit: How many at most.
            cursor: The text of a key (``key.to_string()``) behind which they begin.
        """
        with self.database.read() as connection:
            keys = queries.recorded_keys(connection)
        found = [key for key in keys if prefix is None or key.has_prefix(list(prefix))]
        return [key for key in found if cursor is None or key.to_string() > cursor][:limit]

    def all_asset_keys(self) -> Sequence[AssetKey]:
        """Return the keys of all assets of which anything is recorded, sorted."""
        return self.get_asset_keys()

    def has_asset_key(self, asset_key: CoercibleToAssetKey) -> bool:
        """Whether anything is recorded of an asset."""
        return self._ids.named(asset_key) in self.get_asset_keys()

    def get_asset_records(self, asset_keys: Sequence[CoercibleToAssetKey] | None = None) -> Sequence[AssetRecord]:
        """Return the newest of some assets, or of all of which anything is recorded; what is unknown is left out.

        Args:
            asset_keys: Which.
        """
        recorded = self.get_asset_keys()
        if asset_keys is not None:
            asked = {self._ids.named(key) for key in asset_keys}
            recorded = [key for key in recorded if key in asked]
        return [self._asset_record(key) for key in recorded]

    def _asset_record(self, key: AssetKey) -> AssetRecord:
        asset_id = self._ids.make(key)
        wanted = of_filter(AssetRecordsFilter(key), asset_id)
        with self.database.read() as connection:
            made = MADE.read(connection, wanted, ascending=False, limit=1)
            seen = SEEN.read(connection, wanted, ascending=False, limit=1)
            failed = NOT_MADE.read(connection, (_FAILED_NOW, (asset_id,)))
        return AssetRecord(asset_id, key, *(next(iter(found), None) for found in (made, seen, failed)))  # type: ignore[arg-type]

    def get_latest_materialization_events(
        self, asset_keys: Iterable[CoercibleToAssetKey]
    ) -> dict[AssetKey, MaterializationRecord]:
        """Return the latest materialization of each of some assets, of whatever partition; of those that were made."""
        keys = [self._ids.named(each) for each in asset_keys]
        found = {key: self.get_latest_materialization_event(key) for key in keys}
        return {key: record for key, record in found.items() if record is not None}

    def get_status_by_partition(
        self,
        asset_key: CoercibleToAssetKey,
        partition_keys: Sequence[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> Mapping[str, AssetPartitionStatus | None] | None:
        """Return how partitions of an asset stand: made, failed, being made, or None; None for an unknown asset.

        Args:
            asset_key: The asset.
            partition_keys: Which; by default all of which anything is recorded.
            partitions_def: How the asset is partitioned; by default as the store knows it.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     _ = instance.record_materialization("daily", "mo", run_id=instance.begin_run())
        ...     instance.get_status_by_partition("daily", ["mo", "tu"])
        {'mo': <AssetPartitionStatus.MATERIALIZED: 'MATERIALIZED'>, 'tu': None}
        """
        key = self._ids.named(asset_key)
        if self._ids.find(key) is None:
            return None
        running = self._being_made(key, partitions_def)
        table = self.pieces(key) if running else self.piece_columns(key)
        recorded = {
            name: _status(state, kind)
            for name, state, kind in zip(table.partitions, table.states, table.kinds, strict=True)
            if name is not None
        }
        done = dict(zip(table.partitions, table.run_ids, strict=True)) if isinstance(table, PieceTable) else {}
        for run_id, planned in running.items():
            recorded |= dict.fromkeys((name for name in planned if done.get(name) != run_id), _IN_PROGRESS)
        return recorded if partition_keys is None else {name: recorded.get(name) for name in partition_keys}

    def _being_made(self, key: AssetKey, definition: PartitionsDefinition | None) -> dict[str, set[str]]:
        """Return the partitions that runs which go on have planned, by run."""
        found: dict[str, set[str]] = {}
        for run in self.get_runs(RunsFilter(statuses=[RunStatus.STARTED])):
            subset = self.run_targets(run.run_id).get(key, "")
            definition = definition or (self.partitions_definition(key) if subset else None)
            if subset and definition is not None:
                found[run.run_id] = set(definition.deserialize_subset(subset).get_partition_keys())
        return found


def _status(state: PieceState, kind: str) -> AssetPartitionStatus | None:
    if state is PieceState.FAILED:
        return AssetPartitionStatus.FAILED
    return AssetPartitionStatus.MATERIALIZED if kind == "materialization" else None
