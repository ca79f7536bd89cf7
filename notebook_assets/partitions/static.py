"""StaticPartitionsDefinition: partitions named one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.ranges import range_hint

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

# Control characters break tables, terminals and file names; lone surrogates are no UTF-8.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


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
        if isinstance(partition_keys, str | bytes) or not isinstance(partition_keys, Iterable):
            raise InvalidDefinitionError(
                f"Partition keys are a list, such as ['a', 'b']; got {partition_keys!r}."
                + (f" Write [{partition_keys!r}]." if isinstance(partition_keys, str) else "")
            )
        keys = tuple(partition_keys)
        for key in keys:
            _check_key(key)
        if len(set(keys)) < len(keys):
            seen: set[str] = set()
            twice = sorted({key for key in keys if key in seen or seen.add(key)})  # type: ignore[func-returns-value]
            raise InvalidDefinitionError(f"Partition keys must differ; these are there more than once: {twice}.")
        self._keys = keys

    @cached_property
    def _position_of(self) -> dict[str, int]:
        return {key: position for position, key in enumerate(self._keys)}

    def count_at(self, now: float, dynamic_partitions_store: Any = None) -> int:
        """How many keys there are, at any time."""
        return len(self._keys)

    def find_position(self, key: str) -> int | None:
        """The position of a key, or ``None``."""
        return self._position_of.get(key)

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
        except KeyError:
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


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not key:
        raise InvalidDefinitionError(f"A partition key is a string of some length; got {key!r}.")
    if "..." in key:
        raise InvalidDefinitionError(f"A partition key can't hold '...', which stands for a range; got {key!r}.")
    if _FORBIDDEN.search(key):
        raise InvalidDefinitionError(f"A partition key can't hold control characters; got {key!r}.")
