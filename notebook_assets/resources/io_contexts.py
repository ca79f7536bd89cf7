"""InputContext and OutputContext: what an IO manager is told about the value that it loads or stores."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions import (
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
)
from notebook_assets.partitions.arguments import check_mapping
from notebook_assets.resources.logs import piece_log
from notebook_assets.resources.namespace import Resources


@dataclass(frozen=True)
class _PieceContext:
    """What both contexts say: an asset, some of its partitions, and the resources of the run."""

    asset_key: AssetKey
    partition_keys: tuple[str, ...] = ()
    asset_partitions_def: PartitionsDefinition | None = None
    asset_metadata: Mapping[str, Any] = field(default_factory=dict)
    """The metadata of the asset's definition, as plain values."""
    resources: Resources = field(default_factory=Resources)
    run_id: str | None = None
    config: Any = None
    """What the run's configuration says of this output, or input, to its IO manager."""
    resource_config: Any = None
    """The configuration of the IO manager itself."""
    dagster_type: Any = None
    """The declared type of the value; None where there is none."""
    op_of: Callable[[], Any] | None = None
    """Gives the op that stores, or loads."""
    job_name: str | None = None
    """The job of ops that runs."""

    @property
    def op_def(self) -> Any:
        """The op that gives the value, or takes it; None outside of a run."""
        return None if self.op_of is None else self.op_of()

    @property
    def has_asset_key(self) -> bool:
        """Always true: every value belongs to an asset."""
        return True

    @property
    def has_partition_key(self) -> bool:
        """Whether it is about one partition."""
        return len(self.partition_keys) == 1

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the asset has partitions."""
        return self.asset_partitions_def is not None

    @property
    def partition_key(self) -> str:
        """The one partition key.

        Raises:
            InvalidInvocationError: There is none, or there may be several.
        """
        if not self.has_partition_key:
            has = f"{len(self.partition_keys)} partitions" if self.has_asset_partitions else "no partitions"
            raise InvalidInvocationError(
                f"{self.asset_key.to_user_string()} has {has} here, not one: ask has_partition_key first; "
                "asset_partition_keys gives all of them."
            )
        return self.partition_keys[0]

    @property
    def asset_partition_key(self) -> str:
        """The one partition key, also where there may be several, and happens to be one.

        Raises:
            InvalidInvocationError: There is none, or there are several.
        """
        return self.partition_keys[0] if len(self.partition_keys) == 1 else self.partition_key

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """All the partition keys, in the definition's order."""
        return self.partition_keys

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """The first and the last partition key.

        Raises:
            InvalidInvocationError: There is none.
        """
        if not self.partition_keys:
            raise InvalidInvocationError(f"{self.asset_key.to_user_string()} has no partitions here.")
        return PartitionKeyRange(self.partition_keys[0], self.partition_keys[-1])

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """The time from the start of the first partition to the end of the last.

        Raises:
            InvalidInvocationError: The partitions are no time windows.
        """
        definition = self.asset_partitions_def
        if not isinstance(definition, TimeWindowPartitionsDefinition | MultiPartitionsDefinition):
            raise InvalidInvocationError(f"The partitions of {self.asset_key.to_user_string()} are no time windows.")
        ends = self.asset_partition_key_range
        first, last = map(definition.time_window_for_partition_key, (ends.start, ends.end))
        return TimeWindow(first.start, last.end)

    @property
    def definition_metadata(self) -> Mapping[str, Any]:
        """The metadata of the asset's definition, as plain values."""
        return self.asset_metadata

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The same as :attr:`definition_metadata`."""
        return self.definition_metadata

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()

    def get_identifier(self) -> Sequence[str]:
        """Return the parts of the asset key and the partition key, if any: the path of a value.

        Raises:
            InvalidInvocationError: It is about several partitions, each of which has a path of its own.
        """
        if len(self.partition_keys) > 1:
            raise InvalidInvocationError(
                f"{self.asset_key.to_user_string()}: {len(self.partition_keys)} partitions have no path in common; "
                "asset_partition_keys gives their keys."
            )
        return [*self.asset_key.path, *self.partition_keys]

    get_asset_identifier = get_identifier


@dataclass(frozen=True)
class OutputContext(_PieceContext):
    """What :meth:`IOManager.handle_output` is told of the value that it is to store.

    >>> context = OutputContext(AssetKey("daily"), ("2024-01-01",))
    >>> context.partition_key, context.get_identifier()
    ('2024-01-01', ['daily', '2024-01-01'])
    """

    name: str = "result"
    step_key: str | None = None
    """What the computation that gives the value is called."""
    asset_spec: Any = None
    """The asset as it is defined."""
    added_metadata: dict[str, MetadataValue] = field(default_factory=dict)
    logged_events: list[Any] = field(default_factory=list)
    is_range: bool = False
    """Whether the value is what one call gave of a range of partitions, even if there is but one in it."""
    mapping_key: str | None = None
    """The key of a dynamic output's value."""
    version: str | None = None
    output_metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_partition_key(self) -> bool:
        """Whether it is about one partition, made by a call of its own."""
        return len(self.partition_keys) == 1 and not self.is_range

    def log_event(self, event: Any) -> None:
        """Record an AssetMaterialization or an AssetObservation together with the value."""
        self.logged_events.append(event)

    def get_logged_events(self) -> Sequence[Any]:
        """Return what was logged so far."""
        return list(self.logged_events)

    def get_logged_metadata(self) -> Mapping[str, MetadataValue]:
        """Return the metadata that the IO manager attached so far."""
        return dict(self.added_metadata)

    def get_run_scoped_output_identifier(self) -> Sequence[str]:
        """Return the run, the computation and the output: another path in every run.

        Raises:
            InvalidInvocationError: It is asked for outside of a run.
        """
        if self.run_id is None or self.step_key is None:
            raise InvalidInvocationError(
                f"{self.asset_key.to_user_string()} is not made by a run here, so that its output has no path in one; "
                "get_asset_identifier gives the asset's."
            )
        return [self.run_id, self.step_key, self.name]

    def get_output_identifier(self) -> Sequence[str]:
        """Return the same as :meth:`get_identifier`."""
        return self.get_identifier()

    def get_asset_output_identifier(self) -> Sequence[str]:
        """Return the same as :meth:`get_asset_identifier`."""
        return self.get_asset_identifier()

    def add_output_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Attach metadata to the materialization that is being recorded."""
        check_mapping(metadata, "add_output_metadata: metadata", '{"rows": 3}')
        self.added_metadata.update(normalize_metadata(metadata, "output metadata"))


@dataclass(frozen=True)
class InputContext(_PieceContext):
    """What :meth:`IOManager.load_input` is told of the value, or the values of several partitions, that it is to load.

    Where an input may have several partitions, ``has_partition_key`` is false even when there happens to be only one:
    load a dict by key then, or whatever the function is to be given.

    >>> context = InputContext(AssetKey("hourly"), ("00", "01"), may_be_several=True)
    >>> context.has_partition_key, context.asset_partition_keys
    (False, ('00', '01'))
    """

    name: str | None = None
    input_metadata: Mapping[str, Any] = field(default_factory=dict)
    downstream_key: AssetKey | None = None
    may_be_several: bool = False
    python_type: type | None = None
    """The type that the caller of ``load_asset_value`` asked for."""
    instance: Any = None
    """The store."""
    output_config: Any = None
    """What the run's configuration says of the output that is loaded."""
    output_op_of: Callable[[], Any] | None = None
    """Gives the op that made it."""

    @property
    def has_input_name(self) -> bool:
        """Whether a function has asked for it by a parameter."""
        return self.name is not None

    @property
    def has_partition_key(self) -> bool:
        """Whether it is about one partition, and always would be."""
        return len(self.partition_keys) == 1 and not self.may_be_several

    @property
    def definition_metadata(self) -> Mapping[str, Any]:
        """The metadata of the input (``AssetIn(metadata=...)``) over that of the upstream asset."""
        return {**self.asset_metadata, **self.input_metadata}

    @property
    def upstream_output(self) -> OutputContext:
        """The context of the output that is loaded."""
        return OutputContext(
            self.asset_key,
            self.partition_keys,
            self.asset_partitions_def,
            self.asset_metadata,
            self.resources,
            config=self.output_config,
            op_of=self.output_op_of,
        )
