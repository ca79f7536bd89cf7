"""DynamicKeys: the keys of a dynamic definition as they were at a moment, and the protocol of what keeps them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.loading_context import resolved_store, store_here

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class DynamicPartitionsStore(Protocol):
    """What knows the keys of dynamic definitions by name: this package's Instance, the reference's, or one's own.

    A store may also have ``dynamic_keys(name) -> DynamicKeys``, which is then asked instead of reading all keys.
    """

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """All keys of a name, in the order in which they were added."""

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether a name has a key."""


class _Table:
    """A list of keys that only grows, with the place of each."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = list(keys)
        self.lock = threading.Lock()
        self._places: dict[str, int] = {}
        self._placed = 0

    def places(self) -> dict[str, int]:
        """The place of each key; made when it is first asked for, and added to when there are more keys."""
        if self._placed < len(self.keys):
            with self.lock:
                end = len(self.keys)
                self._places.update(zip(self.keys[self._placed : end], range(self._placed, end), strict=True))
                self._placed = end
        return self._places


@dataclass(frozen=True, eq=False, repr=False)
class DynamicKeys:
    """The keys of one name in the order in which they were added; can't be changed.

    A later snapshot, to which keys were only added, shares its table with the earlier ones: the keys are kept once,
    and their positions stay. Made by :meth:`of` and :meth:`extended`.

    >>> before = DynamicKeys.of(["ep1", "ep2"])
    >>> after = before.extended(["ep3"])
    >>> after.find("ep3"), before.find("ep3"), after.has_positions_of(before)
    (2, None, True)
    """

    _table: _Table
    count: int

    @classmethod
    def of(cls, keys: Iterable[str]) -> DynamicKeys:
        """The given keys, each there once.

        >>> len(DynamicKeys.of(["ep1", "ep2"]))
        2
        """
        table = _Table(keys)
        return cls(table, len(table.keys))

    def extended(self, keys: Sequence[str]) -> DynamicKeys:
        """These and more keys behind them, which are not there yet."""
        table = self._table
        with table.lock:
            if len(table.keys) == self.count:
                table.keys.extend(keys)
                return DynamicKeys(table, self.count + len(keys))
        return DynamicKeys.of([*self.span(0, self.count), *keys])

    def find(self, key: str) -> int | None:
        """The position of a key, or ``None``."""
        place = self._table.places().get(key) if isinstance(key, str) else None
        return place if place is not None and place < self.count else None

    def find_many(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array; -1 where there is none of a key."""
        places = self._table.places()
        found = np.fromiter((places.get(key, -1) if isinstance(key, str) else -1 for key in keys), np.int64, len(keys))
        found[found >= self.count] = -1
        return found

    def span(self, start: int, stop: int) -> list[str]:
        """The keys at the positions from ``start`` up to but not including ``stop``."""
        return self._table.keys[start : min(stop, self.count)]

    def keys_at(self, positions: IntArray) -> list[str]:
        """The keys at many positions, an int64 array."""
        keys = self._table.keys
        return [keys[position] for position in positions.tolist()]

    def has_positions_of(self, other: DynamicKeys) -> bool:
        """Whether all keys of another snapshot are here, at the same positions."""
        if self.count < other.count:
            return False
        return self._table is other._table or self.span(0, other.count) == other.span(0, other.count)

    def joined(self, other: DynamicKeys) -> DynamicKeys:
        """The keys of both: those of the longer one, then what the other has besides."""
        longer, shorter = (self, other) if self.count >= other.count else (other, self)
        if longer.has_positions_of(shorter):
            return longer
        extras = [key for key in shorter.span(0, shorter.count) if longer.find(key) is None]
        # In a table of its own: what is at the end here must not be taken for what was added to the longer one.
        return DynamicKeys.of([*longer.span(0, longer.count), *extras]) if extras else longer

    def __len__(self) -> int:
        return self.count

    def __reduce__(self) -> tuple[Any, ...]:
        return DynamicKeys.of, (self.span(0, self.count),)

    def __repr__(self) -> str:
        return f"<{self.count} dynamic keys>"


def keys_in(store: DynamicPartitionsStore, name: str) -> DynamicKeys:
    """Return the keys that a store has of a name, quickly where it can.

    >>> class Shelf:
    ...     def get_dynamic_partitions(self, partitions_def_name):
    ...         return ["ep1", "ep2"]
    ...     def has_dynamic_partition(self, partitions_def_name, partition_key):
    ...         return partition_key in self.get_dynamic_partitions(partitions_def_name)
    >>> keys_in(Shelf(), "episodes")
    <2 dynamic keys>
    """
    snapshot: Callable[[str], DynamicKeys] | None = getattr(store, "dynamic_keys", None)
    return DynamicKeys.of(store.get_dynamic_partitions(name)) if snapshot is None else snapshot(name)


def found_store(dynamic_partitions_store: Any) -> Any:
    """Return the store that was given, else that of the loading context, else that of the notebook, else ``None``.

    >>> found_store("a store")
    'a store'
    """
    store = resolved_store(dynamic_partitions_store)
    return store_here() if store is None else store


def needed_store(dynamic_partitions_store: Any, definition: object) -> Any:
    """Return what :func:`found_store` does.

    Args:
        dynamic_partitions_store: What was given.
        definition: Whose keys are asked for, for an error.

    Raises:
        InvalidInvocationError: There is no store, or it is none.

    >>> needed_store("a store", "episodes")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidInvocationError: 'a store' keeps no dynamic partitions: ...
    """
    store = found_store(dynamic_partitions_store)
    if store is None:
        raise InvalidInvocationError(
            f"The keys of {definition!r} are kept in a store, and there is none here. Give one by "
            "dynamic_partitions_store=Instance.get(), or ask inside a block of "
            "partition_loading_context(dynamic_partitions_store=...)."
        )
    if not (hasattr(store, "get_dynamic_partitions") and hasattr(store, "has_dynamic_partition")):
        raise InvalidInvocationError(
            f"{store!r} keeps no dynamic partitions: it lacks get_dynamic_partitions or has_dynamic_partition. "
            "Instance.get() gives a store that does."
        )
    return store
