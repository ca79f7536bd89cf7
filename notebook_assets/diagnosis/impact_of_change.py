"""Which pieces would become stale if some pieces changed: followed downstream by the mappings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, eq=False)
class Reached:
    """What a change reaches of one asset, as bool columns by position.

    Args:
        status: The asset's status.
        mapped: The pieces that are made from what changes, directly or by way of others.
        stale: Those of them that are there: they would become stale, or are so already.
    """

    status: AssetStatus
    mapped: np.ndarray
    stale: np.ndarray


def reached_by(
    graph: AssetGraph, statuses: Mapping[AssetKey, AssetStatus], changed: Mapping[AssetKey, np.ndarray]
) -> dict[AssetKey, Reached]:
    """Return what a change reaches downstream, upstream first; the changed pieces themselves are left out.

    Args:
        graph: The assets, settled.
        statuses: The statuses of what changes, of all downstream of it, and of what these are made from.
        changed: Which pieces change, by asset, bool columns by position.
    """
    masks = {key: mask.copy() for key, mask in changed.items()}
    found: dict[AssetKey, Reached] = {}
    for key in graph.order:
        if key not in statuses:
            continue
        status = statuses[key]
        mapped = _mapped(status, masks)
        if key in changed:
            mapped &= ~changed[key]
        if mapped.any():
            found[key] = Reached(status, mapped, mapped & (status.event_ids > 0))
            masks[key] = masks[key] | mapped if key in masks else mapped
    return found


def _mapped(status: AssetStatus, masks: Mapping[AssetKey, np.ndarray]) -> np.ndarray:
    """Return which pieces of an asset need any of the pieces that change."""
    mapped = np.zeros(len(status.keys), dtype=bool)
    own = None
    for dependency, links in zip(status.node.dependencies, status.links, strict=False):
        if dependency.key == status.node.key:
            own = links
        elif dependency.key in masks:
            mapped |= links.any_of(masks[dependency.key])
    if own is not None:  # its own earlier partitions: in the order of its keys
        reached = mapped | masks.get(status.node.key, mapped)
        if reached.any():
            for position in range(int(reached.argmax()) + 1, len(reached)):
                if not reached[position] and any(reached[start:stop].any() for start, stop in own.spans(position)):
                    reached[position] = mapped[position] = True
    return mapped
