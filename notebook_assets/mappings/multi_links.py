"""Links to and from several dimensions, put together from the links of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.links import Links, same_for_all
from notebook_assets.partitions import MultiPartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import BoolArray, IntArray
from notebook_assets.partitions.multi_key import SEPARATOR, named_keys

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def rows_of(links: Links, rows: IntArray) -> Links:
    """Return links of which row ``i`` is row ``rows[i]`` of some links.

    Args:
        links: What rows are taken from.
        rows: int64, in any order, repeated or not.

    >>> import numpy as np
    >>> few = Links(np.array([0, 1, 2]), np.array([0, 4]), np.array([2, 6]))
    >>> rows_of(few, np.array([1, 1, 0])).starts.tolist()
    [4, 4, 0]
    """
    many = np.diff(links.offsets)
    taken = many[rows]
    offsets = np.concatenate([[0], np.cumsum(taken, dtype=np.int64)])
    spans = algebra.to_positions(links.offsets[rows], links.offsets[rows] + taken) if len(rows) else rows
    missing: dict[int, tuple[str, ...]] = {}
    if links.nonexistent:
        lacking = np.isin(rows, np.fromiter(links.nonexistent, dtype=np.int64))
        missing = {row: links.nonexistent[int(rows[row])] for row in np.flatnonzero(lacking).tolist()}
    return Links(offsets, links.starts[spans], links.stops[spans], missing)


def product_links(upstream: MultiPartitionsDefinition, by_dimension: Mapping[str, Links], rows: int) -> Links:
    """Return links to the upstream combinations of what each dimension's links hold, row by row.

    Args:
        upstream: Settled; whose dimensions are linked.
        by_dimension: The links to dimensions, each of as many rows; a dimension that is not named is needed whole.
        rows: How many rows.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
    >>> both = MultiPartitionsDefinition({"digit": digits, "letter": letters}).settled()
    >>> second = Links(np.array([0, 1]), np.array([1]), np.array([2]))
    >>> product_links(both, {"letter": second}, 1).upstream(0).tolist()
    [1, 3]
    """
    there = upstream.product()
    whole = same_for_all(rows, np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64))
    offsets, starts, stops = whole.offsets, whole.starts, whole.stops
    for name, size in zip(there.names, there.sizes, strict=True):
        if name not in by_dimension:
            starts, stops = starts * size, stops * size
        else:
            offsets, starts, stops = _crossed((offsets, starts, stops), by_dimension[name], size)
    missing = _missing(upstream, by_dimension)
    if there.kept is not None:
        places = Links(offsets, starts, stops)
        starts, stops = there.spans_of_places((starts, stops))
        filled = stops > starts
        offsets = np.concatenate([[0], np.cumsum(filled, dtype=np.int64)])[offsets]
        starts, stops = starts[filled], stops[filled]
        missing |= _left_out(upstream, places, np.diff(offsets) == 0)
    return Links(offsets, starts, stops, missing)


def _left_out(upstream: MultiPartitionsDefinition, places: Links, nothing: BoolArray) -> dict[int, tuple[str, ...]]:
    """By row, the one combination that is required, where a filter leaves it out; of several, what there is will do."""
    there = upstream.product()
    rows = np.flatnonzero(nothing & (places.count() == 1))
    at = places.starts[places.offsets[rows]]
    columns = [at // stride % size for stride, size in zip(there.strides, there.sizes, strict=True)]
    keys = there.keys_of(np.column_stack(columns)) if len(rows) else []
    return {row: (key,) for row, key in zip(rows.tolist(), keys, strict=True)}


def _crossed(before: tuple[IntArray, IntArray, IntArray], links: Links, size: int) -> tuple[IntArray, ...]:
    """The spans of each row's places so far, refined by those of the row on one more dimension of a size."""
    offsets, starts, stops = before
    lengths = stops - starts
    places = algebra.to_positions(starts, stops) if len(starts) else starts
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])[offsets]
    each = np.diff(links.offsets)  # how many spans a row has here
    place_rows = np.repeat(np.arange(len(each), dtype=np.int64), np.diff(ends))
    repeats = each[place_rows]
    if not repeats.sum():
        nothing = np.zeros(0, dtype=np.int64)
        return np.zeros(len(offsets), dtype=np.int64), nothing, nothing
    base = np.repeat(places * size, repeats)
    firsts = links.offsets[place_rows]
    chosen = algebra.to_positions(firsts, firsts + repeats)
    crossed = np.concatenate([[0], np.cumsum(repeats, dtype=np.int64)])[ends]
    return crossed, base + links.starts[chosen], base + links.stops[chosen]


def _missing(upstream: MultiPartitionsDefinition, by_dimension: Mapping[str, Links]) -> dict[int, tuple[str, ...]]:
    """By row, the combinations of which a part is required on its dimension but does not exist there."""
    there = upstream.product()
    lacking = sorted({row for links in by_dimension.values() for row in links.nonexistent})
    known: dict[tuple[tuple[tuple[int, int], ...] | tuple[str, ...], ...], tuple[str, ...]] = {}
    missing = {}
    for row in lacking:
        named = [by_dimension.get(name) for name in there.names]
        asked = tuple(
            part
            for links in named
            if links is not None
            for part in (tuple(links.spans(row)), links.nonexistent.get(row, ()))
        )
        if asked not in known:
            known[asked] = _combined(upstream, named, row)
        if known[asked]:
            missing[row] = known[asked]
    return missing


def _combined(upstream: MultiPartitionsDefinition, named: Sequence[Links | None], row: int) -> tuple[str, ...]:
    there = upstream.product()
    exists: list[list[str]] = []
    lacks: list[Sequence[str]] = []
    for number, links in enumerate(named):
        keys = there.keys_on(number)
        spans = [(0, len(keys))] if links is None else links.spans(row)
        exists.append([key for start, stop in spans for key in keys[start:stop]])
        lacks.append(() if links is None else links.nonexistent.get(row, ()))
    combinations = product(*([*found, *lacking] for found, lacking in zip(exists, lacks, strict=True)))
    gone = [set(lacking) for lacking in lacks]
    texts = (
        SEPARATOR.join(parts)
        for parts in combinations
        if any(part in each for part, each in zip(parts, gone, strict=True))
    )
    return tuple(named_keys(texts, there.names))
