"""Walks over a graph: everything upstream or downstream of some assets.

What a graph answers is kept for as long as the graph lives, as sets: they remember the hashes of their keys, so that a
walk over a thousand assets is a few set operations. The last whole walks are kept, too. A graph that walks faster by
itself has a method ``reached``, and the attribute ``source_keys``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from weakref import WeakKeyDictionary

from notebook_assets.keys import AssetKey
from notebook_assets.selection.graph_view import AssetGraphView

Direction: TypeAlias = Literal["parents", "children"]

_KEPT_WALKS = 32


@dataclass
class _Kept:
    """What is known of one graph. It must not hold the graph, which would then live for ever."""

    neighbours: dict[Direction, dict[AssetKey, frozenset[AssetKey]]] = field(default_factory=dict)
    sources: frozenset[AssetKey] | None = None
    walks: OrderedDict[tuple[Direction, frozenset[AssetKey]], frozenset[AssetKey]] = field(default_factory=OrderedDict)


_kept: WeakKeyDictionary[AssetGraphView, _Kept] = WeakKeyDictionary()


def _kept_for(graph: AssetGraphView) -> _Kept:
    try:
        kept = _kept.get(graph)
        if kept is None:
            kept = _kept[graph] = _Kept()
    except TypeError:  # a graph that can't be hashed or weakly referred to
        return _Kept()
    return kept


def _neighbours(graph: AssetGraphView, direction: Direction, kept: _Kept) -> dict[AssetKey, frozenset[AssetKey]]:
    found = kept.neighbours.get(direction)
    if found is None:
        ask = graph.parents if direction == "parents" else graph.children
        found = kept.neighbours[direction] = {key: frozenset(ask(key)) for key in graph.keys()}  # noqa: SIM118
    return found


def reachable(
    graph: AssetGraphView, start: Collection[AssetKey], direction: Direction, depth: int | None = None
) -> set[AssetKey]:
    """Return the start and all that is reached from it in at most ``depth`` layers; None is any number of them."""
    kept = _kept_for(graph)
    begin = frozenset(start)
    known = kept.walks.get((direction, begin)) if depth is None else None
    if known is not None:
        kept.walks.move_to_end((direction, begin))
        return set(known)
    walk = getattr(graph, "reached", None)
    seen: set[AssetKey] = walk(begin, direction, depth) if walk else _walked(graph, begin, direction, depth, kept)
    if depth is None:
        kept.walks[direction, begin] = frozenset(seen)
        if len(kept.walks) > _KEPT_WALKS:
            kept.walks.popitem(last=False)
    return seen


def _walked(
    graph: AssetGraphView, begin: frozenset[AssetKey], direction: Direction, depth: int | None, kept: _Kept
) -> set[AssetKey]:
    near = _neighbours(graph, direction, kept)
    seen = set(begin)
    layer: Collection[AssetKey] = begin
    while layer and depth != 0:
        layer = set().union(*[near[key] for key in layer]) - seen
        seen |= layer
        depth = None if depth is None else depth - 1
    return seen


def neighbours_of(graph: AssetGraphView, keys: Iterable[AssetKey], direction: Direction) -> set[AssetKey]:
    """Return all direct parents or children of some assets."""
    near = _neighbours(graph, direction, _kept_for(graph))
    return set().union(*[near[key] for key in keys])


def sources_of(graph: AssetGraphView) -> frozenset[AssetKey]:
    """Return the source assets."""
    known: frozenset[AssetKey] | None = getattr(graph, "source_keys", None)
    if known is not None:
        return known
    kept = _kept_for(graph)
    if kept.sources is None:
        kept.sources = frozenset(filter(graph.is_source, graph.keys()))
    return kept.sources


def materializable_of(graph: AssetGraphView, keys: Collection[AssetKey]) -> set[AssetKey]:
    """Return those of the keys that can be made here, which leaves out source assets."""
    return set(keys).difference(sources_of(graph))
