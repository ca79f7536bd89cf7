"""AssetExecutionContext: what an asset's function can ask about the piece that it is making."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from notebook_assets.assets import AssetCheckKey, AssetMaterialization, AssetObservation, AssetsDefinition, RetryPolicy
from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.partitions import (
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    TimeWindow,
)
from notebook_assets.resources import Resources
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.config_checking import plain
from notebook_assets.run.context_outputs import OutputReports
from notebook_assets.run.context_partitions import PartitionQuestions, range_words, time_windows

if TYPE_CHECKING:
    from notebook_assets.store import Instance, RunRecord


class LoadsValues(Protocol):
    """Loads the value of a piece from where its asset keeps it."""

    def __call__(self, key: AssetKey, partition: str | None, python_type: type | None = None) -> Any:
        """Return the value."""


class AssetExecutionContext(PartitionQuestions, OutputReports):
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
        "_load",
        "_partitions_def",
        "_range_keys",
        "_selected",
        "added",
        "added_by_partition",
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
        load: LoadsValues | None = None,
        range_keys: Sequence[str] | None = None,
    ) -> None:
        self._load = load
        self._range_keys = range_keys
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
        self.added_by_partition: dict[tuple[AssetKey, str], dict[str, MetadataValue]] = {}
        self.data_versions: dict[AssetKey, str] = {}
        self.events: list[AssetObservation | AssetMaterialization] = []

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
    def is_subset(self) -> bool:
        """Whether the function makes more than this call is to make."""
        return len(self._selected) < len(self._definition.specs)

    @property
    def op_config(self) -> Any:
        """The configuration of the function, with the defaults of its schema; None where it has none."""
        return plain(self._config)

    @property
    def op_execution_context(self) -> AssetExecutionContext:
        """This context."""
        return self

    @property
    def assets_def(self) -> AssetsDefinition:
        """The definition of the asset that is being made."""
        return self._definition

    @property
    def has_partition_key(self) -> bool:
        """Whether one partition is being made, by a call of its own."""
        return self._key is not None

    @property
    def partition_key(self) -> str:
        """The key of the partition that is being made; of several dimensions, a :class:`MultiPartitionKey`.

        Raises:
            InvalidInvocationError: The asset has no partitions, or several are being made by one call.
        """
        if self._key is not None:
            return self._key
        if self._range_keys is None:
            raise InvalidInvocationError(
                f"{self._name} has no partitions, so there is no partition_key; give it a partitions_def, "
                "or ask context.has_partition_key first."
            )
        if len(self._range_keys) > 1:
            raise InvalidInvocationError(
                f"{self._piece}: one call makes {len(self._range_keys)} partitions, so there is no partition_key; ask "
                "for partition_keys, partition_key_range or partition_time_window."
            )
        return self.partition_keys[0]

    @property
    def has_partition_key_range(self) -> bool:
        """Whether the call makes a range of partitions, even if there is but one in it: by its backfill policy."""
        return self._range_keys is not None

    @property
    def partition_keys(self) -> Sequence[str]:
        """The keys of the partitions that are being made, in order: one, where each has a call of its own."""
        if self._range_keys is None:
            return [self.partition_key]
        if isinstance(self._partitions_def, MultiPartitionsDefinition):
            return [self._partitions_def.get_partition_key_from_str(key) for key in self._range_keys]
        return list(self._range_keys)

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The range of partitions that is being made: from the first key to the last, which may be the same."""
        if self._range_keys is None:
            return PartitionKeyRange(self.partition_key, self.partition_key)
        return PartitionKeyRange(self._range_keys[0], self._range_keys[-1])

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """The same as :attr:`partition_key_range`."""
        return self.partition_key_range

    @property
    def partition_time_window(self) -> TimeWindow:
        """The time window of what is being made, from the first partition to the last; of several dimensions, that on
        the one of time windows.

        Raises:
            InvalidInvocationError: The asset's partitions are no time windows.
        """
        window = time_windows(self._name, self._partitions_def).time_window_for_partition_key
        ends = self.partition_key_range
        first = window(ends.start)
        return first if ends.start == ends.end else TimeWindow(first.start, window(ends.end).end)

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()

    def load_asset_value(
        self, asset_key: CoercibleToAssetKey, *, python_type: type | None = None, partition_key: str | None = None
    ) -> Any:
        """Return the stored value of any asset; what is made from it so is not known to be.

        Args:
            asset_key: The asset.
            python_type: The type that an IO manager is asked for.
            partition_key: The partition, where it has any.

        Raises:
            ValueNotFoundError: There is none.
            InvalidInvocationError: The context has no store to load it from.
        """
        key = AssetKey.from_coercible(asset_key)
        if self._load is not None:
            return self._load(key, partition_key, python_type)
        if self.instance is None:
            raise InvalidInvocationError(f"There is no store to load {key} from; build the context with instance=.")
        return self.instance.load(key, partition_key)

    @property
    def run(self) -> RunRecord:
        """What the store keeps of the run.

        Raises:
            InvalidInvocationError: The context is of no run.
        """
        found = None if self.instance is None else self.instance.run(self.run_id)
        if found is None:
            raise InvalidInvocationError(f"{self._piece} is made in no run: the context was built by hand.")
        return found

    def asset_key_for_input(self, input_name: str) -> AssetKey:
        """Return the key of the asset that an input is.

        Raises:
            InvalidInvocationError: There is no such input.
        """
        found = {each.input_name: each.key for each in self._definition.dependencies if each.input_name is not None}
        if input_name not in found:
            raise InvalidInvocationError(
                f"{self._name} has no input {input_name!r}; it has {list(found)}.{did_you_mean(input_name, found)}"
            )
        return found[input_name]

    @property
    def selected_asset_check_keys(self) -> frozenset[AssetCheckKey]:
        """The keys of the checks that this call is to carry out itself."""
        return frozenset(spec.key for spec in self._definition.check_specs if spec.asset_key in self._selected)

    def has_tag(self, key: str) -> bool:
        """Whether the run has a tag."""
        return key in self.run_tags

    def get_tag(self, key: str) -> str | None:
        """Return the value of a tag of the run, None where it has none of that name."""
        return self.run_tags.get(key)

    @property
    def _piece(self) -> str:
        if self._range_keys is not None:
            return f"{self._name}[{range_words(self._range_keys)}]"
        return self._name + (f"[{self._key}]" if self._key else "")

    @property
    def _name(self) -> str:
        return ", ".join(key.to_user_string() for key in self._selected)

    def __repr__(self) -> str:
        return f"<context of {self._piece}, run {self.run_id}>"
