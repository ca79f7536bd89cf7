"""The dynamic partitions of a store: adding, deleting, renaming and ordering keys by the name of their definition."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from hashlib import sha1

from notebook_assets.partitions import DynamicKeys
from notebook_assets.partitions.pages import PaginatedResults
from notebook_assets.store.database import Database
from notebook_assets.store.dynamic_partitions import DynamicPartitionTables
from notebook_assets.store.values import ValueFiles
from notebook_assets.store.writing import StoreWriter


class DynamicStore(StoreWriter):
    """A store that keeps the keys of dynamic partitions; each method is one transaction."""

    def __init__(self, database: Database, files: ValueFiles) -> None:
        super().__init__(database, files)
        self._dynamic = DynamicPartitionTables(self.database, self._write)

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """Add keys to the dynamic partitions of a name, behind those that are there; these stay where they are.

        Args:
            partitions_def_name: The name of the definition.
            partition_keys: The keys, in order. A million take a few seconds.

        Raises:
            InvalidDefinitionError: A key can't be one; then none is added.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     instance.add_dynamic_partitions("episodes", ["ep1", "ep2"])
        ...     instance.add_dynamic_partitions("episodes", ["ep3", "ep1"])
        ...     instance.get_dynamic_partitions("episodes")
        ['ep1', 'ep2', 'ep3']
        """
        self._dynamic.add(partitions_def_name, partition_keys)

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """Return all keys of the dynamic partitions of a name, in the order in which they were added."""
        keys = self._dynamic.keys(partitions_def_name)
        return keys.span(0, keys.count)

    def dynamic_keys(self, partitions_def_name: str) -> DynamicKeys:
        """Return the same as a snapshot, which costs nothing while no key is added or deleted."""
        return self._dynamic.keys(partitions_def_name)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether the dynamic partitions of a name have a key."""
        return self._dynamic.has(partitions_def_name, partition_key)

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Delete a key, if it is there; what was made for it stays, and can be loaded by :meth:`load`."""
        self._dynamic.delete(partitions_def_name, [partition_key])

    def delete_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """Delete several keys, all or none; those that are not there are passed over."""
        self._dynamic.delete(partitions_def_name, partition_keys)

    def set_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """Make these the keys of a name, in this order, at once: others go, and what was made for them stays.

        Args:
            partitions_def_name: The name of the definition.
            partition_keys: The keys, in order.

        Raises:
            InvalidDefinitionError: A key can't be one; then nothing changes.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     instance.add_dynamic_partitions("episodes", ["ep1", "ep2"])
        ...     instance.set_dynamic_partitions("episodes", ["ep3", "ep1"])
        ...     instance.get_dynamic_partitions("episodes")
        ['ep3', 'ep1']
        """
        self._dynamic.replace(partitions_def_name, partition_keys)

    def rename_dynamic_partition(
        self, partitions_def_name: str, old: str, new: str, *, values_moved: bool = False
    ) -> None:
        """Give a key another name: it keeps its place, and what was made for it, of every asset partitioned by it.

        Values that an IO manager keeps stay under the old key: where an asset has one of its own this is refused, and
        where the store keeps no values for another reason, there is a warning.

        Args:
            partitions_def_name: The name of the definition.
            old: The key.
            new: What it is to be called.
            values_moved: That you moved what IO managers keep of it.

        Raises:
            UnknownPartitionError: There is no such key.
            InvalidInvocationError: There is a key ``new`` already, or something was recorded for one that is gone; or
                an IO manager of an asset keeps what was made under the old key.
            InvalidDefinitionError: ``new`` can't be a key.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     instance.add_dynamic_partitions("episodes", ["ep1", "pe2", "ep3"])
        ...     instance.rename_dynamic_partition("episodes", "pe2", "ep2")
        ...     instance.get_dynamic_partitions("episodes")
        ['ep1', 'ep2', 'ep3']
        """
        elsewhere = self._dynamic.rename(partitions_def_name, old, new, values_moved=values_moved)
        if elsewhere:
            warnings.warn(
                f"The store keeps no values of {', '.join(elsewhere)} for {new!r}. If an IO manager keeps them, they "
                f"still are under {old!r} there: move them, or make them again.",
                stacklevel=2,
            )

    def get_dynamic_partitions_definition_id(self, partitions_def_name: str) -> str:
        """Return a text that is another one as soon as the keys of a name are others."""
        stamp = f"{partitions_def_name}\0{self._dynamic.stamp(partitions_def_name)}"
        return sha1(stamp.encode(), usedforsecurity=False).hexdigest()

    def get_paginated_dynamic_partitions(
        self, partitions_def_name: str, limit: int, ascending: bool, cursor: str | None = None
    ) -> PaginatedResults[str]:
        """Return some of the keys of a name, and the cursor by which the next ones come.

        Args:
            partitions_def_name: The name of the definition.
            limit: How many keys at most.
            ascending: Whether in the order in which they were added, else backwards.
            cursor: That of the page before; without it the first page comes.

        Raises:
            InvalidInvocationError: A limit that is no number from 0 on, or a cursor that no page had.
        """
        return self._dynamic.page(partitions_def_name, limit, ascending, cursor)
