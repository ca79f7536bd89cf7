"""LookContext: what a function that looks at assets, without making them, can ask about where it runs."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import MultiPartitionsDefinition, PartitionKeyRange, PartitionsDefinition, TimeWindow
from notebook_assets.partitions.multi_key import MultiPartitionKey
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition
from notebook_assets.resources import Resources
from notebook_assets.resources.logs import piece_log

if TYPE_CHECKING:
    from notebook_assets.store import Instance


class LookContext:
    """The context of a check, and of the observation of a source.

    Args:
        keys: The assets that are looked at.
        partitions_def: Their partitions, if any.
        partition_key: The partition that is looked at; None where all are, or there are none.
        resources: What the function may use.
        run_id: The run.
        instance: The store.
        run_tags: Names and values kept with the run.
        op_config: The function's configuration.
        retry_number: How often it was tried again already.
        run: What is known of the run: its ``run_id``, ``tags`` and ``selection``.

    >>> LookContext((AssetKey("daily"),), None, None, Resources({"greeting": "hello"})).resources.greeting
    'hello'
    """

    def __init__(
        self,
        keys: Sequence[AssetKey],
        partitions_def: PartitionsDefinition | None,
        partition_key: str | None,
        resources: Resources,
        run_id: str = "",
        instance: Instance | None = None,
        run_tags: Mapping[str, str] | None = None,
        op_config: Any = None,
        retry_number: int = 0,
        run: Any = None,
    ) -> None:
        self._keys = tuple(keys)
        self._partitions_def = partitions_def
        self._partition_key = partition_key
        if partition_key is not None and isinstance(partitions_def, MultiPartitionsDefinition):
            self._partition_key = partitions_def.get_partition_key_from_str(partition_key)
        self.resources = resources
        self.run_id = run_id
        self.instance = instance
        self.run_tags = dict(run_tags or {})
        self.op_config = {} if op_config is None else op_config
        self.retry_number = retry_number
        self.run = run

    @property
    def op_execution_context(self) -> Self:
        """This context."""
        return self

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()

    @property
    def asset_key(self) -> AssetKey:
        """The asset that is looked at.

        Raises:
            InvalidInvocationError: There are several.
        """
        if len(self._keys) != 1:
            raise InvalidInvocationError("Several assets are looked at; selected_asset_keys names them.")
        return self._keys[0]

    @property
    def selected_asset_keys(self) -> Collection[AssetKey]:
        """The assets that are looked at."""
        return frozenset(self._keys)

    @property
    def has_partition_key(self) -> bool:
        """Whether one partition is looked at."""
        return self._partition_key is not None

    @property
    def partition_key(self) -> str:
        """The partition that is looked at.

        Raises:
            InvalidInvocationError: There is none.
        """
        if self._partition_key is None:
            raise InvalidInvocationError(
                "There is no partition_key here: the asset has no partitions, or all of them are looked at. Ask "
                "context.has_partition_key first."
            )
        return self._partition_key

    @property
    def partition_keys(self) -> Sequence[str]:
        """The partitions that are looked at: one."""
        return [self.partition_key]

    @property
    def has_partition_key_range(self) -> bool:
        """Whether a range of partitions is looked at in one call: never, each has a call of its own."""
        return False

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The range of partitions that is looked at: from the key to itself."""
        return PartitionKeyRange(self.partition_key, self.partition_key)

    @property
    def multi_partition_key(self) -> MultiPartitionKey:
        """The partition that is looked at, of several dimensions.

        Raises:
            InvalidInvocationError: It has one dimension only, or there is none.
        """
        if not isinstance(self._partition_key, MultiPartitionKey):
            raise InvalidInvocationError(f"{self.partition_key!r} is no key of several dimensions.")
        return self._partition_key

    @property
    def partition_time_window(self) -> TimeWindow:
        """The time window of the partition that is looked at.

        Raises:
            InvalidInvocationError: The partitions are no time windows.
        """
        definition = self._partitions_def
        if not isinstance(definition, TimeWindowPartitionsDefinition | MultiPartitionsDefinition):
            raise InvalidInvocationError(f"The partitions are no time windows ({definition!r}).")
        return definition.time_window_for_partition_key(self.partition_key)

    def has_tag(self, key: str) -> bool:
        """Whether the run has a tag."""
        return key in self.run_tags

    def get_tag(self, key: str) -> str | None:
        """Return the value of a tag of the run, None where it has none of that name."""
        return self.run_tags.get(key)

    def __repr__(self) -> str:
        names = ", ".join(key.to_user_string() for key in self._keys)
        return f"<{type(self).__name__} of {names}, run {self.run_id}>"
