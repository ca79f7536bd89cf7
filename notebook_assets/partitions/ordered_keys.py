"""OrderedKeys: keys in an order, each with a position; what a kind of partitions definition says of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidSubsetError, UnknownPartitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.shown import SelfShown

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class OrderedKeys(SelfShown, ABC):
    """The part of a partitions definition that knows its keys: what each kind of definition writes anew.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> StaticPartitionsDefinition(["EWR", "JFK"]).keys_of_span(0, 2)
    ['EWR', 'JFK']
    """

    # What a kind of definition says

    @abstractmethod
    def count_at(self, now: float, dynamic_partitions_store: Any = None) -> int:
        """How many partitions there are at a time, in seconds since 1970 in UTC; their positions are 0 to one less."""

    @abstractmethod
    def find_position(self, key: str) -> int | None:
        """The position of a key, or ``None``. A key of the future has a position where time alone will bring it."""

    @abstractmethod
    def why_unknown(self, key: str) -> str:
        """Why there is no partition of a key, and what may have been meant, for an error."""

    @abstractmethod
    def keys_at(self, positions: IntArray) -> list[str]:
        """The keys at many positions, an int64 array."""

    def find_positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array; -1 where there is none of a key."""
        found = (self.find_position(key) for key in keys)
        return np.array([-1 if position is None else position for position in found], dtype=np.int64)

    def position(self, key: str) -> int:
        """The position of a key.

        Raises:
            UnknownPartitionError: There is none; the message says why, and names near keys.
        """
        found = self.find_position(key)
        if found is None:
            raise UnknownPartitionError(self.why_unknown(key))
        return found

    def positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array.

        Raises:
            UnknownPartitionError: There is none of a key.
        """
        return np.array([self.position(key) for key in keys], dtype=np.int64)

    def keys_of_span(self, start: int, stop: int) -> list[str]:
        """The keys at the positions from ``start`` up to but not including ``stop``."""
        return self.keys_at(np.arange(start, stop, dtype=np.int64))

    def key_at(self, position: int) -> str:
        """The key at a position."""
        return self.keys_at(np.array([position], dtype=np.int64))[0]


def check_definition(partitions_def: Any) -> None:
    """Raise InvalidSubsetError unless it is a partitions definition.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> check_definition(StaticPartitionsDefinition(["EWR"]))
    """
    if not isinstance(partitions_def, OrderedKeys):
        raise InvalidSubsetError(f"A partitions definition is needed here; got {partitions_def!r}.")
