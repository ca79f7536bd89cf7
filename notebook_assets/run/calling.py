"""Calling the function of an asset or a check: with its inputs, and with the context where it takes that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from notebook_assets.assets.signature import Signature
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.run.inputs import InputReader


class Callee(Protocol):
    """What has a function that takes inputs by name and, if it wants, a context."""

    @property
    def fn(self) -> Callable[..., Any]:
        """The function."""

    @property
    def signature(self) -> Signature:
        """What is known of its parameters."""


def call_function(definition: Callee, arguments: Mapping[str, Any], context: object | None) -> Any:
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

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, ({name: self[name] for name in self},)  # another process has no readers

    def __len__(self) -> int:
        return len(self._readers)
