"""AssetJob: a job over the assets of one Definitions object, ready to be run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetGraph, AssetsDefinition
from notebook_assets.definitions.asset_jobs import UnresolvedAssetJobDefinition
from notebook_assets.definitions.making_pieces import JobRun, make_pieces, observe_pieces
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, UnknownAssetError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.partitions import PartitionedConfig, PartitionsDefinition
from notebook_assets.partitions.config_by_partition import PARTITION_TAG
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.run import RunResult
from notebook_assets.run.observing_result import ObservationResult
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance

if TYPE_CHECKING:
    from notebook_assets.definitions.definition_set import Definitions


@dataclass(frozen=True, eq=False)
class AssetJob(SelfShown):
    """A job over assets that can be run; made by :meth:`Definitions.resolve_job_def`.

    ``asset_keys`` are the assets that it makes, upstream first.

    >>> from notebook_assets import Definitions, asset, define_asset_job
    >>> @asset
    ... def one():
    ...     return 1
    >>> job = Definitions([one], jobs=[define_asset_job("all")]).resolve_job_def("all")
    >>> job.name, job.asset_keys
    ('all', (AssetKey(['one']),))
    """

    name: str
    definitions: Definitions
    asset_keys: tuple[AssetKey, ...]
    partitions_def: PartitionsDefinition | None = None
    config: Any = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    run_tags: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    executor_def: Any = None
    op_retry_policy: Any = None
    owners: Sequence[str] = ()
    observes: bool = False
    """Whether it observes source assets, instead of making assets."""

    is_asset_job = True

    @property
    def asset_selection(self) -> frozenset[AssetKey]:
        """The assets that it makes."""
        return frozenset(self.asset_keys)

    @property
    def partitioned_config(self) -> PartitionedConfig | None:
        """Its configuration by partition, where it has one."""
        return self.config if isinstance(self.config, PartitionedConfig) else None

    def get_partition_keys(self, current_time: datetime | None = None) -> Sequence[str]:
        """Return the keys of its partitions, none where its assets have none."""
        return [] if self.partitions_def is None else self.partitions_def.get_partition_keys(current_time)

    def get_run_config_for_partition_key(self, partition_key: str) -> Mapping[str, Any]:
        """Return the run configuration of a partition.

        Raises:
            UnknownPartitionError: There is no such partition.
        """
        found = self._run_config(None, partition_key)
        return found if isinstance(found, Mapping) else {}

    def get_tags_for_partition_key(self, partition_key: str) -> Mapping[str, str]:
        """Return the tags of a run for a partition.

        Raises:
            UnknownPartitionError: There is no such partition.
        """
        return self._tags(None, partition_key)

    def execute_in_process(
        self,
        run_config: Any = None,
        instance: Instance | None = None,
        partition_key: str | None = None,
        raise_on_error: bool = True,
        op_selection: object = None,
        asset_selection: Iterable[Any] | None = None,
        run_id: str | None = None,
        input_values: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        resources: Mapping[str, object] | None = None,
    ) -> RunResult | ObservationResult:
        """Make the job's assets, or one partition of them, here and now; or observe them.

        Args:
            run_config: The run configuration, in place of the job's.
            instance: The store; by default the one that belongs to the working directory.
            partition_key: The partition, where the job has any.
            raise_on_error: Whether to raise the first error when the run is over; else the result tells of it.
            op_selection: Not for jobs over assets.
            asset_selection: The assets to make of the job's; by default all.
            run_id: Not for jobs over assets: a run is named when it begins.
            input_values: Not for jobs over assets.
            tags: Names and values kept with the run, over the job's.
            resources: Objects by resource key; they win over those of the definitions.

        Raises:
            InvalidInvocationError: The arguments don't go together, or don't fit the job.
            UnknownAssetError: ``asset_selection`` names an asset that the job does not make.
            UnknownPartitionError: There is no such partition.
            MissingInputError: A piece was skipped, since what it needs was never made.
            Exception: The first error that an asset's function raised.
        """
        __tracebackhide__ = True
        if op_selection is not None or input_values or run_id is not None:
            raise InvalidInvocationError(
                f"The job {self.name!r} makes assets: it takes asset_selection, but no op_selection, input_values and "
                "run_id."
            )
        self._check_partition(partition_key)
        asked = JobRun(
            name=self.name,
            definitions=self.definitions,
            graph=_retried(self.definitions.graph, self.asset_keys, self.op_retry_policy),
            keys=self._chosen(asset_selection),
            partition_key=partition_key,
            run_config=self._run_config(run_config, partition_key),
            tags=self._tags(tags, partition_key),
            resources=resources or {},
        )
        run = observe_pieces if self.observes else make_pieces
        return run(asked, instance or Instance.get(), raise_on_error=raise_on_error)

    def _chosen(self, asset_selection: Iterable[Any] | None) -> tuple[AssetKey, ...]:
        if asset_selection is None:
            return self.asset_keys
        wanted = AssetSelection.assets(*asset_selection).resolve(self.definitions.graph)
        foreign = sorted(wanted - self.asset_selection)
        if foreign:
            raise UnknownAssetError(f"The job {self.name!r} does not make {foreign[0].to_user_string()}.")
        return tuple(key for key in self.asset_keys if key in wanted)

    def _check_partition(self, partition_key: str | None) -> None:
        if self.partitions_def is None:
            if partition_key is not None:
                raise InvalidInvocationError(f"The job {self.name!r} has no partitions; got {partition_key!r}.")
        elif partition_key is None and not self.observes:
            raise InvalidInvocationError(f"The job {self.name!r} has partitions: say which by partition_key=.")

    def _run_config(self, given: Any, partition_key: str | None) -> Any:
        if given is not None:
            return given
        if isinstance(self.config, PartitionedConfig):
            return None if partition_key is None else self.config.get_run_config_for_partition_key(partition_key)
        return self.config

    def _tags(self, given: Mapping[str, str] | None, partition_key: str | None) -> dict[str, str]:
        tags = dict(self.run_tags)
        if partition_key is not None:
            if isinstance(self.config, PartitionedConfig):
                tags.update(self.config.get_tags_for_partition_key(partition_key, self.name))
            tags[PARTITION_TAG] = partition_key
        return {**tags, **(given or {})}


def _retried(graph: AssetGraph, keys: Iterable[AssetKey], policy: Any) -> AssetGraph:
    """Return the graph in which the definitions without a retry policy have one."""
    if policy is None:
        return graph
    wanted = set(keys)
    made = {id(node.definition): node.definition for key, node in graph.nodes.items() if key in wanted}
    changed = {
        place: replace(found, retry_policy=policy)
        for place, found in made.items()
        if isinstance(found, AssetsDefinition) and found.retry_policy is None
    }
    new = AssetGraph([])
    new.__dict__.update(graph.__dict__)
    new.nodes = {
        key: replace(node, definition=changed[id(node.definition)]) if id(node.definition) in changed else node
        for key, node in graph.nodes.items()
    }
    return new


def resolved_job(unresolved: UnresolvedAssetJobDefinition, definitions: Definitions) -> AssetJob:
    """Return the job over the assets of ``definitions``.

    Raises:
        InvalidDefinitionError: It selects no asset that can be made, or assets of different partitions.
        UnknownAssetError: Its selection names an asset that is not there.

    >>> from notebook_assets import Definitions, asset, define_asset_job
    >>> @asset
    ... def one(): ...
    >>> resolved_job(define_asset_job("all"), Definitions([one])).asset_keys
    (AssetKey(['one']),)
    """
    graph = definitions.graph
    selected = unresolved.selection.resolve(graph)
    keys = tuple(key for key in graph.order if key in selected and not graph.is_source(key))
    observes = not keys
    if observes:
        keys = tuple(key for key in graph.order if key in selected and _is_observable(graph, key))
    if not keys:
        reasons = " ".join(unresolved.selection.unmatched(graph))
        raise InvalidDefinitionError(
            f"The job {unresolved.name!r} selects no asset that can be made: {unresolved.selection}. {reasons}".rstrip()
        )
    return AssetJob(
        name=unresolved.name,
        definitions=definitions,
        asset_keys=keys,
        partitions_def=_partitions_of(unresolved, graph, keys),
        config=unresolved.config,
        description=unresolved.description,
        tags=unresolved.tags,
        run_tags=unresolved.tags if unresolved.run_tags is None else unresolved.run_tags,
        metadata=unresolved.metadata,
        executor_def=unresolved.executor_def,
        op_retry_policy=unresolved.op_retry_policy,
        owners=unresolved.owners,
        observes=observes,
    )


def _is_observable(graph: AssetGraph, key: AssetKey) -> bool:
    source = graph.nodes[key].source
    return source is not None and source.is_observable


def _partitions_of(
    unresolved: UnresolvedAssetJobDefinition, graph: AssetGraph, keys: Iterable[AssetKey]
) -> PartitionsDefinition | None:
    """Return the partitions that all partitioned assets of a job share.

    Raises:
        InvalidDefinitionError: They don't share any, or the job names others.
    """
    found: dict[AssetKey, PartitionsDefinition] = {}
    for key in keys:
        definition = graph.nodes[key].spec.partitions_def
        if definition is not None:
            found[key] = definition
    declared = unresolved.partitions_def or (
        unresolved.config.partitions_def if isinstance(unresolved.config, PartitionedConfig) else None
    )
    shared = declared
    for key, definition in found.items():
        shared = definition if shared is None else shared
        if definition != shared:
            others = "its config or partitions_def" if declared is not None else str(next(iter(found)))
            raise InvalidDefinitionError(
                f"The job {unresolved.name!r}: all of its assets that have partitions have the same, but {key} has "
                f"{definition}, and {others} has {shared}. Make two jobs."
            )
    return shared
