"""The links of custom mappings, both ways: one direction asked by key, the other derived from it in bulk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidMappingError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.custom_answers import answers_of
from notebook_assets.mappings.custom_functions import (
    DOWNSTREAM,
    UPSTREAM,
    CustomMapping,
    KeyFunction,
    MappingContext,
    key_function,
)
from notebook_assets.mappings.custom_places import Places, places_of
from notebook_assets.mappings.links import Links
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray, Spans
from notebook_assets.partitions.function_state import State, is_same, state_of
from notebook_assets.partitions.loading_context import resolved_store, resolved_time

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_MOST_KEPT = 32


@dataclass(eq=False)
class Question:
    """A custom mapping between two settled definitions, at a time: what all answers here hang on.

    Args:
        mapping: The mapping.
        downstream: The downstream definition, settled; ``None`` if it has no partitions.
        upstream: The upstream definition, settled.
        upstream_count: How many upstream partitions exist.

    Raises:
        InvalidMappingError: The mapping can't answer for these definitions.
    """

    mapping: CustomMapping
    downstream: PartitionsDefinition | None
    upstream: PartitionsDefinition
    upstream_count: int
    asks_upstream: KeyFunction | None = field(init=False)
    asks_downstream: KeyFunction | None = field(init=False)
    context: MappingContext = field(init=False)
    downstream_count: int = field(init=False)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.asks_upstream = key_function(self.mapping, UPSTREAM)
        self.asks_downstream = None if self.downstream is None else key_function(self.mapping, DOWNSTREAM)
        check_written(self.mapping, self.asks_upstream, self.asks_downstream, self.downstream)
        clocks = (self.downstream or self.upstream).clocks
        now = resolved_time(None, clocks)
        self.context = MappingContext(self.downstream, self.upstream, datetime.fromtimestamp(now, UTC))
        self.downstream_count = 1 if self.downstream is None else self.downstream.count_at(now, resolved_store(None))
        written = [each.written for each in (self.asks_upstream, self.asks_downstream) if each is not None]
        self.state = state_of(written)

    @property
    def takes_context(self) -> bool:
        """Whether a function looks at more than the key."""
        both = (self.asks_upstream, self.asks_downstream)
        return any(each is not None and each.takes_context for each in both)

    def is_same(self, other: Question) -> bool:
        """Whether all links are those of another question."""
        return (
            is_same(self.mapping, other.mapping)
            and (self.downstream_count, self.upstream_count) == (other.downstream_count, other.upstream_count)
            and (not self.takes_context or self.context.now == other.context.now)
            and _same_positions(self.upstream, other.upstream)
            and _same_positions(self.downstream, other.downstream)
            and self.state == other.state
        )

    def upstream_places(self, function: KeyFunction, positions: IntArray) -> Places:
        """What the upstream function gives for downstream positions, of which there is one row each."""
        keys: list[str | None] = [None] * len(positions)
        if self.downstream is not None:
            keys = [*self.downstream.keys_at(positions)]
        book = answers_of(self.mapping, UPSTREAM, function, self.context, self._state_of(function))
        return places_of(book, keys, book.ask(keys), self.upstream, self.upstream_count)

    def downstream_places(self, function: KeyFunction, definition: PartitionsDefinition, positions: IntArray) -> Places:
        """What the downstream function gives for existing upstream positions, of which there is one row each."""
        keys: list[str | None] = [*self.upstream.keys_at(positions)]
        book = answers_of(self.mapping, DOWNSTREAM, function, self.context, self._state_of(function))
        return places_of(book, keys, book.ask(keys), definition, None)

    def _state_of(self, function: KeyFunction) -> State:
        is_only = self.asks_upstream is None or self.asks_downstream is None
        return self.state if is_only else state_of([function.written])


def check_written(
    mapping: Any, upstream: KeyFunction | None, downstream: KeyFunction | None, definition: object
) -> None:
    """Raise InvalidMappingError if a custom mapping has no function that could answer."""
    if upstream is None and downstream is None:
        only_down = key_function(mapping, DOWNSTREAM) is not None
        if definition is None and only_down:
            raise InvalidMappingError(
                f"{mapping!r} says by downstream(key) which partitions an upstream key feeds, but the downstream asset "
                "has no partitions; write upstream(key), which is then asked for None."
            )
        raise InvalidMappingError(
            f"{type(mapping).__name__} does not say which keys need which: write upstream(self, key), which returns "
            "what a downstream key needs, or downstream(self, key), or both."
        )


def _same_positions(one: PartitionsDefinition | None, other: PartitionsDefinition | None) -> bool:
    if one is other:
        return True
    return (
        one is not None
        and other is not None
        and one == other
        and one.has_positions_of(other)
        and other.has_positions_of(one)
    )


# Some rows


def links_of_rows(question: Question, positions: IntArray) -> Links:
    """Return the links of downstream positions to what exists upstream, one row each."""
    function = question.asks_upstream
    if function is None:
        return rows_of(all_links(question), positions)
    if 1 < len(positions) == question.downstream_count and bool((positions == np.arange(len(positions))).all()):
        return all_links(question)
    if question.asks_downstream is not None:
        all_links(question)  # which checks that the two directions agree
    return _checked(question, question.upstream_places(function, positions), positions)


def _checked(question: Question, places: Places, positions: IntArray) -> Links:
    """Return links, checked to be one each where the mapping says so; what does not exist is required or left out."""
    missing = {} if question.mapping.allow_nonexistent else places.missing
    links = places.links(len(positions), missing)
    many = links.count()
    for row, keys in places.missing.items():
        many[row] += len(keys)
    if len(many) and many.max() > 1 and question.mapping.feeds_one(question.downstream, question.upstream):
        row = int((many > 1).argmax())
        key = None if question.downstream is None else question.downstream.key_at(int(positions[row]))
        named = [*question.upstream.keys_at(links.upstream(row)), *places.missing.get(row, ())]
        raise InvalidMappingError(
            f"The mapping {question.mapping.label!r} says that each downstream key needs one upstream key, but {key!r} "
            f"needs {len(named)}: {', '.join(map(repr, named[:4]))}{', …' if len(named) > 4 else ''}. "
            "Say one=False, or give one."
        )
    return links


def rows_of(links: Links, rows: IntArray) -> Links:
    """Return some rows of links; rows past the last need nothing.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1, 3]), np.array([0, 0, 4]), np.array([2, 1, 6]))
    >>> rows_of(links, np.array([1, 7])).count().tolist()
    [3, 0]
    """
    last = len(links)
    firsts, stops = links.offsets[np.minimum(rows, last)], links.offsets[np.minimum(rows + 1, last)]
    at = algebra.to_positions(firsts, stops) if len(rows) else rows
    missing = links.nonexistent
    found = {at: missing[row] for at, row in enumerate(rows.tolist()) if row in missing} if missing else {}
    offsets = np.concatenate([[0], np.cumsum(stops - firsts, dtype=np.int64)])
    return Links(offsets, links.starts[at], links.stops[at], found)


# All rows


_KEPT: list[tuple[Question, Links]] = []
_LOCK = RLock()


def all_links(question: Question) -> Links:
    """Return the links of all downstream positions that exist, kept for the next time that they are asked for.

    Raises:
        InvalidMappingError: Both directions are written and do not agree; the message shows a key that proves it.
    """
    with _LOCK:
        for at, (other, links) in enumerate(_KEPT):
            if question.is_same(other):
                _KEPT.append(_KEPT.pop(at))
                return links
        links = _all_links(question)
        _KEPT.append((question, links))
        del _KEPT[:-_MOST_KEPT]
        return links


def _all_links(question: Question) -> Links:
    every = np.arange(question.downstream_count, dtype=np.int64)
    links = _from_downstream(question, every)
    if question.asks_upstream is not None:
        forward = _checked(question, question.upstream_places(question.asks_upstream, every), every)
        if question.asks_downstream is not None and question.downstream is not None:
            _check_agreement(question, question.downstream, forward, links)
        return forward
    return links


def _from_downstream(question: Question, every: IntArray) -> Links:
    """Return the links that the downstream function tells of."""
    function, definition = question.asks_downstream, question.downstream
    if function is None or definition is None:
        return Links(np.zeros(1, dtype=np.int64), every[:0], every[:0])
    upstream = np.arange(question.upstream_count, dtype=np.int64)
    feeding = question.downstream_places(function, definition, upstream).links(question.upstream_count, {})
    # Downstream windows of the future count too: they may be asked for by position.
    reach = max(question.downstream_count, int(feeding.stops.max(initial=0)))
    links = feeding.reversed(reach)
    if question.asks_upstream is None:
        rows = np.arange(reach, dtype=np.int64)
        return _checked(question, Places.of_links(links), rows)
    return rows_of(links, every)


def _check_agreement(question: Question, downstream: PartitionsDefinition, forward: Links, backward: Links) -> None:
    """Raise InvalidMappingError where the two directions do not say the same of what exists."""
    same = all(
        np.array_equal(one, other)
        for one, other in (
            (forward.offsets, backward.offsets),
            (forward.starts, backward.starts),
            (forward.stops, backward.stops),
        )
    )
    if same:
        return
    row = next(row for row in range(len(forward)) if forward.spans(row) != backward.spans(row))
    down = downstream.key_at(row)
    named, naming = set(forward.upstream(row).tolist()), set(backward.upstream(row).tolist())
    up = question.upstream.key_at(min(named ^ naming))
    said, not_said = f"upstream({down!r}) names {up!r}", f"downstream({up!r}) does not name {down!r}"
    if min(named ^ naming) in naming:
        said, not_said = f"downstream({up!r}) names {down!r}", f"upstream({down!r}) does not name {up!r}"
    raise InvalidMappingError(
        f"The two directions of the mapping {question.mapping.label!r} do not agree: {said}, but {not_said}. "
        "Write only one of them; the other is derived from it."
    )


def downstream_of(question: Question, needed: Spans, downstream_count: int) -> Spans:
    """Return the spans of existing downstream positions that need any of some existing upstream positions."""
    positions = algebra.to_positions(*needed) if len(needed[0]) else np.zeros(0, dtype=np.int64)
    function, definition = question.asks_downstream, question.downstream
    if function is not None and definition is not None and question.asks_upstream is None:
        found = question.downstream_places(function, definition, positions)
        stops = np.minimum(found.stops, downstream_count)
        return algebra.normalised(np.minimum(found.starts, stops), stops)
    mask = np.zeros(question.upstream_count, dtype=bool)
    mask[positions] = True
    rows = np.flatnonzero(all_links(question).any_of(mask))
    return algebra.from_positions(rows[rows < downstream_count])
