"""Events that were reported without a run: something made, saw or checked an asset elsewhere."""

from __future__ import annotations

from notebook_assets.assets import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions import partition_loading_context
from notebook_assets.store import checks_table
from notebook_assets.store.checks_and_observations import SeeingStore
from notebook_assets.store.checks_table import CheckFinding
from notebook_assets.store.no_value import check_partition
from notebook_assets.store.observations_table import Seen


class ReportingStore(SeeingStore):
    """A store that is told of what happened elsewhere."""

    def report_runless_asset_event(
        self, asset_event: AssetMaterialization | AssetObservation | AssetCheckEvaluation
    ) -> None:
        """Record that an asset was made, seen, or checked by something that is no run of this store.

        A value that the store keeps of the piece stays its value, as in the reference: ``load`` and what is made from
        the asset get it, unless an IO manager of its own keeps the asset. What is made from the asset becomes stale as
        after a run, unless the event names the data version that was there before (the tag
        ``notebook_assets/data_version``).

        Where the asset was defined with partitions, the event's must be one of them; one that is not over yet will do.

        Args:
            asset_event: What happened.

        Raises:
            InvalidInvocationError: It is no such event.
            UnknownPartitionError: The asset has no such partition, as it was defined last.

        >>> from notebook_assets import AssetMaterialization, Instance
        >>> with Instance.ephemeral() as instance:
        ...     instance.report_runless_asset_event(AssetMaterialization("table", partition="2013-01-01"))
        ...     instance.get_materialized_partitions("table")
        {'2013-01-01'}
        """
        if isinstance(asset_event, AssetMaterialization | AssetObservation | AssetCheckEvaluation):
            self._check_partition(AssetKey.from_coercible(asset_event.asset_key), asset_event.partition)
        if isinstance(asset_event, AssetMaterialization):
            self._report_made(asset_event)
        elif isinstance(asset_event, AssetObservation):
            self._report_seen(asset_event)
        elif isinstance(asset_event, AssetCheckEvaluation):
            self._report_checked(asset_event)
        else:
            raise InvalidInvocationError(
                "report_runless_asset_event takes an AssetMaterialization, an AssetObservation or an "
                f"AssetCheckEvaluation; got {asset_event!r}."
            )

    def _check_partition(self, key: AssetKey, partition: str | None) -> None:
        """Refuse a partition that the asset does not have, as far as that is known."""
        if not partition or self.description(key) is None:
            return
        try:
            definition = self.partitions_definition(key)
        except InvalidDefinitionError:  # of a class that is not there
            return
        if definition is not None:
            with partition_loading_context(dynamic_partitions_store=self):
                check_partition(key, partition, definition)

    def _report_made(self, made: AssetMaterialization) -> None:
        self.record_materialization(
            made.asset_key,
            made.partition,
            run_id=None,
            data_version=version_told(made),
            metadata=made.values,
            tags=made.tags,
            description=made.description,
        )

    def _report_seen(self, seen: AssetObservation) -> None:
        about = seen.partition, version_told(seen), seen.description, seen.values, seen.tags or {}
        self.record_observations(seen.asset_key, [Seen(*about)])

    def _report_checked(self, found: AssetCheckEvaluation) -> None:
        finding = CheckFinding(
            found.check_name,
            passed=found.passed,
            severity=found.severity.value,
            blocking=bool(found.blocking),
            event_id=found.target_materialization_data or 0,
            description=found.description,
            metadata=normalize_metadata(found.metadata, "metadata of an AssetCheckEvaluation"),
        )
        piece = self._piece(AssetKey.from_coercible(found.asset_key), found.partition, None)
        with self._write() as connection:
            checks_table.insert_check(connection, piece, finding)


def version_told(event: AssetMaterialization | AssetObservation) -> str | None:
    """Return the data version that an event names by a tag, if it does.

    >>> version_told(AssetMaterialization("table", tags={"notebook_assets/data_version": "v1"}))
    'v1'
    """
    return AssetObservation(event.asset_key, tags=event.tags).data_version
