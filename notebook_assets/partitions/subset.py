"""PartitionsSubset: a set of keys of one definition, kept as spans of positions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidSubsetError, a_kind
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray, Spans
from notebook_assets.partitions.ordered_keys import check_definition
from notebook_assets.partitions.ranges import PartitionKeyRange, TimeWindow
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.partitions.subset_text import SubsetText

if TYPE_CHECKING:
    import numpy as np

    from notebook_assets.partitions.definition import PartitionsDefinition
else:
    np = lazy_module("numpy")


class PartitionsSubset(SelfShown, SubsetText):
    """Some keys of a definition, in the definition's order; can't be changed.

    Made by a definition's ``subset_with_partition_keys``, ``subset_of_span`` and the like. Ten years of hours are one
    span, so that ``| & -``, ``in`` and ``len`` take no list of them.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    >>> first, second = days.subset_of_span(0, 31), days.subset_with_partition_keys(["2013-01-31", "2013-02-01"])
    >>> len(first | second), list(second - first), "2013-01-31" in first & second
    (32, ['2013-02-01'], True)
    """

    __slots__ = ("_arrays", "_only", "partitions_def")

    partitions_def: PartitionsDefinition
    """The definition that the keys belong to, settled as it was when the subset was made."""
    _arrays: Spans | None
    _only: tuple[int, int] | None  # the span, if there is one at most: the usual case, answered without arrays

    def __init__(self, partitions_def: PartitionsDefinition, starts: Any, stops: Any) -> None:
        """Take spans of positions ``[start, stop)`` in any order; int64 arrays or sequences of the same length."""
        normalised = algebra.normalised(np.asarray(starts, dtype=np.int64), np.asarray(stops, dtype=np.int64))
        for column in normalised:
            column.flags.writeable = False
        only = (0, 0) if not len(normalised[0]) else (int(normalised[0][0]), int(normalised[1][-1]))
        self._keep(partitions_def, normalised, only if len(normalised[0]) <= 1 else None)

    @classmethod
    def of_span(cls, partitions_def: PartitionsDefinition, start: int, stop: int) -> PartitionsSubset:
        """The keys at the positions from ``start`` up to but not including ``stop``.

        >>> from notebook_assets.partitions import StaticPartitionsDefinition
        >>> list(PartitionsSubset.of_span(StaticPartitionsDefinition(["a", "b", "c"]), 0, 2))
        ['a', 'b']
        """
        subset = cls.__new__(cls)
        subset._keep(partitions_def, None, (start, stop) if start < stop else (0, 0))
        return subset

    def _keep(self, definition: PartitionsDefinition, arrays: Spans | None, only: tuple[int, int] | None) -> None:
        object.__setattr__(self, "partitions_def", definition)
        object.__setattr__(self, "_arrays", arrays)
        object.__setattr__(self, "_only", only)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A subset can't be changed: tried to set {name!r}.")

    def __reduce__(self) -> tuple[Any, ...]:
        return PartitionsSubset, (self.partitions_def, *self.span_arrays)

    # What is in it

    @property
    def is_empty(self) -> bool:
        """Whether no key is in it."""
        return self._only == (0, 0)

    @property
    def num_partitions(self) -> int:
        """How many keys are in it."""
        return len(self)

    @property
    def span_arrays(self) -> Spans:
        """The starts and stops of the spans of positions, two int64 arrays."""
        if self._arrays is None:
            start, stop = self._only or (0, 0)
            columns = (start,) if start < stop else (), (stop,) if start < stop else ()
            arrays = (np.array(columns[0], dtype=np.int64), np.array(columns[1], dtype=np.int64))
            for column in arrays:
                column.flags.writeable = False
            object.__setattr__(self, "_arrays", arrays)
            return arrays
        return self._arrays

    @property
    def only_span(self) -> tuple[int, int] | None:
        """The span of positions ``[start, stop)`` if there is just one, ``(0, 0)`` if there is none, else ``None``."""
        return self._only

    def spans(self) -> list[tuple[int, int]]:
        """The spans of positions ``[start, stop)``, sorted, disjoint and not touching."""
        if self._only is not None:
            return [] if self.is_empty else [self._only]
        starts, stops = self.span_arrays
        return list(zip(starts.tolist(), stops.tolist(), strict=True))

    def positions(self) -> IntArray:
        """The positions of the keys in the definition, an int64 array in order."""
        return algebra.to_positions(*self.span_arrays)

    def get_partition_keys(self) -> list[str]:
        """The keys, in the definition's order."""
        if self._only is not None:
            return self.partitions_def.keys_of_span(*self._only)
        return self.partitions_def.keys_at(self.positions())

    def get_partition_key_ranges(
        self,
        partitions_def: PartitionsDefinition | None = None,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
        respect_bounds: bool = True,
    ) -> list[PartitionKeyRange]:
        """The runs of consecutive keys, each as its first and last; the arguments are the reference's, not needed."""
        definition = self.partitions_def
        return definition.key_ranges(*self.span_arrays)

    def get_partition_keys_not_in_subset(self, partitions_def: PartitionsDefinition | None = None) -> list[str]:
        """The definition's keys that exist now and are not in it."""
        definition = self.partitions_def if partitions_def is None else partitions_def
        check_definition(definition)
        return (definition.subset_with_all_partitions() - self).get_partition_keys()

    @property
    def included_time_windows(self) -> list[TimeWindow]:
        """The time that it covers, as few windows as hold it; of time windows only."""
        found: list[TimeWindow] = self._windows().time_windows_of(self)
        return found

    @property
    def first_start(self) -> datetime:
        """When the first window starts; of time windows only.

        Raises:
            InvalidSubsetError: There is none.
        """
        if self.is_empty:
            raise InvalidSubsetError("There is no first start: the subset is empty.")
        first: datetime = self._windows().window_at(self.spans()[0][0]).start
        return first

    def _windows(self) -> Any:
        if not hasattr(self.partitions_def, "time_windows_of"):
            raise InvalidSubsetError(f"Only partitions that are time windows have times; got {self!r}.")
        return self.partitions_def

    def __len__(self) -> int:
        if self._only is not None:
            return self._only[1] - self._only[0]
        starts, stops = self.span_arrays
        return int((stops - starts).sum())

    def __iter__(self) -> Iterator[str]:
        return iter(self.get_partition_keys())

    def __contains__(self, key: object) -> bool:
        position = self.partitions_def.find_position(key) if isinstance(key, str) else None
        if position is None:
            return False
        if self._only is not None:
            return self._only[0] <= position < self._only[1]
        return bool(algebra.contains(self.span_arrays, np.array([position], dtype=np.int64))[0])

    def __bool__(self) -> bool:
        return not self.is_empty

    # Other sets from it

    def __or__(self, other: PartitionsSubset) -> PartitionsSubset:
        return self._joined(other, algebra.union)

    def __and__(self, other: PartitionsSubset) -> PartitionsSubset:
        return self._joined(other, algebra.intersection)

    def __sub__(self, other: PartitionsSubset) -> PartitionsSubset:
        return self._joined(other, algebra.difference)

    def fitted(self, definition: PartitionsDefinition) -> PartitionsSubset:
        """The same keys in another settled form of the definition; what that one lacks is left out.

        >>> from notebook_assets.partitions import StaticPartitionsDefinition
        >>> letters = StaticPartitionsDefinition(["a", "b"])
        >>> letters.subset_of_span(0, 1).fitted(letters).get_partition_keys()
        ['a']
        """
        mine = self.partitions_def
        if mine is definition:
            return self
        if definition.has_positions_of(mine):
            fitted = PartitionsSubset.__new__(PartitionsSubset)
            fitted._keep(definition, self._arrays, self._only)
            return fitted
        positions = definition.positions_from(mine, self.positions())
        return definition.subset_of_positions(positions[positions >= 0])

    def with_partition_keys(self, partition_keys: Iterable[str], validate: bool = True) -> PartitionsSubset:
        """This and more keys; ``validate`` is the reference's, and keys that do not exist are refused anyway."""
        return self | self.partitions_def.subset_with_partition_keys(partition_keys)

    def with_partition_key_range(
        self, partitions_def: PartitionsDefinition, partition_key_range: PartitionKeyRange
    ) -> PartitionsSubset:
        """This and all keys of a range."""
        check_definition(partitions_def)
        return self | partitions_def.subset_with_key_range(partition_key_range)

    def with_partitions_def(self, partitions_def: PartitionsDefinition) -> PartitionsSubset:
        """The same keys in another version of the definition; UnknownPartitionError where that has none of a key."""
        check_definition(partitions_def)
        return partitions_def.subset_with_partition_keys(self.get_partition_keys())

    def empty_subset(self) -> PartitionsSubset:
        """No key of the same definition."""
        return self.partitions_def.empty_subset()

    def _joined(self, other: PartitionsSubset, combine: Callable[[Spans, Spans], Spans]) -> PartitionsSubset:
        self._check(other)
        mine, theirs = self.partitions_def, other.partitions_def
        common = mine if mine is theirs else mine.joined(theirs)
        found = combine(self.fitted(common).span_arrays, other.fitted(common).span_arrays)
        return PartitionsSubset(common, *found)

    def _check(self, other: PartitionsSubset) -> None:
        if not isinstance(other, PartitionsSubset):
            raise InvalidSubsetError(f"Only two subsets can be put together; got {a_kind(other)}.")
        if other.partitions_def is not self.partitions_def and other.partitions_def != self.partitions_def:
            raise InvalidSubsetError(
                "Only subsets of one definition can be put together; got one of "
                f"{self.partitions_def!r} and one of {other.partitions_def!r}."
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartitionsSubset) or self.partitions_def != other.partitions_def:
            return False
        mine, theirs = self.partitions_def, other.partitions_def
        if mine.has_positions_of(theirs) or theirs.has_positions_of(mine):
            return self.spans() == other.spans()
        return len(self) == len(other) and set(self) == set(other)

    def __hash__(self) -> int:
        return hash((self.partitions_def, len(self)))

    def __repr__(self) -> str:
        spans = self.spans()
        few = PartitionsSubset(self.partitions_def, [start for start, _ in spans[:4]], [stop for _, stop in spans[:4]])
        ranges = few.get_partition_key_ranges()
        shown = [repr(first) if first == last else f"{first!r}...{last!r}" for first, last in ranges]
        if len(spans) > 4:
            shown.append("…")
        return f"<{len(self)} of {type(self.partitions_def).__name__}: {', '.join(shown) or 'no key'}>"
