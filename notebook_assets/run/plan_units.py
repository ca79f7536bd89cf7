"""Which assets of a plan one call makes, and in which order the calls come. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

Unit = tuple[AssetKey, ...]
"""Assets that one call makes, in an order in which each comes after those of them that it is made from."""


def close_over_siblings(graph: AssetGraph, masks: dict[AssetKey, np.ndarray], key: AssetKey) -> bool:
    """Add to ``masks`` what can't but be made together with ``key``; return whether anything was added.

    >>> import numpy as np
    >>> from notebook_assets import AssetSpec, multi_asset
    >>> @multi_asset(specs=[AssetSpec("a"), AssetSpec("b")])
    ... def both(): ...
    >>> masks = {AssetKey("a"): np.array([True])}
    >>> close_over_siblings(AssetGraph([both]), masks, AssetKey("a")), len(masks)
    (True, 2)
    """
    made_with = graph.nodes[key].made_with
    if len(made_with) == 1:
        return False
    together = np.logical_or.reduce([masks[other] for other in made_with if other in masks])
    before = sum(int(masks[other].sum()) for other in made_with if other in masks)
    masks.update((other, together.copy()) for other in made_with)
    return int(together.sum()) * len(made_with) > before


def units_in_order(graph: AssetGraph, planned: Sequence[AssetKey]) -> list[Unit]:
    """Return the calls that make the planned assets, each after all that it needs.

    What can be made in part is made by one call for each of its parts that must wait for something else.

    Args:
        graph: The assets.
        planned: The assets to make, upstream first.

    Raises:
        InvalidInvocationError: Something would have to be made before itself.

    >>> from notebook_assets import AssetSpec, asset, multi_asset
    >>> @multi_asset(specs=[AssetSpec("a"), AssetSpec("b", deps=["between"])], can_subset=True)
    ... def both(): ...
    >>> @asset(deps=["a"])
    ... def between(): ...
    >>> graph = AssetGraph([both, between])
    >>> [[key.name for key in unit] for unit in units_in_order(graph, graph.order)]
    [['a'], ['between'], ['b']]
    """
    waiting = dict.fromkeys(planned)
    members = {key: _members(graph, key, waiting) for key in planned}
    if all(len(unit) == 1 for unit in members.values()):
        return [(key,) for key in planned]
    parents = {key: [parent for parent in graph.parents(key) if parent in waiting] for key in planned}
    units: list[Unit] = []
    while waiting:
        before = len(waiting)
        for key in list(waiting):
            if key not in waiting:
                continue
            unit = [member for member in members[key] if member in waiting]
            if len(_makeable(unit, parents, waiting)) == len(unit):
                units.append(_take(unit, waiting))
        if waiting and len(waiting) == before:
            units.append(_take(_part(graph, waiting, members, parents), waiting))
    return units


def _members(graph: AssetGraph, key: AssetKey, planned: Mapping[AssetKey, None]) -> Unit:
    """Return the planned assets that the call that makes ``key`` makes, of the same partitions, upstream first."""
    node = graph.nodes[key]
    if len(node.siblings) == 1:
        return (key,)
    partitions = node.spec.partitions_def
    found = {other for other in node.siblings if other in planned}
    return tuple(other for other in planned if other in found and graph.nodes[other].spec.partitions_def == partitions)


def _makeable(
    unit: Sequence[AssetKey], parents: Mapping[AssetKey, Sequence[AssetKey]], waiting: Mapping[AssetKey, None]
) -> list[AssetKey]:
    """Return those of a unit that need nothing that is still to be made, except each other."""
    found: dict[AssetKey, None] = {}
    for key in unit:  # upstream first
        if all(parent not in waiting or parent in found or parent == key for parent in parents[key]):
            found[key] = None
    return list(found)


def _part(
    graph: AssetGraph,
    waiting: Mapping[AssetKey, None],
    members: Mapping[AssetKey, Unit],
    parents: Mapping[AssetKey, Sequence[AssetKey]],
) -> list[AssetKey]:
    """Return a part of some unit that can be made now, where no whole one can."""
    for key in waiting:
        unit = [member for member in members[key] if member in waiting]
        part = _makeable(unit, parents, waiting)
        if part and len(graph.nodes[key].made_with) == 1:
            return part
    names = ", ".join(key.to_user_string() for key in waiting)
    raise InvalidInvocationError(f"There is no order in which {names} can be made: each needs another of them.")


def _take(unit: Sequence[AssetKey], waiting: dict[AssetKey, None]) -> Unit:
    for key in unit:
        del waiting[key]
    return tuple(unit)
