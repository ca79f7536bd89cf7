"""ReexecutionOptions: how a run goes on with an earlier one; and what an earlier run planned and did not make."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetGraph
from notebook_assets.display import plural
from notebook_assets.errors import InvalidInvocationError, InvalidSubsetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.subset_text import subset_left
from notebook_assets.resources.logs import piece_log
from notebook_assets.states import PieceState
from notebook_assets.store import Instance, RunRecord

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_HIDDEN = "\\u2022\\u2022"
_FEW = 5  # keys that a warning names
_TOO_MANY = "characters, which are too many to be kept"
_MADE = (PieceState.MATERIALIZED, PieceState.EMPTY)


@dataclass(frozen=True)
class ReexecutionOptions:
    """Which earlier run a job is run again for, and which of its steps: ``job.execute_in_process`` takes it.

    Args:
        parent_run_id: The earlier run.
        step_selection: Which steps, by the names of the functions: ``"daily"``, ``"*daily"`` with all upstream of it,
            ``"daily+"`` with one layer downstream; by default all that the run planned.

    Raises:
        InvalidInvocationError: ``parent_run_id`` is no text, or ``step_selection`` no list of texts.

    >>> ReexecutionOptions("3f2a", ["daily+"]).step_selection
    ['daily+']
    """

    parent_run_id: str
    step_selection: Sequence[str] = field(default_factory=list)
    only_unfinished: bool = field(default=False, kw_only=True)
    """Whether only what that run did not make is made; see :meth:`from_failure`."""

    def __post_init__(self) -> None:
        steps = self.step_selection
        if not isinstance(self.parent_run_id, str):
            raise InvalidInvocationError(f"parent_run_id is the id of a run; got {self.parent_run_id!r}.")
        if isinstance(steps, str) or not all(isinstance(step, str) for step in steps):
            raise InvalidInvocationError(f"step_selection is a list of texts, such as ['*daily']; got {steps!r}.")

    @staticmethod
    def from_failure(run_id: str, instance: Instance) -> ReexecutionOptions:
        """Return the options that make what a run did not make.

        Args:
            run_id: The run: one that failed, was canceled, or died.
            instance: The store that keeps it.

        Raises:
            InvalidInvocationError: There is no such run, or it did not fail.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as store:
        ...     run = store.begin_run(selection="daily", planned=1)
        ...     store.finish_run(run, "failed")
        ...     ReexecutionOptions.from_failure(run, store).parent_run_id == run
        True
        """
        run = earlier_run(instance, run_id)
        if run.status in ("running", "success"):
            how = "goes on still" if run.status == "running" else "ended well"
            raise InvalidInvocationError(f"The run {run_id} {how}, so that nothing of it failed.")
        return ReexecutionOptions(run_id, only_unfinished=True)


def earlier_run(store: Instance, run_id: str) -> RunRecord:
    """Return a run of a store.

    Args:
        store: The store.
        run_id: Its id.

    Raises:
        InvalidInvocationError: There is no such run.
    """
    run = store.run(run_id)
    if run is None:
        near = did_you_mean(run_id, [each.run_id for each in store.runs()])
        raise InvalidInvocationError(f"The store has no run {run_id!r}.{near}")
    return run


def planned_of(graph: AssetGraph, store: Instance, run: RunRecord) -> dict[AssetKey, np.ndarray]:
    """Return what a run planned, upstream first, by asset as a bool column by position.

    Args:
        graph: The assets as they are defined now, settled.
        store: The store.
        run: The run.

    Raises:
        InvalidInvocationError: An asset that it planned is not defined now, or is divided otherwise; single keys
            that are no more are left out, with a warning.
    """
    targets = store.run_targets(run.run_id)
    unknown = [key.to_user_string() for key in targets if key not in graph.nodes or graph.is_source(key)]
    if unknown:
        raise InvalidInvocationError(
            f"The run {run.run_id} planned {', '.join(unknown)}, not defined here: run the cells that define "
            f"{'it' if len(unknown) == 1 else 'them'}, then go on with the run."
        )
    return {key: _mask(graph.nodes[key].partitions_def, key, targets[key]) for key in graph.order if key in targets}


def left_of(graph: AssetGraph, store: Instance, run: RunRecord) -> dict[AssetKey, np.ndarray]:
    """Return what a run planned and neither it nor a run since has made, as :func:`planned_of` does.

    Args:
        graph: The assets as they are defined now, settled.
        store: The store.
        run: The run.

    Raises:
        InvalidInvocationError: An asset that it planned is not defined now, or is divided otherwise; single keys
            that are no more are left out, with a warning.
    """
    masks = planned_of(graph, store, run)
    newest_first = [each.run_id for each in store.runs()]
    since = set(newest_first[: newest_first.index(run.run_id) + 1])
    for key, mask in masks.items():
        table = store.pieces(key)
        rows = zip(table.partitions, table.states, table.run_ids, strict=True)
        made = {partition for partition, state, run_id in rows if state in _MADE and run_id in since}
        definition = graph.nodes[key].partitions_def
        keys: Sequence[str | None] = [None] if definition is None else definition.get_partition_keys()
        mask[[at for at in np.flatnonzero(mask).tolist() if keys[at] in made]] = False
    return masks


def config_of(run: RunRecord) -> Mapping[str, Any] | None:
    """Return the configuration that a run was given; None where it was given none.

    Args:
        run: The run.

    Raises:
        InvalidInvocationError: It was not kept in full, since it holds secrets or is too long.

    >>> config_of(RunRecord("r", "failed", "daily", {}, 1, 0.0, None, config='{"resources": {"db": {}}}'))
    {'resources': {'db': {}}}
    """
    if not run.config:
        return None
    if _HIDDEN in run.config or "••" in run.config or _TOO_MANY in run.config:
        raise InvalidInvocationError(
            f"The configuration of the run {run.run_id} was not kept in full, since it holds secrets or is long: "
            "give it by run_config=."
        )
    found: Mapping[str, Any] = json.loads(run.config)
    return found


def _mask(definition: PartitionsDefinition | None, key: AssetKey, subset: str) -> np.ndarray:
    if definition is None:
        if subset:
            raise _other_partitions(key, "it has none at all")
        return np.ones(1, dtype=bool)
    mask = np.zeros(definition.get_num_partitions(), dtype=bool)
    try:
        left, gone = subset_left(definition.settled(), subset)
    except InvalidSubsetError as error:
        raise _other_partitions(key, error) from None
    mask[left.positions()] = True
    if gone:
        more = f" and {len(gone) - _FEW:,} more" if len(gone) > _FEW else ""
        piece_log().warning(
            "%s of %s that the run planned %s no more, and %s left out: %s%s.",
            plural(len(gone), "partition"),
            key.to_user_string(),
            *(("is", "is") if len(gone) == 1 else ("are", "are")),
            ", ".join(map(repr, gone[:_FEW])),
            more,
        )
    return mask


def _other_partitions(key: AssetKey, reason: object) -> InvalidInvocationError:
    return InvalidInvocationError(
        f"{key.to_user_string()} has other partitions now than when the run planned it ({reason}). "
        'materialize(..., only="missing") makes what is missing.'
    )
