"""EventLogRecord: what all records of a store have in common, whatever they tell of."""

from __future__ import annotations

from notebook_assets.assets import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from notebook_assets.keys import AssetKey
from notebook_assets.store.event_types import EventType


class EventLogRecord:
    """One row of a store: that an asset was made, observed or checked, or that a run began or ended.

    Records of a kind have more to say than these; what does not apply is None.

    >>> from notebook_assets import AssetMaterialization, Instance
    >>> with Instance.ephemeral() as instance:
    ...     instance.report_runless_asset_event(AssetMaterialization("table", metadata={"rows": 3}))
    ...     [record] = instance.fetch_materializations("table", limit=1).records
    >>> record.event_type.value, record.asset_materialization.metadata["rows"].value
    ('ASSET_MATERIALIZATION', 3)
    """

    __slots__ = ()

    @property
    def event_type(self) -> EventType:
        """What it tells of."""
        raise NotImplementedError

    @property
    def storage_id(self) -> int:
        """The number of its row; those of materializations and observations are from one sequence."""
        raise NotImplementedError

    @property
    def timestamp(self) -> float:
        """When it was recorded, in seconds since 1970 (UTC)."""
        raise NotImplementedError

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that it is about."""
        return None

    @property
    def partition_key(self) -> str | None:
        """The partition that it is about."""
        return None

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was made."""
        return None

    @property
    def asset_observation(self) -> AssetObservation | None:
        """What was seen."""
        return None

    @property
    def asset_check_evaluation(self) -> AssetCheckEvaluation | None:
        """What a check found."""
        return None

    @property
    def asset_event(self) -> AssetMaterialization | AssetObservation | None:
        """What was made, or seen."""
        return self.asset_materialization or self.asset_observation

    @property
    def event_log_entry(self) -> EventLogRecord:
        """The record itself: a record and its entry are one here."""
        return self

    @property
    def event_type_value(self) -> str:
        """What it tells of, as text."""
        return self.event_type.value


class PieceRecord(EventLogRecord):
    """A record that is about a piece: its asset, its partition and its time, by the names of all records."""

    __slots__ = ()

    key: AssetKey
    partition: str | None
    time: float

    @property
    def asset_key(self) -> AssetKey:
        """The asset, as :attr:`key`."""
        return self.key

    @property
    def partition_key(self) -> str | None:
        """The partition, as :attr:`partition`."""
        return self.partition

    @property
    def timestamp(self) -> float:
        """When it was recorded, as :attr:`time`."""
        return self.time
