"""Which pieces a run that goes on is to make and has not made yet, and which a run that died left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.lazy import lazy_module
from notebook_assets.store.status_details import PlanningRun
from notebook_assets.store.status_tables import StatusTables

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, eq=False)
class PlannedPieces:
    """Which pieces of an asset a run planned and did not come to, as a bool column by position."""

    run: PlanningRun
    mask: np.ndarray


def planned_pieces(source: object, status: AssetStatus) -> list[PlannedPieces]:
    """Return what runs that go on, or died, have not come to of an asset; the newest run first.

    Args:
        source: The store; of one that keeps no plans nothing is known.
        status: The asset's status.
    """
    tables = getattr(source, "status_tables", None)
    if not isinstance(tables, StatusTables) or status.node.is_source:
        return []
    return [PlannedPieces(run, mask) for run in tables.planning_runs(status.node.key) for mask in _left(status, run)]


def is_running(source: object, status: AssetStatus) -> np.ndarray:
    """Return which pieces a run that goes on is to make and has not made yet, as a bool column by position.

    Args:
        source: The store.
        status: The asset's status.
    """
    mask = np.zeros(len(status.keys), dtype=bool)
    for planned in planned_pieces(source, status):
        if planned.run.is_alive:
            mask |= planned.mask
    return mask


def _left(status: AssetStatus, run: PlanningRun) -> Iterator[np.ndarray]:
    """Give the pieces that a run did not come to, if there are any; none of a plan that does not fit any more."""
    definition = status.node.partitions_def
    mask = np.zeros(len(status.keys), dtype=bool)
    if definition is None:
        mask[0] = not run.subset and "" not in run.done
    elif run.subset:
        try:
            positions = definition.deserialize_subset(run.subset).positions()
        except NotebookAssetsError:
            return
        mask[positions[positions < len(mask)]] = True
        if run.done and mask.any():
            at = np.flatnonzero(mask)
            mask[at] = [status.keys[position] not in run.done for position in at.tolist()]
    if mask.any():
        yield mask
