"""The keys of a definition as a sequence: a list, or of very many only those that are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from notebook_assets.partitions import PartitionsDefinition

_LISTED = 1_000_000  # keys; more are asked for when they are looked at


class DefinitionKeys(Sequence[str]):
    """All keys of a settled definition, none of which is kept.

    Args:
        definition: The definition, settled.
        count: How many of its keys exist.

    >>> from notebook_assets import DailyPartitionsDefinition
    >>> keys = DefinitionKeys(DailyPartitionsDefinition("2013-01-01"), 90)
    >>> len(keys), keys[-1], keys[1:3]
    (90, '2013-03-31', ['2013-01-02', '2013-01-03'])
    """

    def __init__(self, definition: PartitionsDefinition, count: int) -> None:
        self._definition = definition
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._count)
            if step == 1:
                return self._definition.keys_of_span(start, max(start, stop))
            return [self._definition.key_at(position) for position in range(start, stop, step)]
        return self._definition.key_at(range(self._count)[index])


def all_keys(definition: PartitionsDefinition, store: Any = None) -> Sequence[str]:
    """Return the keys that exist now.

    Args:
        definition: The definition, settled.
        store: What knows the keys of dynamic definitions.

    >>> from notebook_assets import StaticPartitionsDefinition
    >>> all_keys(StaticPartitionsDefinition(["a", "b"]))
    ['a', 'b']
    """
    count = definition.get_num_partitions(None, store)
    return definition.keys_of_span(0, count) if count <= _LISTED else DefinitionKeys(definition, count)
