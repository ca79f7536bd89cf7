"""AssetJob: a job over the assets of one Definitions object, ready to be run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetCheckKey
from notebook_assets.definitions.jobs_again import key_again
from notebook_assets.definitions.making_pieces import JobRun, check_pieces, make_pieces, observe_pieces
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.ops import HookDefinition
from notebook_assets.partitions import PartitionedConfig, PartitionsDefinition
from notebook_assets.partitions.config_by_partition import PARTITION_TAG
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.run import RunResult
from notebook_assets.run.range_groups import range_in_tags
from notebook_assets.run.reexecution import ReexecutionOptions, config_of, earlier_run
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
    hook_defs: AbstractSet[HookDefinition] = frozenset()
    automation_condition: Any = None
    check_keys: frozenset[AssetCheckKey] = frozenset()
    """The checks that it carries out."""
    observes: bool = False
    """Whether it observes source assets, instead of making assets."""
    is_subset: bool = False
    """Whether it is a part of another job."""

    is_asset_job = True

    def __repr__(self) -> str:
        return f"<job {self.name} of {', '.join(key.to_user_string() for key in self.asset_keys)}>"

    @property
    def asset_selection(self) -> frozenset[AssetKey]:
        """The assets that it makes."""
        return frozenset(self.asset_keys)

    @property
    def asset_check_selection(self) -> frozenset[AssetCheckKey]:
        """The checks that it carries out."""
        return self.check_keys

    @property
    def resource_defs(self) -> Mapping[str, object]:
        """The resources that its definitions give."""
        return self.definitions.resources

    @property
    def loggers(self) -> Mapping[str, Any]:
        """The loggers of its definitions, which are kept."""
        return self.definitions.loggers

    @property
    def run_config(self) -> Mapping[str, Any] | None:
        """Its run configuration, None where it has none, or one by partition."""
        found = getattr(self.config, "to_config_dict", lambda: self.config)()
        return found if isinstance(found, Mapping) else None

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that its assets and hooks require."""
        nodes = (self.definitions.graph.nodes[key].definition for key in self.asset_keys)
        needed = (made_by.required_resource_keys for made_by in nodes if made_by is not None)
        return frozenset().union(*needed, *(hook.required_resource_keys for hook in self.hook_defs))

    @property
    def backfill_policy(self) -> Any:
        """The backfill policy that all of its assets with partitions share, None where they share none."""
        nodes = (self.definitions.graph.nodes[key] for key in self.asset_keys)
        found = [node.definition.backfill_policy for node in nodes if node.definition and node.partitions_def]
        return found[0] if found and all(policy == found[0] for policy in found) else None

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

    def validate_partition_key(self, partition_key: str, dynamic_partitions_store: Any = None) -> None:
        """Raise an error unless it has a partition.

        Raises:
            UnknownPartitionError: There is no such partition.
            InvalidInvocationError: The job has none.
        """
        self._check_partition(partition_key, {})
        if self.partitions_def is not None:
            self.partitions_def.validate_partition_key(partition_key, dynamic_partitions_store=dynamic_partitions_store)

    def get_subset(
        self,
        *,
        op_selection: object = None,
        asset_selection: Iterable[Any] | None = None,
        asset_check_selection: Iterable[AssetCheckKey] | None = None,
    ) -> AssetJob:
        """Return the job over some of its assets and checks.

        Args:
            op_selection: Not for jobs over assets.
            asset_selection: The assets; by default all, or none where checks are chosen.
            asset_check_selection: The checks; by default those of the assets.

        Raises:
            UnknownAssetError: The job does not make such an asset, or carry out such a check.
        """
        if op_selection is not None:
            raise InvalidInvocationError(f"The job {self.name!r} makes assets: it takes asset_selection.")
        if asset_selection is None and asset_check_selection is not None:
            keys: tuple[AssetKey, ...] = ()
        else:
            keys = self._chosen(asset_selection)
        if asset_check_selection is None:
            checks = frozenset(key for key in self.check_keys if key.asset_key in keys)
        else:
            checks = frozenset(asset_check_selection)
        foreign = sorted(checks - self.check_keys)
        if foreign:
            asked, known = foreign[0].to_user_string(), [key.to_user_string() for key in self.check_keys]
            raise UnknownAssetError(
                f"The job {self.name!r} does not carry out the check {asked!r}.{did_you_mean(asked, known)}"
            )
        return replace(self, asset_keys=keys, check_keys=checks, is_subset=True)

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> AssetJob:
        """Return the job with more hooks."""
        return replace(self, hook_defs=frozenset(self.hook_defs) | frozenset(hook_defs))

    def with_metadata(self, metadata: Mapping[str, Any]) -> AssetJob:
        """Return the job with other metadata."""
        return replace(self, metadata=normalize_metadata(metadata, f"The job {self.name!r}"))

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
        reexecution_options: ReexecutionOptions | None = None,
    ) -> RunResult:
        """Make the job's assets, or one partition of them, here and now; or observe them.

        Args:
            run_config: The run configuration, in place of the job's.
            instance: The store; by default the one that belongs to the working directory.
            partition_key: The partition, where the job has any.
            raise_on_error: Whether to raise the first error when the run is over; else the result tells of it.
            op_selection: Not for jobs over assets.
            asset_selection: The assets to make of the job's; by default all.
            run_id: What to call the run; by default it gets a name of its own.
            input_values: Not for jobs over assets.
            tags: Names and values kept with the run, over the job's.
            resources: Objects by resource key; they win over those of the definitions.
            reexecution_options: The run to go on with, and which of its steps to make. Its partitions are those of that
                run, and so are its tags and its configuration, where they are not given.

        Raises:
            InvalidInvocationError: The arguments don't go together, or don't fit the job.
            UnknownAssetError: ``asset_selection`` names an asset that the job does not make.
            UnknownPartitionError: There is no such partition.
            MissingInputError: A piece was skipped, since what it needs was never made.
            Exception: The first error that an asset's function raised.
        """
        __tracebackhide__ = True
        if op_selection is not None or input_values:
            raise InvalidInvocationError(
                f"The job {self.name!r} makes assets: it takes asset_selection, but no op_selection and input_values."
            )
        if asset_selection is not None:
            part = self.get_subset(asset_selection=asset_selection)
            return part.execute_in_process(
                run_config,
                instance,
                partition_key,
                raise_on_error,
                run_id=run_id,
                tags=tags,
                resources=resources,
                reexecution_options=reexecution_options,
            )
        store = instance or Instance.get()
        if reexecution_options is not None:
            earlier = earlier_run(store, reexecution_options.parent_run_id)
            partition_key = key_again(earlier, partition_key, tags or {})
            tags = {**earlier.tags, **(tags or {})}
            run_config = config_of(earlier) if run_config is None else run_config
        told = self._tags(tags, partition_key)
        if reexecution_options is None:
            self._check_partition(partition_key, told)
        asked = JobRun(
            job=self,
            partition_key=partition_key,
            run_config=self._run_config(run_config, partition_key),
            tags=told,
            resources={**self.definitions.resources, **(resources or {})},
            run_id=run_id or "",
            reexecution=reexecution_options,
        )
        run = observe_pieces if self.observes else make_pieces if self.asset_keys else check_pieces
        return run(asked, store, raise_on_error=raise_on_error)

    def _chosen(self, asset_selection: Iterable[Any] | None) -> tuple[AssetKey, ...]:
        if asset_selection is None:
            return self.asset_keys
        wanted = AssetSelection.assets(*asset_selection).resolve(self.definitions.graph)
        foreign = sorted(wanted - self.asset_selection)
        if foreign:
            raise UnknownAssetError(f"The job {self.name!r} does not make {foreign[0].to_user_string()}.")
        return tuple(key for key in self.asset_keys if key in wanted)

    def _check_partition(self, partition_key: str | None, tags: Mapping[str, str]) -> None:
        ends = range_in_tags(tags)
        if ends is not None and partition_key is not None:
            raise InvalidInvocationError(f"The tags name the range {ends[0]}...{ends[1]}; leave out partition_key=.")
        if self.partitions_def is None:
            if partition_key is not None:
                raise InvalidInvocationError(f"The job {self.name!r} has no partitions; got {partition_key!r}.")
        elif partition_key is None and ends is None and not self.observes and self.asset_keys:
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
