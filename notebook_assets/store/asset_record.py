"""AssetRecord, the newest that a store knows of an asset; AssetPartitionStatus, how one of its partitions stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from notebook_assets.keys import AssetKey
from notebook_assets.store.observations_table import ObservationRecord
from notebook_assets.store.records import FailureRecord, MaterializationRecord


class AssetPartitionStatus(Enum):
    """How a partition stands, in the reference's words.

    >>> AssetPartitionStatus("MATERIALIZED").name
    'MATERIALIZED'
    """

    MATERIALIZED = "MATERIALIZED"
    FAILED = "FAILED"
    IN_PROGRESS = "IN_PROGRESS"


@dataclass(frozen=True)
class AssetRecord:
    """The newest that a store knows of an asset, of whatever partition; None where there is nothing of the kind.

    Args:
        storage_id: The number of the asset's row.
        asset_key: The asset.
        last_materialization_record: What was made last.
        last_observation_record: What was seen last.
        last_failed_to_materialize_record: What failed last, and has not been made since.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def one(): return 1
    >>> store = Instance.ephemeral()
    >>> run_id = materialize([one], instance=store, progress=False).run_id
    >>> [record.last_run_id == run_id for record in store.get_asset_records([one])]
    [True]
    """

    storage_id: int
    asset_key: AssetKey
    last_materialization_record: MaterializationRecord | None = None
    last_observation_record: ObservationRecord | None = None
    last_failed_to_materialize_record: FailureRecord | None = None

    @property
    def asset_entry(self) -> AssetRecord:
        """The record itself: a record and its entry are one here."""
        return self

    @property
    def last_materialization(self) -> MaterializationRecord | None:
        """What was made last."""
        return self.last_materialization_record

    @property
    def last_observation(self) -> ObservationRecord | None:
        """What was seen last."""
        return self.last_observation_record

    @property
    def last_run_id(self) -> str | None:
        """The run of what was made last, or failed after it."""
        found = [self.last_materialization_record, self.last_failed_to_materialize_record]
        known = [record for record in found if record is not None and record.run_id]
        return max(known, key=lambda record: record.time).run_id if known else None

    @property
    def last_materialization_storage_id(self) -> int | None:
        """The number of what was made last."""
        return None if self.last_materialization_record is None else self.last_materialization_record.storage_id

    @property
    def last_observation_storage_id(self) -> int | None:
        """The number of what was seen last."""
        return None if self.last_observation_record is None else self.last_observation_record.storage_id

    @property
    def last_event_storage_id(self) -> int | None:
        """The number of what was made or seen last."""
        return max(self.last_materialization_storage_id or 0, self.last_observation_storage_id or 0) or None
