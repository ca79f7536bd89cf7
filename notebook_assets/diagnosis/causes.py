"""The chain of causes of a stale piece, followed upstream to the first change."""

from __future__ import annotations

from collections.abc import Mapping

from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.staleness import CauseKind
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.keys import AssetKey


def why_stale(statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, position: int) -> list[str]:
    """Return sentences that say why a piece is stale, from the piece itself up to the first change.

    Args:
        statuses: The statuses of all upstream assets.
        status: The status of the asset.
        position: The piece's position.
    """
    lines: list[str] = []
    _follow(statuses, status, position, lines, set())
    return lines


def _follow(
    statuses: Mapping[AssetKey, AssetStatus],
    status: AssetStatus,
    position: int,
    lines: list[str],
    seen: set[tuple[AssetKey, int]],
) -> None:
    name = _piece(status, position)
    for cause in status.staleness.causes(position):
        if cause.upstream is None:
            lines.append(f"{name} was made by other code than today's.")
            continue
        other = statuses[cause.upstream]
        which = _pieces(other, cause.positions)
        if cause.kind is CauseKind.UPDATED:
            lines.append(f"{name} was made before {which} {'was' if len(cause.positions) == 1 else 'were'} made again.")
            continue
        lines.append(f"{name} was made from {which}, stale {'itself' if len(cause.positions) == 1 else 'themselves'}.")
        first = cause.positions[0]
        if (cause.upstream, first) not in seen:
            seen.add((cause.upstream, first))
            _follow(statuses, other, first, lines, seen)


def _piece(status: AssetStatus, position: int) -> str:
    key = status.keys[position]
    name = status.node.key.to_user_string()
    return name if key is None else f"{name}[{key}]"


def _pieces(status: AssetStatus, positions: tuple[int, ...]) -> str:
    if len(positions) == 1:
        return _piece(status, positions[0])
    return f"{len(positions)} of {status.node.key.to_user_string()} ({some_ranges(status.keys, positions, 2)})"
