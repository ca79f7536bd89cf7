"""AssetExecutionContext: what an asset's function can ask about the piece that it is making."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetObservation, AssetsDefinition, DataVersion, RetryPolicy
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions import (
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    TimeWindow,
)
from notebook_assets.partitions.arguments import check_mapping
from notebook_assets.resources import Resources
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.context_partitions import PartitionQuestions, time_windows

if TYPE_CHECKING:
    from notebook_assets.store import Instance


class AssetExecutionContext(PartitionQuestions):
    """The first parameter of an asset's function, where that is called ``context``.

    Knows the piece that is being made (its asset, partition key and time window), the partitions of each input,
    the resources, the run and the store. :meth:`add_output_metadata` attaches metadata to the materialization.
    Inputs are named as the function's parameters are; what only ``deps`` names, by its key. ``retry_number`` is how
    often the call was tried again, ``retry_policy`` that of the run, for functions without one of their own.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def told(context):
    ...     context.add_output_metadata({"rows": 2})
    ...     return f"{context.asset_key} has partitions: {context.has_partition_key}"
    >>> store = Instance.ephemeral()
    >>> materialize([told], instance=store, progress=False).asset_value("told")
    'told has partitions: False'
    >>> store.latest("told").metadata["rows"].value
    2
    """

    __slots__ = (
        "_config",
        "_definition",
        "_inputs",
        "_key",
        "_partitions_def",
        "_selected",
        "added",
        "data_versions",
        "events",
        "instance",
        "resources",
        "retry_number",
        "retry_policy",
        "run_config",
        "run_id",
        "run_tags",
    )

    def __init__(
        self,
        definition: AssetsDefinition,
        partition_key: str | None,
        inputs: Mapping[str, tuple[PartitionsDefinition | None, Sequence[str]]],
        resources: Resources,
        run_id: str,
        instance: Instance | None = None,
        run_tags: Mapping[str, str] | None = None,
        selected: Sequence[AssetKey] = (),
        config: Any = None,
        run_config: Mapping[str, Any] | None = None,
        retry_number: int = 0,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self._config = config
        self.retry_number = retry_number
        self.retry_policy = retry_policy
        self.run_config = run_config or {}
        self._definition = definition
        self._selected = tuple(selected) or tuple(spec.asset_key for spec in definition.specs)
        self._partitions_def = definition.specs_by_key[self._selected[0]].partitions_def
        self._key = partition_key
        if partition_key is not None and isinstance(self._partitions_def, MultiPartitionsDefinition):
            self._key = self._partitions_def.get_partition_key_from_str(partition_key)
        self._inputs = inputs
        self.resources = resources
        self.run_id = run_id
        self.instance = instance
        self.run_tags = run_tags or {}
        self.added: dict[AssetKey, dict[str, MetadataValue]] = {}
        self.data_versions: dict[AssetKey, str] = {}
        self.events: list[AssetObservation] = []

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset that is being made.

        Raises:
            InvalidInvocationError: The function makes several; see :attr:`selected_asset_keys`.
        """
        return self._definition.key

    @property
    def selected_asset_keys(self) -> frozenset[AssetKey]:
        """The keys of the assets that this call is to make."""
        return frozenset(self._selected)

    @property
    def selected_output_names(self) -> frozenset[str]:
        """The names of the outputs that this call is to give."""
        return frozenset(name for name, key in self._definition.outputs.items() if key in self._selected)

    @property
    def is_subset(self) -> bool:
        """Whether the function makes more than this call is to make."""
        return len(self._selected) < len(self._definition.specs)

    @property
    def op_config(self) -> Any:
        """The configuration of the function, with the defaults of its schema; None where it has none."""
        as_dict = getattr(self._config, "__config_values__", None)
        return self._config if as_dict is None else as_dict()

    @property
    def op_execution_context(self) -> AssetExecutionContext:
        """This context."""
        return self

    def asset_key_for_output(self, output_name: str = "result") -> AssetKey:
        """Return the key of the asset that an output is.

        Raises:
            InvalidInvocationError: There is no such output.
        """
        outputs = self._definition.outputs
        if output_name not in outputs:
            raise InvalidInvocationError(
                f"{self._definition.label} has no output {output_name!r}; it has {list(outputs)}."
                f"{did_you_mean(output_name, outputs)}"
            )
        return outputs[output_name]

    def output_for_asset_key(self, asset_key: AssetKey) -> str:
        """Return the name of the output that an asset is.

        Raises:
            UnknownAssetError: The function makes no such asset.
        """
        key = self._definition.get_asset_spec(asset_key).asset_key
        return next(name for name, each in self._definition.outputs.items() if each == key)

    @property
    def added_metadata(self) -> dict[str, MetadataValue]:
        """What was attached so far, to whichever output."""
        return {name: value for found in self.added.values() for name, value in found.items()}

    def metadata_of(self, key: AssetKey) -> Mapping[str, MetadataValue]:
        """Return what was attached to an asset so far."""
        return self.added.get(key, {})

    @property
    def assets_def(self) -> AssetsDefinition:
        """The definition of the asset that is being made."""
        return self._definition

    @property
    def has_partition_key(self) -> bool:
        """Whether a partition is being made."""
        return self._key is not None

    @property
    def partition_key(self) -> str:
        """The key of the partition that is being made; of several dimensions, a :class:`MultiPartitionKey`.

        Raises:
            InvalidInvocationError: The asset has no partitions.
        """
        if self._key is None:
            raise InvalidInvocationError(
                f"{self._name} has no partitions, so there is no partition_key; give it a partitions_def, "
                "or ask context.has_partition_key first."
            )
        return self._key

    @property
    def has_partition_key_range(self) -> bool:
        """Whether a range of partitions is being made in one call: never, each has a call of its own."""
        return False

    @property
    def partition_keys(self) -> Sequence[str]:
        """The keys of the partitions that are being made: one."""
        return [self.partition_key]

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The range of partitions that is being made: from the key to itself."""
        return PartitionKeyRange(self.partition_key, self.partition_key)

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """The same as :attr:`partition_key_range`."""
        return self.partition_key_range

    @property
    def partition_time_window(self) -> TimeWindow:
        """The time window of the partition that is being made; of several dimensions, that on the one of time windows.

        Raises:
            InvalidInvocationError: The asset's partitions are no time windows.
        """
        return time_windows(self._name, self._partitions_def).time_window_for_partition_key(self.partition_key)

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()

    def add_output_metadata(
        self, metadata: Mapping[str, Any], output_name: str | None = None, mapping_key: str | None = None
    ) -> None:
        """Attach metadata to the materialization; numbers are plotted over the partitions.

        Args:
            metadata: Names and values.
            output_name: Which output, where the function gives several.
            mapping_key: Only for code that names it.

        Raises:
            InvalidDefinitionError: A value is of a kind that can't be kept.
            InvalidInvocationError: There are several outputs and none is named, or there is none of that name.
        """
        if self._definition.is_multi:
            if output_name is None:
                raise InvalidInvocationError(
                    f"{self._definition.label} has several outputs; say which by output_name=: "
                    f"{', '.join(sorted(self.selected_output_names))}."
                )
            key = self.asset_key_for_output(output_name)
        else:
            key = self._selected[0]
        self._add(key, metadata, "add_output_metadata")

    def _add(self, key: AssetKey, metadata: Mapping[str, Any], where: str) -> None:
        check_mapping(metadata, f"{where}: metadata", '{"rows": 3}')
        self.added.setdefault(key, {}).update(normalize_metadata(metadata, "output metadata"))

    def add_asset_metadata(
        self,
        metadata: Mapping[str, Any],
        asset_key: CoercibleToAssetKey | None = None,
        partition_key: str | None = None,
    ) -> None:
        """Attach metadata to the materialization, as :meth:`add_output_metadata`.

        Raises:
            InvalidInvocationError: Another asset or partition is named than the one that is being made.
        """
        key = self.asset_key if asset_key is None else AssetKey.from_coercible(asset_key)
        if key not in self._selected or partition_key not in (None, self._key):
            raise InvalidInvocationError(
                f"Metadata can be added to {self._piece} only, which is being made; got asset_key={asset_key!r}, "
                f"partition_key={partition_key!r}."
            )
        self._add(key, metadata, "add_asset_metadata")

    def set_data_version(self, asset_key: CoercibleToAssetKey, data_version: DataVersion) -> None:
        """Name the contents of the value, in place of a digest of it: equal names mean equal contents."""
        if not isinstance(data_version, DataVersion):
            raise InvalidDefinitionError(f"A data version is a DataVersion; write DataVersion({data_version!r}).")
        self.data_versions[AssetKey.from_coercible(asset_key)] = data_version.value

    def log_event(self, event: AssetObservation) -> None:
        """Report what was seen of any asset, as yielding it does.

        Raises:
            InvalidInvocationError: It is no AssetObservation.
        """
        if not isinstance(event, AssetObservation):
            raise InvalidInvocationError(
                f"context.log_event takes an AssetObservation; got a {type(event).__name__}. Metadata of what is made "
                "is added by context.add_output_metadata, other events are yielded."
            )
        self.events.append(event)

    def has_tag(self, key: str) -> bool:
        """Whether the run has a tag."""
        return key in self.run_tags

    def get_tag(self, key: str) -> str | None:
        """Return the value of a tag of the run, None where it has none of that name."""
        return self.run_tags.get(key)

    @property
    def _piece(self) -> str:
        return self._name + (f"[{self._key}]" if self._key else "")

    @property
    def _name(self) -> str:
        return ", ".join(key.to_user_string() for key in self._selected)

    def __repr__(self) -> str:
        return f"<context of {self._piece}, run {self.run_id}>"
