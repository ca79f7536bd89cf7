"""The plan of a run: which pieces are to be made, in which order. Pure: nothing is read, written or made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.run.plan_units import close_over_siblings, units_in_order
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class Only(StrEnum):
    """Which of the chosen pieces are to be made."""

    ALL = "all"
    MISSING = "missing"
    """Those without a value, unless they yielded none by today's code and inputs."""
    FAILED = "failed"
    """Those whose latest attempt failed, and those that were skipped because of one."""
    STALE = "stale"
    """Those made by earlier code or from earlier inputs."""
    NEEDED = "needed"
    """Those that are not as they should be: missing, failed or stale."""

    @staticmethod
    def of(word: str) -> Only:
        """Return the choice for a word.

        Raises:
            InvalidInvocationError: There is no such choice.

        >>> Only.of("missing")
        <Only.MISSING: 'missing'>
        """
        try:
            return Only(word)
        except ValueError:
            words = [choice.value for choice in Only]
            raise InvalidInvocationError(
                f"only= takes {', '.join(map(repr, words))}; got {word!r}.{did_you_mean(str(word), words)}"
            ) from None


@dataclass(frozen=True, eq=False)
class PlannedAsset:
    """The pieces of one asset that a run makes: their positions, ascending."""

    key: AssetKey
    positions: np.ndarray


@dataclass(frozen=True)
class Plan:
    """What a run makes: calls of functions, in an order in which each comes after all that it needs.

    Each unit is what the calls of one function make: one asset, or several, of which a call makes those that are
    planned at its position.
    """

    units: tuple[tuple[PlannedAsset, ...], ...]

    @property
    def assets(self) -> tuple[PlannedAsset, ...]:
        """The assets, each after all that it is made from."""
        return tuple(planned for unit in self.units for planned in unit)

    @property
    def total(self) -> int:
        """How many pieces it makes."""
        return sum(len(planned.positions) for planned in self.assets)


def due(status: AssetStatus, only: Only) -> np.ndarray:
    """Return which pieces of an asset ``only`` lets through, as a bool column by position."""
    without_value: np.ndarray = status.value_ids == 0
    if only is Only.MISSING:
        missing: np.ndarray = without_value & ~status.has(PieceState.EMPTY)
        return missing
    if only is Only.FAILED:
        return status.has(PieceState.FAILED, PieceState.SKIPPED)
    if only is Only.STALE:
        return status.has(PieceState.STALE)
    if only is Only.NEEDED:
        return ~status.has(PieceState.MATERIALIZED, PieceState.EMPTY)
    return np.ones(len(status.states), dtype=bool)


def make_plan(
    graph: AssetGraph,
    statuses: Mapping[AssetKey, AssetStatus],
    targets: Mapping[AssetKey, np.ndarray],
    *,
    upstream: Only | None = None,
) -> Plan:
    """Return the plan that makes the target pieces.

    Args:
        graph: The assets.
        statuses: The status of the targets and of all upstream of them.
        targets: For each chosen asset, which pieces, as a bool column by position.
        upstream: Which of the pieces that the targets need are made before them; by default none. All that is mapped
            is made, also where an asset waits for some of it only.

    What one call makes together with a target is made too, unless its function can make a part.
    """
    masks = {key: mask.copy() for key, mask in targets.items()}
    for key in reversed(graph.order):
        if key in masks and masks[key].any():
            grew = close_over_siblings(graph, masks, key)
            if upstream is not None:
                _ask_upstream(graph, statuses, masks, key, upstream)
                while grew or close_over_siblings(graph, masks, key):  # by its own earlier partitions
                    for other in reversed(graph.nodes[key].made_with):
                        _ask_upstream(graph, statuses, masks, other, upstream)
                    grew = False
    wanted = [key for key in graph.order if key in masks and not graph.is_source(key) and masks[key].any()]
    planned = {key: PlannedAsset(key, np.flatnonzero(masks[key])) for key in wanted}
    return Plan(tuple(tuple(planned[key] for key in unit) for unit in units_in_order(graph, wanted)))


def _ask_upstream(
    graph: AssetGraph,
    statuses: Mapping[AssetKey, AssetStatus],
    masks: dict[AssetKey, np.ndarray],
    key: AssetKey,
    upstream: Only,
) -> None:
    """Add to ``masks`` what the pieces of ``key`` that are to be made need."""
    status = statuses[key]
    edges = list(zip(status.node.dependencies, status.links, strict=True))
    for dependency, links in sorted(edges, key=lambda edge: edge[0].key != key):  # its own earlier partitions first
        if graph.is_source(dependency.key):
            continue
        other = statuses[dependency.key]
        lets = due(other, upstream)
        if dependency.key == key:
            _ask_earlier(links, lets, masks[key])
            continue
        wanted = links.upstream_of(masks[key], len(other.keys)) & lets
        masks[dependency.key] = masks[dependency.key] | wanted if dependency.key in masks else wanted


def _ask_earlier(links: Links, lets: np.ndarray, mask: np.ndarray) -> None:
    """Add to ``mask`` the partitions of the same asset that those in it need, and those that these need in turn."""
    waiting = np.flatnonzero(mask).tolist()
    while waiting:
        for start, stop in links.spans(waiting.pop()):
            more = start + np.flatnonzero(lets[start:stop] & ~mask[start:stop])
            mask[more] = True
            waiting += more.tolist()
