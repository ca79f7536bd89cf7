"""StaticPartitionsDefinition: partitions named one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.key_checks import check_differ, checked_keys
from notebook_assets.partitions.ranges import range_hint

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class StaticPartitionsDefinition(PartitionsDefinition):
    """A fixed list of keys.

    Args:
        partition_keys: The keys, in order.

    Raises:
        InvalidDefinitionError: A key is no string, empty, there twice, or holds ``...`` or control characters.

    >>> airports = StaticPartitionsDefinition(["EWR", "JFK", "LGA"])
    >>> airports.position("JFK"), airports.get_last_partition_key()
    (1, 'LGA')
    """

    def __init__(self, partition_keys: Sequence[str]) -> None:
        keys = checked_keys(partition_keys)
        check_differ(keys)
        self._keys = tuple(keys)

    @cached_property
    def _position_of(self) -> dict[str, int]:
        return {key: position for position, key in enumerate(self._keys)}

    def count_at(self, now: float, dynamic_partitions_store: Any = None) -> int:
        """How many keys there are, at any time."""
        return len(self._keys)

    def find_position(self, key: str) -> int | None:
        """The position of a key, or ``None``."""
        return self._position_of.get(key) if isinstance(key, str) else None

    def why_unknown(self, key: str) -> str:
        """Why there is no partition of a key, with near ones."""
        hint = did_you_mean(str(key), self._keys)
        if not hint and self._keys:
            shown = ", ".join(map(repr, self._keys[:5])) + (", …" if len(self._keys) > 5 else "")
            hint = f" There are {len(self._keys)}: {shown}."
        return f"There is no partition {key!r}.{hint}{range_hint(str(key))}"

    def key_at(self, position: int) -> str:
        """The key at a position."""
        return self._keys[position]

    def keys_at(self, positions: IntArray) -> list[str]:
        """The keys at many positions."""
        keys = self._keys
        return [keys[position] for position in positions.tolist()]

    def positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys; UnknownPartitionError where there is none of a key."""
        known = self._position_of
        try:
            return np.array([known[key] for key in keys], dtype=np.int64)
        except (KeyError, TypeError):
            return super().positions(keys)

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> Sequence[str]:
        """All keys, in order; the arguments are the reference's and not needed."""
        return list(self._keys)

    @property
    def label(self) -> str:
        """The kind of partitions in a word."""
        return "static"

    @property
    def subset_identity(self) -> str:
        """The same for all: a stored subset names each key."""
        return "static"

    def to_dict(self) -> dict[str, Any]:
        """The definition as plain data."""
        return {"type": type(self).__name__, "partition_keys": list(self._keys)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> StaticPartitionsDefinition:
        """The definition that :meth:`to_dict` described."""
        return cls(content["partition_keys"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticPartitionsDefinition) and self._keys == other._keys

    def __hash__(self) -> int:
        return hash(self._keys)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(partition_keys={list(self._keys)})"

    def __str__(self) -> str:
        return ", ".join(map(repr, self._keys))
