"""Pieces of two assets that an IO manager would keep in one place: the run that would do it is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, AssetGraph, AssetNode
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import MultiPartitionsDefinition, PartitionsDefinition
from notebook_assets.resources import OutputContext
from notebook_assets.run.io_managers import io_manager_of, plain_metadata
from notebook_assets.run.pieces_not_made import piece_name
from notebook_assets.run.plan import Plan
from notebook_assets.run.resource_scope import ResourceScope

_Place: TypeAlias = tuple[AssetNode, str | None]


def refuse_shared_files(
    graph: AssetGraph, plan: Plan, statuses: Mapping[AssetKey, AssetStatus], resources: ResourceScope, store: Any
) -> None:
    """Refuse a run that would put a value where that of another asset belongs.

    The asset ``a/b`` and the partition ``b`` of the asset ``a`` have one path. Only IO managers with a method
    ``place_of(context, partition)`` are asked; only where keys of assets begin alike.

    Args:
        graph: The assets.
        plan: What is to be made.
        statuses: The partition keys of those that are made, and of some others.
        resources: The IO managers.
        store: It has the keys of partitions that are added one by one.

    Raises:
        InvalidDefinitionError: Two pieces have one place, and one of them is to be made.

    >>> from notebook_assets.run import make_plan
    >>> graph = AssetGraph([])
    >>> refuse_shared_files(graph, make_plan(graph, {}, {}), {}, ResourceScope(graph, {}), None)
    """
    planned = {each.key: each.positions for each in plan.assets}
    for above, below in _alike(graph):
        if not {above.key, below.key} & set(planned):
            continue
        above_keys, below_keys = (
            statuses[each.key].keys if each.key in statuses else _keys(each.partitions_def, store)
            for each in (above, below)
        )
        keys = {key: at for at, key in enumerate(above_keys)}
        for of_above, of_below in _same_names(above, below, keys, below_keys):
            is_made = keys[of_above] in planned.get(above.key, ()) or below.key in planned
            place = _one_place((above, of_above), (below, of_below), resources) if is_made else None
            if place is not None:
                where = place if isinstance(place, tuple) else str(place)
                raise InvalidDefinitionError(
                    f"{piece_name(above.key, of_above)} and {piece_name(below.key, of_below)} would both be kept at "
                    f"{where!r}, each in the place of the other. Rename one of the two assets, or give one of them an "
                    "IO manager with another folder, or none: the store tells them apart."
                )


def _alike(graph: AssetGraph) -> Iterator[tuple[AssetNode, AssetNode]]:
    """Yield the pairs of which the first has partitions, and its key is the beginning of the other's."""
    for below in graph.nodes.values():
        path = below.key.path
        for length in range(1, len(path)):
            above = graph.nodes.get(AssetKey(path[:length]))
            if above is not None and above.partitions_def is not None and _manager_key(above) == _manager_key(below):
                yield above, below


def _same_names(
    above: AssetNode, below: AssetNode, keys: Mapping[str | None, int], below_keys: Sequence[str | None]
) -> Iterator[tuple[str, str | None]]:
    """Yield the partitions of the two assets whose names, below the first asset's, are the same; one will do."""
    rest = below.key.path[len(above.key.path) :]
    if _dimensions(above.partitions_def) == len(rest) + _dimensions(below.partitions_def):
        found = (("|".join([*rest, *([] if key is None else [key])]), key) for key in below_keys)
        yield from islice((pair for pair in found if pair[0] in keys), 1)


def _one_place(one: _Place, other: _Place, resources: ResourceScope) -> object:
    """Return where both pieces are kept; None where they are kept apart, or nobody can tell."""
    places = []
    for node, partition in (one, other):
        seen = resources.of(node)
        manager: Any = io_manager_of(node, seen)
        if not callable(getattr(manager, "place_of", None)):
            return None
        partitions = () if partition is None else (partition,)
        context = OutputContext(node.key, partitions, node.partitions_def, plain_metadata(node), seen)
        try:
            places.append(manager.place_of(context, partition))
        except Exception:  # a method of the user's, which may need more of a run: its step will tell
            return None
    return places[0] if places[0] == places[1] else None


def _keys(definition: PartitionsDefinition | None, store: Any) -> Sequence[str | None]:
    return (None,) if definition is None else definition.get_partition_keys(dynamic_partitions_store=store)


def _manager_key(node: AssetNode) -> str:
    return node.io_manager_key or DEFAULT_IO_MANAGER_KEY


def _dimensions(definition: PartitionsDefinition | None) -> int:
    if isinstance(definition, MultiPartitionsDefinition):
        return len(definition.partitions_defs)
    return 0 if definition is None else 1
