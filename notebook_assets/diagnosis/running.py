"""Which pieces a run that goes on is to make and has not made yet, and which one that died or was canceled left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_assets.diagnosis.explanation import Explanation
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.status import CODE_OF, STATES, AssetStatus
from notebook_assets.display import ago, plural
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
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


def planned_pieces(source: object, status: AssetStatus, run_status: str) -> list[PlannedPieces]:
    """Return what the latest runs of a status planned of an asset and have not come to; the newest run first.

    Args:
        source: The store; of one that keeps no plans nothing is known.
        status: The asset's status.
        run_status: ``"running"``, ``"interrupted"`` or ``"canceled"``.
    """
    tables = getattr(source, "status_tables", None)
    if not isinstance(tables, StatusTables) or status.node.is_source:
        return []
    runs = tables.planning_runs(status.node.key, run_status)
    return [PlannedPieces(run, mask) for run in runs for mask in _left(status, run)]


def is_running(source: object, status: AssetStatus) -> np.ndarray:
    """Return which pieces a run that goes on is to make and has not made yet, as a bool column by position.

    Args:
        source: The store.
        status: The asset's status.
    """
    mask = np.zeros(len(status.keys), dtype=bool)
    for planned in planned_pieces(source, status, "running"):
        if planned.run.is_alive:
            mask |= planned.mask
    return mask


def with_running(source: object, statuses: Iterable[AssetStatus]) -> None:
    """Mark in statuses, which are to be shown and nothing else, what runs that go on are to make.

    Args:
        source: The store.
        statuses: The statuses.
    """
    for status in statuses:
        mask = is_running(source, status)
        if mask.any():
            status.states[mask] = CODE_OF[PieceState.RUNNING]


def explained_runs(explanation: Explanation, source: object, status: AssetStatus) -> Explanation:
    """Return an explanation that also says which runs are to make what it is about, and which ended before they did.

    Args:
        explanation: Why a piece, or an asset, is as it is.
        source: The store.
        status: The asset's status.
    """
    is_whole = explanation.partition is None and status.node.partitions_def is not None
    position = -1 if is_whole else status.position_of(explanation.partition)
    going, gone = [], []
    canceled = planned_pieces(source, status, "canceled")
    ended = [*planned_pieces(source, status, "interrupted"), *canceled]
    ended.sort(key=lambda planned: planned.run.started_at, reverse=True)
    for planned in [*planned_pieces(source, status, "running"), *ended]:
        if is_whole or planned.mask[position]:
            where = f" — {some_ranges(status.keys, planned.mask.nonzero()[0].tolist())}" if is_whole else ""
            left = int(planned.mask.sum())
            many = plural(left, "partition") if is_whole else ""
            if planned.run.is_alive:
                is_one = not is_whole or left == 1
                subject = f"{many or 'It'} {'is' if is_one else 'are'} still to be made"
                going.append(f"{subject} by a run that goes on, {_run_words(planned.run)}{where or '.'}")
            else:
                gone.append(_ended(planned.run, many, where, is_canceled=planned in canceled))
    made = explanation.state in (PieceState.MATERIALIZED, PieceState.EMPTY) and not is_whole
    why = (*going, *explanation.why, *(() if made else gone[:1]))  # of several that ended so, the latest counts
    if going and not is_whole:
        return replace(explanation, counts={PieceState.RUNNING: 1}, why=why, to_do=(), advice=())
    if not going:
        return replace(explanation, why=why)
    shown = counts_with_running(status, is_running(source, status))
    return replace(explanation, counts=shown, why=why)


def counts_with_running(status: AssetStatus, running: np.ndarray) -> dict[PieceState, int]:
    """Return how many pieces are in each state that occurs, where some are running.

    Args:
        status: The asset's status.
        running: Which pieces are.
    """
    found = np.bincount(np.where(running, CODE_OF[PieceState.RUNNING], status.states), minlength=len(STATES))
    return {state: int(found[code]) for code, state in enumerate(STATES) if found[code]}


def _run_words(run: PlanningRun) -> str:
    return f"begun {ago(run.started_at)} (`{run.run_id[:8]}`)"


def _ended(run: PlanningRun, many: str, where: str, *, is_canceled: bool) -> str:
    when = ago(run.started_at if run.finished_at is None else run.finished_at)
    verb = "" if run.finished_at is not None else "begun "
    name = f"run `{run.run_id[:8]}`"
    how = f"The {name} was canceled" if is_canceled else f"The kernel died while the {name} went on"
    return (
        f"{how} ({verb}{when}): it did not come to {many or 'this'}{where}. `%resume {run.run_id[:8]}` goes on with it."
    )


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
