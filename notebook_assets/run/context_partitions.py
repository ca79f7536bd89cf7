"""PartitionQuestions: what a context tells of the partitions of its outputs and inputs, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.partitions import (
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
)


class PartitionQuestions:
    """The questions about partitions that name an output or an input; the context itself says what it makes.

    >>> from notebook_assets import build_asset_context
    >>> build_asset_context(partition_key="2024-01-01").asset_partition_key_for_output()
    '2024-01-01'
    """

    __slots__ = ()

    _inputs: Mapping[str, tuple[PartitionsDefinition | None, Sequence[str]]]
    _partitions_def: PartitionsDefinition | None

    @property
    def _name(self) -> str:
        raise NotImplementedError

    @property
    def partition_key(self) -> str:
        """The key of the partition that is being made."""
        raise NotImplementedError

    @property
    def partition_keys(self) -> Sequence[str]:
        """The keys of the partitions that are being made."""
        raise NotImplementedError

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The range of partitions that is being made."""
        raise NotImplementedError

    @property
    def partition_time_window(self) -> TimeWindow:
        """The time window of the partition that is being made."""
        raise NotImplementedError

    def asset_partition_key_for_output(self, output_name: str = "result") -> str:
        """Return the key of the partition that is being made."""
        return self.partition_key

    def asset_partition_keys_for_output(self, output_name: str = "result") -> Sequence[str]:
        """Return the keys of the partitions that are being made."""
        return self.partition_keys

    def asset_partition_key_range_for_output(self, output_name: str = "result") -> PartitionKeyRange:
        """Return the range of partitions that is being made."""
        return self.partition_key_range

    def asset_partitions_time_window_for_output(self, output_name: str = "result") -> TimeWindow:
        """Return the time window of what is being made."""
        return self.partition_time_window

    def asset_partitions_def_for_output(self, output_name: str = "result") -> PartitionsDefinition:
        """Return the partitions definition of the asset that is being made.

        Raises:
            InvalidInvocationError: It has no partitions.
        """
        if self._partitions_def is None:
            raise InvalidInvocationError(f"{self._name} has no partitions.")
        return self._partitions_def

    def asset_partition_keys_for_input(self, input_name: str) -> Sequence[str]:
        """Return the keys of the partitions of an input that what is being made is made from, in order.

        Raises:
            InvalidInvocationError: There is no such input.
        """
        return self._input(input_name)[1]

    def asset_partition_key_for_input(self, input_name: str) -> str:
        """Return the key of the one partition of an input.

        Raises:
            InvalidInvocationError: It has none, or several.
        """
        keys = self.asset_partition_keys_for_input(input_name)
        if len(keys) != 1:
            raise InvalidInvocationError(
                f"{self._name}: the input {input_name!r} has {len(keys)} partitions here, not one; "
                "use asset_partition_keys_for_input."
            )
        return keys[0]

    def asset_partition_key_range_for_input(self, input_name: str) -> PartitionKeyRange:
        """Return the first and the last partition of an input that what is being made is made from.

        Raises:
            InvalidInvocationError: The input has no partitions here.
        """
        keys = self.asset_partition_keys_for_input(input_name)
        if not keys:
            raise InvalidInvocationError(f"{self._name}: the input {input_name!r} has no partitions here.")
        return PartitionKeyRange(keys[0], keys[-1])

    def asset_partitions_time_window_for_input(self, input_name: str) -> TimeWindow:
        """Return the time from the start of an input's first partition to the end of its last one."""
        window = time_windows(self._name, self._input(input_name)[0]).time_window_for_partition_key
        keys = self.asset_partition_key_range_for_input(input_name)
        return TimeWindow(window(keys.start).start, window(keys.end).end)

    def asset_partitions_def_for_input(self, input_name: str) -> PartitionsDefinition:
        """Return the partitions definition of an input."""
        definition = self._input(input_name)[0]
        if definition is None:
            raise InvalidInvocationError(f"{self._name}: the input {input_name!r} has no partitions.")
        return definition

    def _input(self, name: str) -> tuple[PartitionsDefinition | None, Sequence[str]]:
        if name not in self._inputs:
            raise InvalidInvocationError(
                f"{self._name} has no input {name!r}; it has {list(self._inputs)}.{did_you_mean(name, self._inputs)}"
            )
        return self._inputs[name]


def range_words(keys: Sequence[str]) -> str:
    """Return the partitions of one call as people write them: a range, or the one key of it.

    >>> range_words(["a", "b", "c"]), range_words(["a"])
    ('a...c', 'a')
    """
    return str(keys[0]) if len(keys) == 1 else f"{keys[0]}...{keys[-1]}"


def time_windows(
    key: str, definition: PartitionsDefinition | None
) -> TimeWindowPartitionsDefinition | MultiPartitionsDefinition:
    """Return a definition that has time windows, if only on one dimension.

    Raises:
        InvalidInvocationError: It has none.

    >>> from notebook_assets import DailyPartitionsDefinition
    >>> time_windows("daily", DailyPartitionsDefinition("2024-01-01")).fmt
    '%Y-%m-%d'
    """
    if not isinstance(definition, TimeWindowPartitionsDefinition | MultiPartitionsDefinition):
        raise InvalidInvocationError(f"{key}: its partitions are no time windows ({definition!r}).")
    return definition
