"""Folds keys that behave alike into runs, so that 24 hours of one day become one row of a picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]

_SINGLE = 26
"""Keys up to which each is shown on a row of its own."""


@dataclass(frozen=True)
class Runs:
    """The rows of the two sides, and which are joined.

    Args:
        upstream: Spans (start, stop) of upstream keys that all feed the same rows.
        missing: Upstream keys that are required and do not exist; they stand below the others.
        downstream: Spans (start, stop) of places in the downstream rows that all need the same.
        joins: Pairs (place in ``upstream``, place in ``downstream``).
        missing_joins: Pairs (place in ``missing``, place in ``downstream``).
    """

    upstream: tuple[Span, ...]
    missing: tuple[str, ...]
    downstream: tuple[Span, ...]
    joins: tuple[tuple[int, int], ...]
    missing_joins: tuple[tuple[int, int], ...]


def fold_runs(
    rows: Sequence[int],
    spans: Sequence[Sequence[Span]],
    nonexistent: Mapping[int, Sequence[str]],
    single: int = _SINGLE,
) -> Runs:
    """Return the rows of a picture.

    Args:
        rows: Index of each downstream key; only neighbours are folded.
        spans: For each row the spans of upstream keys that it needs.
        nonexistent: For a row the required keys that do not exist.
        single: Keys up to which a side is not folded.

    >>> made = fold_runs([0, 1], [[(0, 24)], [(24, 48)]], {})
    >>> made.upstream, made.joins
    (((0, 24), (24, 48)), ((0, 0), (1, 1)))
    """
    downstream = _downstream(rows, spans, nonexistent, single)
    heads = [spans[start] for start, _ in downstream]
    upstream = _upstream(heads, single)
    starts = [start for start, _ in upstream]
    joins = [
        (place, index)
        for index, needed in enumerate(heads)
        for start, stop in needed
        for place in range(bisect_left(starts, start), bisect_left(starts, stop))
    ]
    missing = list(dict.fromkeys(key for start, _ in downstream for key in nonexistent.get(start, ())))
    place_of = {key: place for place, key in enumerate(missing)}
    lost = [
        (place_of[key], index)
        for index, (start, _) in enumerate(downstream)
        for key in dict.fromkeys(nonexistent.get(start, ()))
    ]
    return Runs(tuple(upstream), tuple(missing), tuple(downstream), tuple(joins), tuple(lost))


def _downstream(
    rows: Sequence[int], spans: Sequence[Sequence[Span]], nonexistent: Mapping[int, Sequence[str]], single: int
) -> list[Span]:
    if len(rows) <= single:
        return [(place, place + 1) for place in range(len(rows))]
    made: list[Span] = []
    for place in range(len(rows)):
        alike = (
            made
            and rows[place] == rows[place - 1] + 1
            and list(spans[place]) == list(spans[place - 1])
            and tuple(nonexistent.get(place, ())) == tuple(nonexistent.get(place - 1, ()))
        )
        if alike:
            made[-1] = (made[-1][0], place + 1)
        else:
            made.append((place, place + 1))
    return made


def _upstream(heads: Sequence[Sequence[Span]], single: int) -> list[Span]:
    """Cut the needed keys wherever a row's need begins or ends."""
    cuts = sorted({edge for needed in heads for span in needed for edge in span})
    covered = merge_spans(span for needed in heads for span in needed)
    made: list[Span] = []
    for start, stop in covered:
        inside = cuts[bisect_left(cuts, start) : bisect_left(cuts, stop) + 1]
        made += list(pairwise(inside))
    if sum(stop - start for start, stop in made) <= single:
        return [(key, key + 1) for start, stop in made for key in range(start, stop)]
    return made


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans, sorted and disjoint.

    >>> merge_spans([(5, 7), (0, 3), (2, 5)])
    [(0, 7)]
    """
    made: list[Span] = []
    for start, stop in sorted(spans):
        if stop <= start:
            continue
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], stop))
        else:
            made.append((start, stop))
    return made


def span_name(keys: Sequence[str], start: int, stop: int) -> str:
    """Return the keys of a span as a person writes them: the key, or the first and the last.

    What all begin with is not said twice.

    >>> span_name(["2013-03-10-00:00", "2013-03-10-23:00"], 0, 2)
    '2013-03-10-00:00 … 23:00'
    """
    first = keys[start]
    if stop - start == 1:
        return first or "(the whole asset)"
    last = keys[stop - 1]
    common = 0
    for at, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            break
        if not one.isalnum():
            common = at + 1
    return f"{first} … {last[common:] if common >= 8 and len(last) - common >= 5 else last}"
