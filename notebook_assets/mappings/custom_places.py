"""From the keys and ranges that a custom mapping's function gave to positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_assets.errors import InvalidMappingError, InvalidPartitionRangeError, UnknownPartitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.custom_answers import Answer, AnswerBook, why_no_key
from notebook_assets.mappings.links import Links
from notebook_assets.partitions import PartitionKeyRange, PartitionsDefinition, TimeWindowPartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, eq=False)
class Places:
    """Spans of positions, each of a row, in any order; they may touch and overlap.

    Args:
        rows: int64 of shape ``(m,)``.
        starts: int64 of shape ``(m,)``.
        stops: int64 of shape ``(m,)``.
        missing: By row, the keys that do not exist.
    """

    rows: IntArray
    starts: IntArray
    stops: IntArray
    missing: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def links(self, many: int, nonexistent: Mapping[int, tuple[str, ...]]) -> Links:
        """Return the spans as links of ``many`` rows.

        >>> import numpy as np
        >>> places = Places(np.array([1, 0, 1]), np.array([3, 0, 2]), np.array([4, 1, 3]))
        >>> places.links(2, {}).spans(1)
        [(2, 4)]
        """
        reach = int(self.stops.max(initial=0)) + 1  # the rows side by side on one line, a gap between each two
        starts, stops = algebra.normalised(self.starts + self.rows * reach, self.stops + self.rows * reach)
        rows = starts // reach
        offsets = np.searchsorted(rows, np.arange(many + 1, dtype=np.int64)).astype(np.int64)
        return Links(offsets, starts - rows * reach, stops - rows * reach, nonexistent)

    @staticmethod
    def of_links(links: Links) -> Places:
        """The spans of links, with what does not exist."""
        rows = np.repeat(np.arange(len(links), dtype=np.int64), np.diff(links.offsets))
        return Places(rows, links.starts, links.stops, links.nonexistent)


def places_of(
    book: AnswerBook,
    keys: Sequence[str | None],
    answers: Sequence[Answer],
    definition: PartitionsDefinition,
    count: int | None,
) -> Places:
    """Return where a definition has what was answered.

    Args:
        book: Whose answers they are, for errors.
        keys: The keys that were asked for, one row each.
        answers: The answers for them.
        definition: The definition that the answers are keys of, settled.
        count: How many of its partitions exist; ``None`` where those that time will bring count too.

    Raises:
        InvalidMappingError: A text is no key but a range, or a range has an end that the definition lacks.
    """
    rows, names, ranges = _told_apart(answers)
    missing: dict[int, tuple[str, ...]] = {}
    at = np.array(rows, dtype=np.int64)
    starts = _positions(definition, names)
    exists = starts >= 0 if count is None else (starts >= 0) & (starts < count)
    for place in np.flatnonzero(~exists).tolist():
        row = rows[place]
        why = why_no_key(book.mapping, book.direction, keys[row], names[place])
        if why is not None:
            raise InvalidMappingError(why)
        if names[place] not in missing.get(row, ()):
            missing[row] = (*missing.get(row, ()), names[place])
    at, starts = at[exists], starts[exists]
    found = Places(at, starts, starts + 1, missing)
    return found if not ranges else _with_ranges(found, missing, book, keys, ranges, definition, count)


def _told_apart(answers: Sequence[Answer]) -> tuple[Sequence[int], list[str], list[tuple[int, PartitionKeyRange]]]:
    """Return the rows of all single keys, these keys, and the ranges with their rows."""
    single = [answer for answer in answers if isinstance(answer, str)]
    if len(single) == len(answers):  # as most often
        return range(len(single)), single, []
    rows: list[int] = []
    names: list[str] = []
    ranges: list[tuple[int, PartitionKeyRange]] = []
    for row, answer in enumerate(answers):
        for item in (answer,) if isinstance(answer, str) else answer:
            if isinstance(item, str):
                rows.append(row)
                names.append(item)
            else:
                ranges.append((row, item))
    return rows, names, ranges


def _positions(definition: PartitionsDefinition, names: list[str]) -> IntArray:
    """Return positions, -1 where there is none; each name is looked up once."""
    unique = list(dict.fromkeys(names))
    found = definition.find_positions(unique) if unique else np.zeros(0, dtype=np.int64)
    if len(unique) == len(names):
        return found
    place = dict(zip(unique, found.tolist(), strict=True))
    return np.fromiter(map(place.__getitem__, names), np.int64, len(names))


def _with_ranges(
    found: Places,
    missing: dict[int, tuple[str, ...]],
    book: AnswerBook,
    keys: Sequence[str | None],
    ranges: Sequence[tuple[int, PartitionKeyRange]],
    definition: PartitionsDefinition,
    count: int | None,
) -> Places:
    spans: dict[PartitionKeyRange, tuple[list[tuple[int, int]], tuple[str, ...]]] = {}
    rows, starts, stops = found.rows.tolist(), found.starts.tolist(), found.stops.tolist()
    for row, item in ranges:
        if item not in spans:
            try:
                spans[item] = _range(definition, item, count)
            except (UnknownPartitionError, InvalidPartitionRangeError) as error:
                raise InvalidMappingError(
                    f"The mapping {book.mapping.label!r} gave {item} as the {book.direction} keys of "
                    f"{keys[row]!r}: {error}"
                ) from None
        for start, stop in spans[item][0]:
            rows.append(row)
            starts.append(start)
            stops.append(stop)
        more = [key for key in spans[item][1] if key not in missing.get(row, ())]
        if more:
            missing[row] = (*missing.get(row, ()), *more)
    first, second, third = (np.array(column, dtype=np.int64) for column in (rows, starts, stops))
    return Places(first, second, third, missing)


def _range(
    definition: PartitionsDefinition, asked: PartitionKeyRange, count: int | None
) -> tuple[list[tuple[int, int]], tuple[str, ...]]:
    """Return the spans of positions of a range, and the ones of its keys that do not exist.

    Of time windows a range may begin before the first and end after the last; it is then named by that end.
    """
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        spans = zip(*(column.tolist() for column in definition.subset_with_key_range(asked).span_arrays), strict=True)
        return [(start, stop) for start, stop in spans if count is None or stop <= count], ()
    first, last = (definition.find_number(key) for key in asked)
    if first is None or last is None:
        raise UnknownPartitionError(definition.why_unknown(asked.start if first is None else asked.end))
    if first > last:
        raise InvalidPartitionRangeError("the range runs backwards.")
    if count is None:
        end = definition.end_timestamp
        count = max(last + 1, 0) if end is None else definition.count_at(end)
    missing = [key for key, number in zip(asked, (first, last), strict=True) if not 0 <= number < count]
    start, stop = max(first, 0), min(last + 1, count)
    return ([(start, stop)] if start < stop else []), tuple(dict.fromkeys(missing))
