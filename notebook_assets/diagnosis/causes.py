"""The chain of causes of a stale piece, followed upstream to the first change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from notebook_assets.diagnosis.code_changes import CodeTexts
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.staleness import Cause, CauseKind
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.keys import AssetKey
from notebook_assets.states import PieceState

MOST_LINES = 12
"""A longer chain is told by its beginning and its end."""
Place = tuple[AssetStatus, int]
"""One piece: the status of its asset, and its position."""
_Line = TypeVar("_Line")


def why_stale(
    statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, position: int, codes: CodeTexts | None = None
) -> tuple[list[str], list[Place]]:
    """Return sentences that say why a piece is stale, from the piece itself up to the first change.

    Beside them the pieces on the way whose latest attempt failed or was skipped, of which an earlier value is kept.

    Where several pieces of one upstream asset are stale, the first of them is followed.

    Args:
        statuses: The statuses of the asset and of all upstream of it.
        status: The status of the asset.
        position: The piece's position.
        codes: What says how code changed.
    """
    lines: list[str] = []
    not_made: list[Place] = []
    seen: set[tuple[AssetKey, int]] = set()
    waiting = [(status, position)]  # a list, not recursion: an asset may be made from its own earlier partitions
    while waiting:
        status, position = waiting.pop()
        if (status.node.key, position) in seen:
            continue
        seen.add((status.node.key, position))
        if len(seen) > 1 and kept_value(status, position):
            not_made.append((status, position))
        causes = status.staleness.causes(position)
        changed = codes.of_piece(status, position) if codes is not None and status.staleness.by_code[position] else ""
        lines += [_sentence(piece_of(status, position), cause, statuses, changed) for cause in causes]
        waiting += [
            (statuses[cause.upstream], cause.positions[0])
            for cause in reversed(causes)
            if cause.kind is CauseKind.INHERITED and cause.upstream is not None
        ]
    return shortened(lines), not_made


def shortened(lines: list[_Line]) -> list[_Line | str]:
    """Return a long chain without its middle."""
    half = MOST_LINES // 2
    left_out = len(lines) - 2 * half
    return [*lines] if left_out <= 0 else [*lines[:half], f"… and so on, {left_out} times more …", *lines[-half:]]


def kept_value(status: AssetStatus, position: int) -> str:
    """Return what is said of the earlier value of a piece whose latest attempt failed or was skipped; "" for none."""
    if status.state(position) not in (PieceState.FAILED, PieceState.SKIPPED) or not status.value_ids[position]:
        return ""
    return "an earlier value is kept, which is stale" if status.outdated[position] else "an earlier value is kept"


def piece_of(status: AssetStatus, position: int) -> str:
    """Return a piece as people write it: ``asset[key]``."""
    key = status.keys[position]
    name = status.node.key.to_user_string()
    return name if key is None else f"{name}[{key}]"


def _sentence(name: str, cause: Cause, statuses: Mapping[AssetKey, AssetStatus], changed: str) -> str:
    if cause.kind is CauseKind.MAPPING_CODE:
        return f"{name} was made when the code of its partition mapping was other than today's."
    if cause.upstream is None:
        return f"{name} was made by other code than today's{f': {changed}' if changed else ''}."
    if cause.kind is CauseKind.ADDED:
        return f"{name} was made without {cause.upstream.to_user_string()}, which it depends on today."
    if cause.kind is CauseKind.REMOVED:
        return f"{name} was made from {cause.upstream.to_user_string()}, which it no longer depends on."
    other = statuses[cause.upstream]
    if cause.kind is CauseKind.REMAPPED:
        return f"{name} was made from other partitions of {other.node.key.to_user_string()} than it needs today."
    which = _pieces(other, cause.positions)
    is_one = len(cause.positions) == 1
    if cause.kind is CauseKind.UPDATED and other.observed is not None:
        return f"{name} was made before the source {which} changed."
    if cause.kind is CauseKind.UPDATED:
        return f"{name} was made before {which} {'was' if is_one else 'were'} made again."
    if is_one and kept_value(other, cause.positions[0]):
        return f"{name} was made from an earlier value of {which}, which is stale."
    return f"{name} was made from {which}, stale {'itself' if is_one else 'themselves'}."


def _pieces(status: AssetStatus, positions: tuple[int, ...]) -> str:
    if len(positions) == 1:
        return piece_of(status, positions[0])
    return f"{len(positions)} of {status.node.key.to_user_string()} ({some_ranges(status.keys, positions, 2)})"
