"""DynamicPartitionsDefinition: partitions whose keys are added while one works, or given by a function."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, did_you_mean
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.dynamic_functions import (
    PartitionFunction,
    function_name,
    function_of_time,
    keys_given_by,
)
from notebook_assets.partitions.dynamic_keys import DynamicKeys, found_store, keys_in, needed_store
from notebook_assets.partitions.dynamic_requests import (
    AddDynamicPartitionsRequest,
    DeleteDynamicPartitionsRequest,
    check_name,
)
from notebook_assets.partitions.key_checks import asked_keys, checked_keys
from notebook_assets.partitions.loading_context import PartitionLoadingContext, resolved_time, told
from notebook_assets.partitions.ranges import range_hint
from notebook_assets.partitions.subset import PartitionsSubset


class DynamicPartitionsDefinition(PartitionsDefinition):
    """Partitions that grow: their keys are kept by name in a store, or given by a function of the time.

    The order of the keys is that in which they were added. Two definitions of one name are the same.

    Args:
        partition_fn: Gives the keys; it is called with the current time, an aware datetime in UTC.
        name: The name by which a store keeps the keys; may be given as the only argument.

    Raises:
        InvalidDefinitionError: Both or none are given, or the function takes no time.

    >>> from notebook_assets import Instance
    >>> episodes = DynamicPartitionsDefinition(name="episodes")
    >>> instance = Instance.ephemeral()
    >>> instance.add_dynamic_partitions("episodes", ["ep1", "ep2"])
    >>> episodes.get_partition_keys(dynamic_partitions_store=instance)
    ['ep1', 'ep2']
    """

    keys_may_be_added = True

    def __init__(self, partition_fn: PartitionFunction | str | None = None, name: str | None = None) -> None:
        if isinstance(partition_fn, str) and name is None:
            partition_fn, name = None, partition_fn
        if (partition_fn is None) == (name is None):
            raise InvalidDefinitionError(
                "Dynamic partitions have either a name, by which a store keeps their keys, or a partition_fn, which "
                f"gives them; got partition_fn={partition_fn!r}, name={name!r}. Write "
                'DynamicPartitionsDefinition(name="...").'
            )
        self._name = None if name is None else check_name(name)
        self._function = None if partition_fn is None else function_of_time(partition_fn)
        self._keys: DynamicKeys | None = None  # those of a settled form

    @property
    def name(self) -> str | None:
        """The name by which a store keeps the keys; ``None`` where a function gives them."""
        return self._name

    @property
    def partition_fn(self) -> PartitionFunction | None:
        """The function that gives the keys; ``None`` where a store keeps them."""
        return self._function

    # Adding and deleting

    def build_add_request(self, partition_keys: Sequence[str]) -> AddDynamicPartitionsRequest:
        """Return the request to add keys, for a tick to hand over.

        Raises:
            InvalidInvocationError: A function gives the keys.
            InvalidDefinitionError: A key can't be one.

        >>> DynamicPartitionsDefinition(name="episodes").build_add_request(["ep1"])
        AddDynamicPartitionsRequest(partitions_def_name='episodes', partition_keys=['ep1'])
        """
        return AddDynamicPartitionsRequest(self._needed_name(), partition_keys)

    def build_delete_request(self, partition_keys: Sequence[str]) -> DeleteDynamicPartitionsRequest:
        """Return the request to delete keys; raises as :meth:`build_add_request`."""
        return DeleteDynamicPartitionsRequest(self._needed_name(), partition_keys)

    def add_partitions(self, partition_keys: Iterable[str], dynamic_partitions_store: Any = None) -> None:
        """Add keys to the notebook's store; those that are there already stay where they are.

        Args:
            partition_keys: The keys, in order.
            dynamic_partitions_store: Another store that keeps them.

        Raises:
            InvalidInvocationError: A function gives the keys, or there is no store.
            InvalidDefinitionError: A key can't be one.
        """
        name = self._needed_name()
        needed_store(dynamic_partitions_store, self).add_dynamic_partitions(name, checked_keys(partition_keys))

    def delete_partitions(self, partition_keys: Iterable[str], dynamic_partitions_store: Any = None) -> None:
        """Delete keys from the notebook's store; what was made for them stays. Arguments as :meth:`add_partitions`."""
        name, store = self._needed_name(), needed_store(dynamic_partitions_store, self)
        for key in checked_keys(partition_keys):
            store.delete_dynamic_partition(name, key)

    def _needed_name(self) -> str:
        if self._name is None:
            raise InvalidInvocationError(f"{self!r} gets its keys from a function: they can't be added or deleted.")
        return self._name

    # As it is at a time

    def at(self, now: float, dynamic_partitions_store: Any = None) -> DynamicPartitionsDefinition:
        """The definition with the keys that there are now; later changes don't touch it.

        Args:
            now: Seconds since 1970 in UTC, for a ``partition_fn``.
            dynamic_partitions_store: What knows the keys; that of the loading context or of the notebook, if not given.

        Raises:
            InvalidInvocationError: There is no store.
            InvalidDefinitionError: The function raised an error, or gave what are no keys.
        """
        if self._keys is not None:
            return self
        if self._function is not None:
            return self.with_keys(DynamicKeys.of(keys_given_by(self._function, datetime.fromtimestamp(now, UTC))))
        return self.with_keys(keys_in(needed_store(dynamic_partitions_store, self), str(self._name)))

    def with_keys(self, keys: DynamicKeys) -> DynamicPartitionsDefinition:
        """The definition, settled with the given keys.

        >>> DynamicPartitionsDefinition(name="episodes").with_keys(DynamicKeys.of(["ep1"])).get_partition_keys()
        ['ep1']
        """
        settled = type(self).__new__(type(self))
        settled.__dict__.update(self.__dict__, _keys=keys)
        return settled

    def _current(self) -> DynamicKeys:
        """The keys of a settled form; else those that there are now."""
        return self._keys if self._keys is not None else self.at(resolved_time(None, UTC))._current()

    def has_positions_of(self, other: PartitionsDefinition) -> bool:
        """Whether all keys of an equal definition are here, at the same positions."""
        return isinstance(other, DynamicPartitionsDefinition) and self._current().has_positions_of(other._current())

    def joined(self, other: PartitionsDefinition) -> PartitionsDefinition:
        """The definition, settled with the keys of this and of another settled form."""
        if not isinstance(other, DynamicPartitionsDefinition):
            return self
        mine, theirs = self._current(), other._current()
        return self.with_keys(mine.joined(theirs))

    # Keys and positions

    def count_at(self, now: float, dynamic_partitions_store: Any = None) -> int:
        """How many keys there are."""
        return self.at(now, dynamic_partitions_store)._current().count

    def find_position(self, key: str) -> int | None:
        """The position of a key, or ``None``."""
        return self._current().find(key)

    def find_positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys; -1 where there is none of a key."""
        return self._current().find_many(keys)

    def positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys; UnknownPartitionError where there is none of a key."""
        found = self._current().find_many(keys)
        return super().positions(keys) if (found < 0).any() else found  # that one raises

    def keys_at(self, positions: IntArray) -> list[str]:
        """The keys at many positions."""
        return self._current().keys_at(positions)

    def keys_of_span(self, start: int, stop: int) -> list[str]:
        """The keys at the positions from ``start`` up to but not including ``stop``."""
        return self._current().span(start, stop)

    def why_unknown(self, key: str) -> str:
        """Why there is no partition of a key, with near ones, and how to add it."""
        keys = self._current()
        hint = did_you_mean(str(key), keys.span(0, keys.count))
        if not hint and keys.count:
            shown = ", ".join(map(repr, keys.span(0, 5))) + (", …" if keys.count > 5 else "")
            hint = f" There are {keys.count:,}: {shown}."
        if not keys.count:
            hint = " There are none yet."
        if self._name is not None and "..." not in str(key):
            hint += f" instance.add_dynamic_partitions({self._name!r}, [{key!r}]) adds it."
        return f"There is no partition {key!r}.{hint}{range_hint(str(key))}"

    def has_partition_key(
        self, partition_key: str, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> bool:
        """Whether a key exists; a store is asked for this one key only."""
        if self._keys is None and self._name is not None:
            return bool(needed_store(dynamic_partitions_store, self).has_dynamic_partition(self._name, partition_key))
        return super().has_partition_key(partition_key, current_time, dynamic_partitions_store)

    def validate_partition_key(
        self,
        partition_key: str,
        context: PartitionLoadingContext | datetime | None = None,
        dynamic_partitions_store: Any = None,
        *,
        current_time: datetime | None = None,
    ) -> None:
        """Raise UnknownPartitionError if a key does not exist."""
        time, store = told(context if current_time is None else current_time, dynamic_partitions_store)
        if not self.has_partition_key(partition_key, time, store):
            super().validate_partition_key(partition_key, time, store)

    # Subsets

    def empty_subset(self) -> PartitionsSubset:
        """No key; needs no store."""
        return self._at_hand([]).subset_of_span(0, 0)

    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> PartitionsSubset:
        """The given keys, as if there were just these where there is no store; UnknownPartitionError as elsewhere."""
        keys = asked_keys(partition_keys)
        there = self._at_hand(keys)
        return there.subset_of_positions(there.positions(keys))

    def _at_hand(self, keys: Iterable[str]) -> DynamicPartitionsDefinition:
        """The definition, settled; where there is no store at all, with the given keys."""
        if self._keys is None and self._function is None and found_store(None) is None:
            return self.with_keys(DynamicKeys.of(dict.fromkeys(checked_keys(keys))))
        return self.at(resolved_time(None, UTC))

    # Identity

    @property
    def subset_identity(self) -> str:
        """As for static keys: a stored subset names each key, so either kind reads the other's."""
        return "static"

    @property
    def label(self) -> str:
        """The kind of partitions in a word."""
        return "dynamic"

    def get_serializable_unique_identifier(self, dynamic_partitions_store: Any = None) -> str:
        """A hash of the name and of the keys that there are now."""
        there = self.settled(None, dynamic_partitions_store)
        content = json.dumps([self._name, list(there.get_partition_keys())])
        return hashlib.sha256(content.encode()).hexdigest()[:40]

    def to_dict(self) -> dict[str, Any]:
        """The definition as plain data; a store has its keys by the name. A function is only named."""
        if self._function is None:
            return {"type": type(self).__name__, "name": self._name}
        return {"type": type(self).__name__, "partition_fn": function_name(self._function)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> DynamicPartitionsDefinition:
        """The definition that :meth:`to_dict` described; InvalidDefinitionError where a function gave the keys."""
        if "partition_fn" in content:
            raise InvalidDefinitionError(f"Their keys are given by the function {content['partition_fn']}.")
        return cls(name=content["name"])

    def __reduce__(self) -> tuple[Any, ...]:
        return object.__new__, (type(self),), self.__dict__  # with the keys of a settled form

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DynamicPartitionsDefinition) and (
            (self._name, self._function) == (other._name, other._function)
        )

    def __hash__(self) -> int:
        return hash((self._name, self._function))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(partition_fn={self._function!r}, name={self._name!r})"

    def __str__(self) -> str:
        return (
            f'Dynamic partitions: "{self._name}"'
            if self._function is None
            else f"Dynamic partitions by {function_name(self._function)}"
        )
