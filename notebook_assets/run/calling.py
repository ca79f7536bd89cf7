"""Calling an asset's function: with its inputs, and with the context where it takes that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from notebook_assets.assets import AssetsDefinition
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.inputs import InputReader


def call_function(
    definition: AssetsDefinition, arguments: Mapping[str, Any], context: AssetExecutionContext | None
) -> Any:
    """Return what the function of a definition gives back: a value, a generator or a coroutine.

    >>> from notebook_assets import asset
    >>> @asset
    ... def total(rows):
    ...     return sum(rows)
    >>> call_function(total, {"rows": [1, 2]}, None)
    3
    """
    name = definition.signature.context
    if name is None:
        return definition.fn(**arguments)
    if definition.signature.context_is_keyword:
        return definition.fn(**{name: context}, **arguments)
    return definition.fn(context, **arguments)


class InputPartitions(Mapping[str, tuple[PartitionsDefinition | None, Sequence[str]]]):
    """The partitions of each input of one step, worked out only for the input that is asked for."""

    def __init__(self, readers: Mapping[str, InputReader], position: int) -> None:
        self._readers = readers
        self._position = position

    def __getitem__(self, name: str) -> tuple[PartitionsDefinition | None, Sequence[str]]:
        reader = self._readers[name]
        return reader.upstream.node.partitions_def, reader.keys(self._position)

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)
