"""UpstreamPartitionsResult: what downstream partitions need, in the reference's form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.partitions import PartitionsSubset


@dataclass(frozen=True)
class NonexistentKeys:
    """Partition keys that are required but are not in the upstream definition, in order.

    >>> len(NonexistentKeys(("2012-12-31",)))
    1
    """

    keys: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self.keys

    def get_partition_keys(self) -> list[str]:
        """The keys."""
        return list(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: object) -> bool:
        return key in self.keys


@dataclass(frozen=True)
class UpstreamPartitionsResult:
    """What downstream partitions need: what of it exists, and what was required but does not exist.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters = StaticPartitionsDefinition(["a", "b"])
    >>> result = UpstreamPartitionsResult(letters.subset_of_span(0, 1), NonexistentKeys(("z",)))
    >>> list(result.partitions_subset), result.required_but_nonexistent_partition_keys
    (['a'], ['z'])
    """

    partitions_subset: PartitionsSubset
    required_but_nonexistent_subset: NonexistentKeys = NonexistentKeys()

    @property
    def required_but_nonexistent_partition_keys(self) -> Sequence[str]:
        """The keys that were required but do not exist."""
        return self.required_but_nonexistent_subset.get_partition_keys()
