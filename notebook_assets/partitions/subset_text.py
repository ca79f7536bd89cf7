"""Subsets kept as text: what is written, what is read back, and what no longer fits."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

from notebook_assets.errors import InvalidSubsetError, UnknownPartitionError
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import Spans
from notebook_assets.partitions.ordered_keys import check_definition

if TYPE_CHECKING:
    from notebook_assets.partitions.definition import PartitionsDefinition
    from notebook_assets.partitions.subset import PartitionsSubset


class SubsetText:
    """The part of a subset that is written and read.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters = StaticPartitionsDefinition(["a", "b"])
    >>> letters.partitions_subset_class.from_serialized(letters, letters.subset_of_span(0, 1).serialize())
    <1 of StaticPartitionsDefinition: 'a'>
    """

    __slots__ = ()

    SERIALIZATION_VERSION = 1

    partitions_def: PartitionsDefinition

    @property
    @abstractmethod
    def span_arrays(self) -> Spans:
        """The starts and stops of the spans of positions, two int64 arrays."""

    def serialize(self) -> str:
        """Return JSON of keys, ranges of keys and the definition's identity, for ``definition.deserialize_subset``."""
        definition = self.partitions_def
        if definition.keys_are_continuous:
            ranges = definition.key_ranges(*self.span_arrays)
            keys: list[Any] = [first if first == last else [first, last] for first, last in ranges]
        else:
            keys = definition.keys_at(algebra.to_positions(*self.span_arrays))
        content = {"version": self.SERIALIZATION_VERSION, "identity": definition.subset_identity, "keys": keys}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    def to_serializable_subset(self) -> Self:
        """The subset itself, which can be written as it is."""
        return self

    @classmethod
    def from_serialized(cls, partitions_def: PartitionsDefinition, serialized: str) -> PartitionsSubset:
        """What ``partitions_def.deserialize_subset`` gives."""
        check_definition(partitions_def)
        return partitions_def.deserialize_subset(serialized)

    @classmethod
    def can_deserialize(
        cls,
        partitions_def: PartitionsDefinition,
        serialized: str,
        serialized_partitions_def_unique_id: str | None = None,
        serialized_partitions_def_class_name: str | None = None,
    ) -> bool:
        """What ``partitions_def.can_deserialize_subset`` says."""
        check_definition(partitions_def)
        return partitions_def.can_deserialize_subset(serialized)

    @classmethod
    def create_empty_subset(cls, partitions_def: PartitionsDefinition) -> PartitionsSubset:
        """No key of a definition."""
        check_definition(partitions_def)
        return partitions_def.empty_subset()


def subset_from_text(definition: PartitionsDefinition, text: str) -> PartitionsSubset:
    """Return the subset that :meth:`SubsetText.serialize` wrote.

    Raises:
        InvalidSubsetError: The text is damaged, or made for a definition of other keys, or names keys that are no more.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01")
    >>> list(subset_from_text(days, days.subset_of_span(0, 2).serialize()))
    ['2013-01-01', '2013-01-02']
    """
    pairs = _pairs(definition, text)
    try:
        firsts = definition.positions([first for first, _ in pairs])
        lasts = definition.positions([last for _, last in pairs])
    except UnknownPartitionError as error:
        raise InvalidSubsetError(f"The stored subset does not fit the definition any more: {error}") from None
    return definition.partitions_subset_class(definition, firsts, lasts + 1)


def subset_left(definition: PartitionsDefinition, text: str) -> tuple[PartitionsSubset, list[str]]:
    """Return what is left of the subset that :meth:`SubsetText.serialize` wrote, and its keys that are no more.

    Args:
        definition: What the keys are of now, settled.
        text: The subset.

    Raises:
        InvalidSubsetError: The text is damaged, or made for a definition of other keys; or time windows begin later or
            end earlier now than a range of it.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> before, now = StaticPartitionsDefinition(["a", "b", "c"]), StaticPartitionsDefinition(["c", "a"])
    >>> subset_left(now, before.subset_of_span(0, 2).serialize())
    (<1 of StaticPartitionsDefinition: 'a'>, ['b'])
    """
    pairs = _pairs(definition, text)
    if definition.keys_are_continuous or any(first != last for first, last in pairs):
        return subset_from_text(definition, text), []
    keys = [first for first, _ in pairs]
    positions = definition.find_positions(keys)
    gone = [key for key, position in zip(keys, positions.tolist(), strict=True) if position < 0]
    return definition.subset_of_positions(positions[positions >= 0]), gone


def _pairs(definition: PartitionsDefinition, text: str) -> list[tuple[str, str]]:
    try:
        content = json.loads(text)
        identity, entries = content["identity"], content["keys"]
        pairs = [(entry, entry) if isinstance(entry, str) else (entry[0], entry[1]) for entry in entries]
    except (ValueError, TypeError, KeyError, IndexError):
        raise InvalidSubsetError(f"This is no stored subset of partitions: {str(text)[:80]!r}.") from None
    if identity != definition.subset_identity:
        raise InvalidSubsetError(f"The stored subset belongs to another definition than {definition!r}.")
    return pairs
