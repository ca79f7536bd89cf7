"""PartitionsDefinition: which partitions an asset has; the interface of all kinds of definitions."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import (
    InvalidDefinitionError,
    InvalidPartitionRangeError,
    InvalidSubsetError,
)
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.key_checks import asked_keys
from notebook_assets.partitions.key_queries import KeyQueries
from notebook_assets.partitions.loading_context import resolved_store, resolved_time
from notebook_assets.partitions.ranges import PartitionKeyRange, checked_range
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.subset_text import subset_from_text

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class PartitionsDefinition(KeyQueries):
    """The partitions of an asset: keys in an order, each with a *position* from 0 on.

    A kind of definition says its keys by position (``key_at``, ``keys_at``), its positions by key (``find_position``,
    ``positions``) and how many there are at a time (``count_at``); all else follows from these. Positions of one
    definition never change while time goes on; a changed definition may have others, so they are never stored.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK", "LGA"])
    >>> airports.position("LGA"), airports.key_at(0), airports.has_partition_key("SFO")
    (2, 'EWR', False)
    """

    keys_are_continuous = False
    """Whether a range of keys names the same partitions in any version of the definition; then ranges are stored."""

    keys_may_be_added = False
    """Whether people add and delete keys, so that one that is unknown now may be there later."""

    key_meaning: str = ""
    """What decides which part of the world a key stands for, so that what was made for it is stale when this changes.

    Start, end and exclusions are no part of it: they decide which keys there are. The keys of a list mean themselves.
    """

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        _KINDS[cls.__name__] = cls

    # What a kind of definition says beside its keys

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """All of the definition as plain data, read by :func:`partitions_definition_from_dict`."""

    @classmethod
    @abstractmethod
    def from_dict(cls, content: dict[str, Any]) -> PartitionsDefinition:
        """The definition that :meth:`to_dict` described."""

    @property
    @abstractmethod
    def label(self) -> str:
        """The kind of partitions in a word or two."""

    @property
    @abstractmethod
    def subset_identity(self) -> str:
        """What must be alike in two versions of a definition so that one can read a stored subset of the other."""

    # As it is at a time

    def at(self, now: float, dynamic_partitions_store: Any = None) -> PartitionsDefinition:
        """The definition with its keys and their positions *settled* as they are at a time.

        Where time and stores only append keys, or change none, it is the definition itself. Elsewhere it is a copy that
        is equal to the definition and remembers its keys; the settled form of that one is itself, whatever the time.

        Args:
            now: Seconds since 1970 in UTC.
            dynamic_partitions_store: What knows the keys of dynamic definitions.
        """
        return self

    def settled(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> PartitionsDefinition:
        """What :meth:`at` gives for a time and a store, or else those of the :func:`partition_loading_context`."""
        return self.at(resolved_time(current_time, self.clocks), resolved_store(dynamic_partitions_store))

    def has_positions_of(self, other: PartitionsDefinition) -> bool:
        """Whether this definition has all keys of an equal one, both settled, at the same positions."""
        return True

    def positions_from(self, other: PartitionsDefinition, positions: IntArray) -> IntArray:
        """The positions here of positions of an equal definition, both settled; -1 where there are none."""
        return positions if self.has_positions_of(other) else self.find_positions(other.keys_at(positions))

    # Positions

    def joined(self, other: PartitionsDefinition) -> PartitionsDefinition:
        """A settled form of this definition that has the keys of this and of another settled form."""
        return self

    # Keys

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> Sequence[str]:
        """All keys that exist at a time, in order.

        Args:
            current_time: The time; that of the :func:`partition_loading_context`, or now, if not given.
            dynamic_partitions_store: What knows the keys of dynamic definitions.
        """
        there, count = self._there(current_time, dynamic_partitions_store)
        return there.keys_of_span(0, count)

    def _there(self, current_time: datetime | None, dynamic_partitions_store: Any) -> tuple[PartitionsDefinition, int]:
        """The definition, settled, and how many keys there are."""
        now, store = resolved_time(current_time, self.clocks), resolved_store(dynamic_partitions_store)
        there = self.at(now, store)
        return there, there.count_at(now, store)

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> list[str]:
        """The keys from the first to the last of a range, both included."""
        there = self.settled(current_time, dynamic_partitions_store)
        for key in checked_range(partition_key_range):
            there.validate_partition_key(key, current_time, dynamic_partitions_store)
        return there.subset_with_key_range(partition_key_range).get_partition_keys()

    # Subsets

    def empty_subset(self) -> PartitionsSubset:
        """No key."""
        return PartitionsSubset.of_span(self.settled(), 0, 0)

    def subset_with_all_partitions(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> PartitionsSubset:
        """All keys that exist at a time."""
        there, count = self._there(current_time, dynamic_partitions_store)
        return there.subset_of_span(0, count)

    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> PartitionsSubset:
        """The given keys; UnknownPartitionError where there is none of a key."""
        there, keys = self.settled(), asked_keys(partition_keys)
        if len(keys) == 1:
            position = there.position(keys[0])
            return there.subset_of_span(position, position + 1)
        return there.subset_of_positions(there.positions(keys))

    def subset_with_key_range(self, partition_key_range: PartitionKeyRange) -> PartitionsSubset:
        """The keys from the first to the last of a range, both included.

        Raises:
            InvalidPartitionRangeError: The range runs backwards.
        """
        first, last = checked_range(partition_key_range)
        there = self.settled()
        start, stop = there.position(first), there.position(last) + 1
        if start >= stop:
            raise InvalidPartitionRangeError(
                f"The range {first}...{last} runs backwards; did you mean {last}...{first}?"
            )
        return there.subset_of_span(start, stop)

    def key_ranges(self, starts: IntArray, stops: IntArray) -> list[PartitionKeyRange]:
        """The ranges of keys that hold just what spans of positions hold; see :meth:`subset_with_key_range`."""
        if len(starts) == 1:
            return [PartitionKeyRange(self.key_at(int(starts[0])), self.key_at(int(stops[0]) - 1))]
        firsts, lasts = self.keys_at(starts), self.keys_at(stops - 1)
        return [PartitionKeyRange(first, last) for first, last in zip(firsts, lasts, strict=True)]

    def subset_of_positions(self, positions: IntArray) -> PartitionsSubset:
        """The keys at positions, an int64 array in any order."""
        return PartitionsSubset(self, *algebra.from_positions(np.asarray(positions, dtype=np.int64)))

    def subset_of_span(self, start: int, stop: int) -> PartitionsSubset:
        """The keys at the positions from ``start`` up to but not including ``stop``."""
        return PartitionsSubset.of_span(self, start, stop)

    def deserialize_subset(self, serialized: str) -> PartitionsSubset:
        """The subset that ``serialize`` wrote; InvalidSubsetError if it does not fit this definition."""
        return subset_from_text(self.settled(), serialized)

    def can_deserialize_subset(
        self,
        serialized: str,
        serialized_partitions_def_unique_id: str | None = None,
        serialized_partitions_def_class_name: str | None = None,
    ) -> bool:
        """Whether a stored subset fits this definition; the other arguments are the reference's and not needed."""
        try:
            subset_from_text(self.settled(), serialized)
        except InvalidSubsetError:
            return False
        return True

    # Identity

    @property
    def partitions_subset_class(self) -> type[PartitionsSubset]:
        """The class of all subsets."""
        return PartitionsSubset

    def validate_partition_definition(self) -> None:
        """Do nothing: a definition that can't be is refused where it is written."""

    def get_serializable_unique_identifier(self, dynamic_partitions_store: Any = None) -> str:
        """A hash of all that makes up the definition."""
        return self._identifier

    @cached_property
    def _identifier(self) -> str:
        content = {name: value for name, value in self.to_dict().items() if name != "type"}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:40]

    def __reduce__(self) -> tuple[Any, ...]:
        return partitions_definition_from_dict, (self.to_dict(),)


