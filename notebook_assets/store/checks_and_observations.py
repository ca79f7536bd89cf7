"""What a store takes in and gives back of checks and observations: what was seen of pieces without making them."""

from __future__ import annotations

from collections.abc import Iterable

from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.store import checks_table, observations_table
from notebook_assets.store.checks_table import CheckFinding, CheckRecord
from notebook_assets.store.dynamic_store import DynamicStore
from notebook_assets.store.observations_table import ObservationRecord, ObservedColumns, Seen


class SeeingStore(DynamicStore):
    """A store that also keeps the results of checks, and observations; each method is one transaction."""

    def record_checks(
        self,
        key: CoercibleToAssetKey,
        partition: str | None = None,
        *,
        run_id: str,
        findings: Iterable[CheckFinding],
    ) -> None:
        """Record what checks found of one piece.

        Args:
            key: The asset.
            partition: The partition key, ``None`` for an unpartitioned asset.
            run_id: The run in which the checks ran.
            findings: What each of them found.
        """
        piece = self._piece(AssetKey.from_coercible(key), partition, run_id)
        with self._write() as connection:
            for finding in findings:
                checks_table.insert_check(connection, piece, finding)

    def latest_checks(self, key: CoercibleToAssetKey, *, refusing: bool = False) -> list[CheckRecord]:
        """Return the latest result of each check of each piece of an asset, by name and partition.

        Args:
            key: The asset.
            refusing: Only the errors that blocking checks found, or raised.
        """
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return checks_table.latest_checks(connection, wanted, asset_id, refusing=refusing)

    def check_history(
        self, key: CoercibleToAssetKey, check_name: str, partition: str | None = None
    ) -> list[CheckRecord]:
        """Return all results of one check of one piece, the newest first."""
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return checks_table.check_history(connection, wanted, asset_id, check_name, partition or "")

    def record_observations(
        self, key: CoercibleToAssetKey, seen: Iterable[Seen], *, run_id: str | None = None
    ) -> list[int]:
        """Record what was seen of pieces of one asset; return the events' ids.

        Args:
            key: The asset.
            seen: What was seen, each of one piece.
            run_id: The run that saw it; ``None`` outside of runs.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     _ = instance.record_observations("file", [Seen(data_version="v1")])
        ...     instance.observations("file")[0].data_version
        'v1'
        """
        given = list(seen)
        asset_id = self._ids.make(AssetKey.from_coercible(key))
        run = None if run_id is None else self._run_number(run_id)
        with self._write() as connection:
            return observations_table.insert_observations(connection, asset_id, run, given)

    def observed_columns(self, key: AssetKey) -> ObservedColumns:
        """Return the latest data version that was seen of each piece of an asset."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return ObservedColumns()
        with self.database.read() as connection:
            return observations_table.observed_columns(connection, asset_id)

    def observations(self, key: CoercibleToAssetKey, partition: str | None = None) -> list[ObservationRecord]:
        """Return the observations of an asset, or of one of its partitions, the newest first."""
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return observations_table.observations_of(connection, wanted, asset_id, partition)
