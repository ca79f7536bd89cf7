"""Which skipped pieces a run that makes first what they need could make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from notebook_assets.diagnosis import CODE_OF, AssetStatus
from notebook_assets.diagnosis.blocked import blocked_pieces
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run.inputs import InputReader
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def mendable_skips(
    attempted: Iterable[tuple[AssetKey, Sequence[int], Sequence[InputReader]]],
    statuses: Mapping[AssetKey, AssetStatus],
    blocked: Iterable[tuple[AssetKey, int]] = (),
) -> dict[AssetKey, frozenset[int]]:
    """Return the positions of the skipped pieces that a run with all upstream of them could make, by asset.

    What failed, yielded no output or was found wrong by a check in this run would be so again; what is made elsewhere
    is not made here.

    Args:
        attempted: The assets of a run that is over, upstream first: the positions that it went through, ascending,
            and the asset's inputs.
        statuses: Their live statuses, and those of all upstream of them.
        blocked: The pieces in which a blocking check found an error.
    """
    hopeless = _hopeless_before(statuses)
    for key, position in blocked:
        hopeless[key][position] = True
    found: dict[AssetKey, frozenset[int]] = {}
    for key, positions, readers in attempted:
        states, own = statuses[key].states, hopeless[key]
        mendable = []
        for position in positions:
            if states[position] == CODE_OF[PieceState.FAILED]:
                own[position] = True
            elif states[position] == CODE_OF[PieceState.SKIPPED]:
                own[position] = not _can_be_had(position, readers, hopeless)
                if not own[position]:
                    mendable.append(position)
        found[key] = frozenset(mendable)
    return found


def _hopeless_before(statuses: Mapping[AssetKey, AssetStatus]) -> dict[AssetKey, np.ndarray]:
    """Return which pieces no run of today's definitions makes, whatever failed in this one."""
    blocked = blocked_pieces(statuses)
    return {
        key: blocked[key] | status.has(PieceState.EMPTY) | status.node.is_source for key, status in statuses.items()
    }


def _can_be_had(position: int, readers: Sequence[InputReader], hopeless: Mapping[AssetKey, np.ndarray]) -> bool:
    lacks = [lack for reader in readers if (lack := reader.missing(position)) is not None]
    return all(
        lack.there + int((~hopeless[lack.upstream][list(lack.positions)]).sum()) >= lack.needed for lack in lacks
    )
