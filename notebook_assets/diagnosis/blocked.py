"""Which pieces can't be made whatever is run, since something that they need yielded no output or does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from notebook_assets.assets import Dependency
from notebook_assets.diagnosis.causes import piece_of
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.wait_policy import enough_of, has_enough
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

ALLOW = 'AssetIn(wait_for="any")'
"""What makes an input be content with what is there, as long as anything is."""
ALLOW_NONE = "AssetIn(wait_for=0)"
"""What makes it be content with nothing."""


def blocked_pieces(statuses: Mapping[AssetKey, AssetStatus]) -> dict[AssetKey, np.ndarray]:
    """Return, for each asset, which pieces no run can make as things are, as a bool column by position.

    Args:
        statuses: The statuses of assets and of all upstream of them, upstream first.
    """
    blocked: dict[AssetKey, np.ndarray] = {}
    for key, status in statuses.items():
        blocked[key] = np.zeros(len(status.keys), dtype=bool)
        for dependency, links in zip(status.node.dependencies, status.links, strict=False):
            if not dependency.allows_missing:
                can_be_there = ~_without_hope(dependency, statuses, blocked)
                blocked[key] |= ~has_enough(dependency.wait_for, links, can_be_there)
    return blocked


def _without_hope(
    dependency: Dependency, statuses: Mapping[AssetKey, AssetStatus], blocked: Mapping[AssetKey, np.ndarray]
) -> np.ndarray:
    """Which upstream pieces have no value, and will get none by a run of today's definitions."""
    other = statuses[dependency.key]
    has_none: np.ndarray = other.value_ids == 0
    if not other.node.is_source:
        hopeless: np.ndarray = other.has(PieceState.EMPTY) | (blocked[dependency.key] & has_none)
        return hopeless
    if dependency.input_name is None or not other.event_ids.any():  # of a source without any history nobody knows
        return np.zeros(len(has_none), dtype=bool)
    return has_none


def why_blocked(
    statuses: Mapping[AssetKey, AssetStatus],
    blocked: Mapping[AssetKey, np.ndarray],
    status: AssetStatus,
    position: int,
) -> list[str]:
    """Return sentences that say why a blocked piece can't be made, and what would help; none if it is not blocked."""
    reasons = []
    is_alone = False  # whether some input has nothing that can be there
    for dependency, links in zip(status.node.dependencies, status.links, strict=True):
        other = statuses[dependency.key]
        needed = links.upstream(position)
        hopeless = needed[_without_hope(dependency, statuses, blocked)[needed]]
        mapped = len(needed) + len(links.nonexistent.get(position, ()))
        least = enough_of(dependency.wait_for, mapped)
        if len(needed) - len(hopeless) >= least:
            continue
        is_alone = is_alone or len(hopeless) == len(needed)
        empty = other.has(PieceState.EMPTY)[hopeless]
        name = other.node.key.to_user_string()
        if empty.any():
            reasons.append(f"{_pieces(other, hopeless[empty])} yielded no output")
        if not empty.all():
            why = "not there, and made elsewhere" if other.node.is_source else "not there, and can't be made either"
            reasons.append(f"{_pieces(other, hopeless[~empty])} {_is(int((~empty).sum()))} {why}")
        nonexistent = links.nonexistent.get(position, ())
        if nonexistent:
            shown = ", ".join(nonexistent[:4]) + (" …" if len(nonexistent) > 4 else "")
            reasons.append(f"{name} has no {shown}")
        if least < mapped:
            reasons.append(f"at most {len(needed) - len(hopeless):,} of {mapped:,} can be there, {least:,} are needed")
    if not reasons:
        return []
    cure = f"{ALLOW_NONE} can do without." if is_alone else f"{ALLOW} can do with those that are there."
    return [f"It can't be made as things are: {'; '.join(reasons)}.", f"An input given as {cure}"]


def _is(many: int) -> str:
    return "is" if many == 1 else "are"


def _pieces(status: AssetStatus, positions: np.ndarray) -> str:
    if len(positions) == 1:
        return piece_of(status, int(positions[0]))
    return f"{len(positions)} of {status.node.key.to_user_string()} ({some_ranges(status.keys, positions.tolist())})"
