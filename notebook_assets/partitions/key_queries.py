"""KeyQueries: what may be asked of the keys of any definition."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from notebook_assets.errors import UnknownPartitionError
from notebook_assets.partitions.key_checks import asked_keys
from notebook_assets.partitions.loading_context import PartitionLoadingContext, told
from notebook_assets.partitions.ordered_keys import OrderedKeys
from notebook_assets.partitions.pages import PaginatedResults, page_of_keys

PARTITION_TAG = "dagster/partition"


class KeyQueries(OrderedKeys):
    """The reference's questions about keys, each answered for a time.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> airports.get_num_partitions(), airports.get_last_partition_key(), airports.filter_valid_partition_keys(["SFO"])
    (2, 'JFK', set())
    """

    clocks: tzinfo = UTC
    """The time zone that a naive ``current_time`` is in."""

    @abstractmethod
    def _there(self, current_time: datetime | None, dynamic_partitions_store: Any) -> tuple[KeyQueries, int]:
        """The definition, settled, and how many keys there are."""

    def get_num_partitions(self, current_time: datetime | None = None, dynamic_partitions_store: Any = None) -> int:
        """How many keys exist at a time."""
        return self._there(current_time, dynamic_partitions_store)[1]

    def has_partition_key(
        self, partition_key: str, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> bool:
        """Whether a key exists at a time."""
        there, count = self._there(current_time, dynamic_partitions_store)
        position = there.find_position(partition_key)
        return position is not None and position < count

    def validate_partition_key(
        self,
        partition_key: str,
        context: PartitionLoadingContext | datetime | None = None,
        dynamic_partitions_store: Any = None,
        *,
        current_time: datetime | None = None,
    ) -> None:
        """Raise UnknownPartitionError if a key does not exist at a time.

        Args:
            partition_key: The key.
            context: The time and the store of dynamic keys; or a time alone.
            dynamic_partitions_store: What knows the keys of dynamic definitions.
            current_time: The time by its name.
        """
        time, store = told(context if current_time is None else current_time, dynamic_partitions_store)
        there, count = self._there(time, store)
        if there.position(partition_key) >= count:
            raise UnknownPartitionError(there.why_not_yet(partition_key, count))

    def filter_valid_partition_keys(
        self,
        partition_keys: Iterable[str],
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> set[str]:
        """Those of some keys that exist at a time."""
        there, count = self._there(current_time, dynamic_partitions_store)
        keys = [key for key in asked_keys(partition_keys) if isinstance(key, str)]
        places = there.find_positions(keys).tolist()
        return {key for key, place in zip(keys, places, strict=True) if 0 <= place < count}

    def get_paginated_partition_keys(
        self, context: PartitionLoadingContext | None, limit: int, ascending: bool, cursor: str | None = None
    ) -> PaginatedResults[str]:
        """A page of the keys that exist; each page's cursor gives the next, also when keys have come since.

        Args:
            context: The time and the store of dynamic keys; what the surroundings say where it says nothing.
            limit: How many keys are on a page at most.
            ascending: Whether from the first key on; else from the last one back.
            cursor: That of the page before; the first page without one.

        Raises:
            InvalidInvocationError: A limit that is no number from 0 on, or a cursor that no page had.
        """
        there, count = self._there(*told(context))
        return page_of_keys(there, count, limit, ascending, cursor)

    def get_tags_for_partition_key(self, partition_key: str) -> Mapping[str, str]:
        """The tags by which the reference marks the runs of a partition."""
        return {PARTITION_TAG: str(partition_key)}

    def why_not_yet(self, key: str, count: int) -> str:
        """Why a key that time will bring is not one of the ``count`` partitions there are, for an error."""
        last = f"the last is {self.key_at(count - 1)!r}" if count else "there is none yet"
        return f"The partition {key!r} does not exist yet; {last}."

    def get_first_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> str | None:
        """The first key, or ``None`` if there is none at that time."""
        there, count = self._there(current_time, dynamic_partitions_store)
        return there.key_at(0) if count else None

    def get_last_partition_key(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> str | None:
        """The last key, or ``None`` if there is none at that time."""
        there, count = self._there(current_time, dynamic_partitions_store)
        return there.key_at(count - 1) if count else None