_KINDS: dict[str, type[PartitionsDefinition]] = {}


def partition_kinds() -> tuple[type[PartitionsDefinition], ...]:
    """Return the kinds that :func:`partitions_definition_from_dict` reads: the newest class of each name.

    >>> PartitionsDefinition in partition_kinds()
    False
    """
    return tuple(_KINDS.values())


def partitions_definition_from_dict(content: dict[str, Any]) -> PartitionsDefinition:
    """Return the definition that ``to_dict`` described.

    Raises:
        InvalidDefinitionError: The kind is not known, or the description is not whole.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> partitions_definition_from_dict(StaticPartitionsDefinition(["EWR", "JFK"]).to_dict())
    StaticPartitionsDefinition(partition_keys=['EWR', 'JFK'])
    """
    kind = _KINDS.get(str(content.get("type"))) if isinstance(content, dict) else None
    if not isinstance(content, dict):
        raise InvalidDefinitionError(f"The description of a partitions definition is a dict; got {content!r}.")
    if kind is None:
        raise InvalidDefinitionError(f"There is no kind of partitions definition named {content.get('type')!r}.")
    try:
        return kind.from_dict(content)
    except (KeyError, TypeError) as error:
        raise InvalidDefinitionError(f"The description of a {kind.__name__} is not whole: {error!r}.") from None
