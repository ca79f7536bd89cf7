"""PartitionedConfig: which run configuration belongs to which partition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.dynamic_functions import Partition
from notebook_assets.partitions.tags_as_texts import tag_texts

PARTITION_TAG = "dagster/partition"
"""The tag that names the partition of a run, the same as in the reference."""
PARTITION_SET_TAG = "dagster/partition_set"

_ConfigOfKey = Callable[[str], Any]


class PartitionedConfig:
    """Gives the run configuration, and further tags, for each key of a partitions definition.

    Args:
        partitions_def: The partitions.
        run_config_for_partition_fn: Gives the run configuration of a :class:`Partition`; for older code.
        decorated_fn: What calling the object calls; set by the decorators.
        tags_for_partition_fn: Gives the tags of a :class:`Partition`; for older code.
        run_config_for_partition_key_fn: Gives the run configuration of a key: a dict, or a ``RunConfig``.
        tags_for_partition_key_fn: Gives the tags of a key.

    Raises:
        InvalidDefinitionError: There is no function for the run configuration, or two of a kind.

    >>> from notebook_assets import StaticPartitionsDefinition
    >>> by_city = PartitionedConfig(
    ...     StaticPartitionsDefinition(["oslo", "rome"]),
    ...     run_config_for_partition_key_fn=lambda key: {"ops": {"weather": {"config": {"city": key}}}},
    ... )
    >>> by_city.get_run_config_for_partition_key("oslo")
    {'ops': {'weather': {'config': {'city': 'oslo'}}}}
    >>> by_city.get_tags_for_partition_key("oslo")
    {'dagster/partition': 'oslo'}
    """

    def __init__(
        self,
        partitions_def: PartitionsDefinition,
        run_config_for_partition_fn: Callable[[Partition], Any] | None = None,
        decorated_fn: Callable[..., Any] | None = None,
        tags_for_partition_fn: Callable[[Partition], Mapping[str, str]] | None = None,
        run_config_for_partition_key_fn: _ConfigOfKey | None = None,
        tags_for_partition_key_fn: Callable[[str], Mapping[str, str]] | None = None,
    ) -> None:
        if not isinstance(partitions_def, PartitionsDefinition):
            raise InvalidDefinitionError(
                f"partitions_def is a PartitionsDefinition, such as StaticPartitionsDefinition(['a']); "
                f"got {partitions_def!r}."
            )
        if (run_config_for_partition_fn is None) == (run_config_for_partition_key_fn is None):
            raise InvalidDefinitionError(
                "A PartitionedConfig takes one of run_config_for_partition_key_fn and run_config_for_partition_fn."
            )
        if tags_for_partition_fn is not None and tags_for_partition_key_fn is not None:
            raise InvalidDefinitionError(
                "A PartitionedConfig takes one of tags_for_partition_key_fn and tags_for_partition_fn, not both."
            )
        for name, given in {
            "run_config_for_partition_fn": run_config_for_partition_fn,
            "run_config_for_partition_key_fn": run_config_for_partition_key_fn,
            "tags_for_partition_fn": tags_for_partition_fn,
            "tags_for_partition_key_fn": tags_for_partition_key_fn,
        }.items():
            if given is not None and not callable(given):
                raise InvalidDefinitionError(f"PartitionedConfig: {name} is a function; got {given!r}.")
        self.partitions_def = partitions_def
        self.run_config_for_partition_fn = run_config_for_partition_fn
        self.run_config_for_partition_key_fn = run_config_for_partition_key_fn
        self.tags_for_partition_fn = tags_for_partition_fn
        self.tags_for_partition_key_fn = tags_for_partition_key_fn
        self._config_of = run_config_for_partition_key_fn or _of_partition(run_config_for_partition_fn)
        self._tags_of = tags_for_partition_key_fn or _of_partition(tags_for_partition_fn)
        self._decorated = decorated_fn

    def get_partition_keys(self, current_time: datetime | None = None) -> Sequence[str]:
        """Return the partition keys as they are now, or at ``current_time``."""
        return self.partitions_def.get_partition_keys(current_time)

    def get_run_config_for_partition_key(self, partition_key: str) -> Mapping[str, Any]:
        """Return the run configuration of a partition, as a dict.

        Raises:
            UnknownPartitionError: There is no such partition.
            InvalidDefinitionError: The function gave something else than a run configuration.
        """
        self.partitions_def.validate_partition_key(partition_key)
        found = self._config_of(partition_key) if self._config_of else {}
        found = {} if found is None else found
        plain = found.to_config_dict() if hasattr(found, "to_config_dict") else found
        if not isinstance(plain, Mapping):
            raise InvalidDefinitionError(
                f"The function of a PartitionedConfig gives a dict or a RunConfig; for {partition_key!r} it gave "
                f"{found!r}."
            )
        return plain

    def get_tags_for_partition_key(self, partition_key: str, job_name: str | None = None) -> Mapping[str, str]:
        """Return the tags of a run for a partition: what the function gives, and the partition's name.

        Args:
            partition_key: The partition.
            job_name: The job that runs, which is told by a tag.

        Raises:
            UnknownPartitionError: There is no such partition.
            InvalidDefinitionError: The function gave something else than tags.
        """
        self.partitions_def.validate_partition_key(partition_key)
        given = self._tags_of(partition_key) if self._tags_of else None
        tags = tag_texts(given, f"The tags of the partition {partition_key!r}")
        tags[PARTITION_TAG] = partition_key
        if job_name is not None:
            tags[PARTITION_SET_TAG] = f"{job_name}_partition_set"
        return tags

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the decorated function as it is, for tests.

        Raises:
            InvalidInvocationError: It was not made by a decorator.
        """
        if self._decorated is None:
            raise InvalidInvocationError(
                "This PartitionedConfig was not made by a decorator, so it can't be called; use "
                "get_run_config_for_partition_key."
            )
        return self._decorated(*args, **kwargs)

    def __repr__(self) -> str:
        name = getattr(self._decorated, "__name__", None)
        return f"PartitionedConfig({self.partitions_def!r}{f', {name}' if name else ''})"


def _of_partition(function: Callable[[Partition], Any] | None) -> _ConfigOfKey | None:
    """Return the same function for a key."""
    return None if function is None else lambda key: function(Partition(key))
