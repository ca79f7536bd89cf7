"""impact: what would become stale if an asset, or some of its partitions, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.diagnosis.impact_of_change import Reached, reached_by
from notebook_assets.diagnosis.impact_shown import Impact, ImpactedAsset
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
from notebook_assets.store import Instance
from notebook_assets.workspace.current import graph_and_store
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.listing import wanted_keys
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import target_masks

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@plain_errors
@keys_from_instance
def impact(
    assets: object,
    partitions: Any = None,
    *,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> Impact:
    """Return everything downstream that would become stale if these pieces changed, in order, with counts.

    Nothing is made or written. What is followed are the mappings of today; where something on the way is made again
    with the same contents (or the same ``DataVersion``), what is made from it stays fresh after all.

    Args:
        assets: What changes: an asset, a selection, or a list.
        partitions: Which partitions change: a key, a range ``"FIRST...LAST"``, ``"all"``, or a list; by default all.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: An asset has no such partition.
        InvalidInvocationError: ``partitions`` are given and no asset has any.

    >>> from notebook_assets import Definitions, Instance, StaticPartitionsDefinition, asset, materialize
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> @asset(partitions_def=airports)
    ... def flights(context):
    ...     return context.partition_key
    >>> @asset(partitions_def=airports)
    ... def delays(flights):
    ...     return len(flights)
    >>> store, definitions = Instance.ephemeral(), Definitions([flights, delays])
    >>> _ = materialize([flights, delays], partitions="all", instance=store, progress=False)
    >>> impact("flights", "EWR", instance=store, definitions=definitions).to_frame().values.tolist()
    [['delays', 'EWR']]
    """
    graph, store = graph_and_store(definitions, instance, assets)
    wanted = wanted_keys(graph, assets)
    keys = [key for key in graph.order if key in wanted]
    found = statuses(graph, store, graph.reached(keys, "children") | wanted)
    if partitions is None:
        masks = {key: np.ones(len(found[key].keys), dtype=bool) for key in keys}
    else:
        masks = target_masks(found, keys, partitions)
    names = [_name(found[key], masks[key], is_all=partitions is None) for key in keys if masks[key].any()]
    reached = reached_by(graph, found, masks)
    return Impact(", ".join(names), tuple(_impacted(each) for each in reached.values()))


def _name(status: AssetStatus, mask: np.ndarray, *, is_all: bool) -> str:
    name = status.node.key.to_user_string()
    if is_all or status.node.partitions_def is None:
        return name
    return f"{name}[{some_ranges(status.keys, np.flatnonzero(mask).tolist(), 2)}]"


def _impacted(reached: Reached) -> ImpactedAsset:
    status, stale = reached.status, reached.stale
    definition = status.node.partitions_def
    positions = np.flatnonzero(stale)
    keys = () if definition is None else tuple(str(status.keys[at]) for at in positions.tolist())
    return ImpactedAsset(
        key=status.node.key,
        partitions=keys,
        subset=None if definition is None else definition.subset_of_positions(positions),
        count=len(positions),
        stale_already=int((stale & status.has(PieceState.STALE)).sum()),
        not_made=int((reached.mapped & ~stale).sum()),
        total=len(status.keys),
    )
