"""Requests to add and to delete keys of dynamic partitions, as a tick or a sensor hands them over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.key_checks import checked_keys


@dataclass(frozen=True)
class _KeysRequest:
    partitions_def_name: str
    partition_keys: Sequence[str]

    def __post_init__(self) -> None:
        check_name(self.partitions_def_name)
        object.__setattr__(self, "partition_keys", checked_keys(self.partition_keys))


@dataclass(frozen=True)
class AddDynamicPartitionsRequest(_KeysRequest):
    """Keys to be added to the dynamic partitions of a name.

    Args:
        partitions_def_name: The name of the definition.
        partition_keys: The keys, in order; those that are there already stay where they are.

    Raises:
        InvalidDefinitionError: There is no name, or a key can't be one.

    >>> AddDynamicPartitionsRequest("episodes", ["ep1"])
    AddDynamicPartitionsRequest(partitions_def_name='episodes', partition_keys=['ep1'])
    """


@dataclass(frozen=True)
class DeleteDynamicPartitionsRequest(_KeysRequest):
    """Keys to be deleted from the dynamic partitions of a name.

    Args:
        partitions_def_name: The name of the definition.
        partition_keys: The keys; those that are not there are passed over.

    Raises:
        InvalidDefinitionError: There is no name, or a key can't be one.

    >>> DeleteDynamicPartitionsRequest("episodes", ["ep1"])
    DeleteDynamicPartitionsRequest(partitions_def_name='episodes', partition_keys=['ep1'])
    """


def check_name(partitions_def_name: object) -> str:
    """Return the name of dynamic partitions; InvalidDefinitionError where it is no string of some length.

    >>> check_name("episodes")
    'episodes'
    """
    if not isinstance(partitions_def_name, str) or not partitions_def_name:
        raise InvalidDefinitionError(
            f"Dynamic partitions have a name, a string of some length; got {partitions_def_name!r}."
        )
    return partitions_def_name
