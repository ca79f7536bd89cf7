"""Runs that did not make all that they planned: which there are, what is left of one, and with what it was run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetGraph
from notebook_assets.errors import InvalidInvocationError, InvalidSubsetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.states import PieceState
from notebook_assets.store import Instance, RunRecord

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

UNFINISHED = ("interrupted", "canceled", "failed")
_MADE = (PieceState.MATERIALIZED, PieceState.EMPTY)
_HIDDEN = "\\u2022\\u2022"
_TOO_MANY = "characters, which are too many to be kept"


def run_to_resume(store: Instance, run_id: str | None = None) -> RunRecord:
    """Return the run to go on with.

    Args:
        store: The store.
        run_id: Its id, or how that begins; by default the latest run that was interrupted, canceled or failed.

    Raises:
        InvalidInvocationError: There is no such run, it goes on still, or it is not kept what it planned.
    """
    run = _latest_unfinished(store) if run_id is None else run_named(store, run_id)
    if run.status == "running":
        raise InvalidInvocationError(f"The run {run.run_id} of {run.selection} goes on still.")
    if not store.run_targets(run.run_id):
        raise InvalidInvocationError(
            f"It is not kept what the run {run.run_id} of {run.selection} planned. "
            'materialize(..., only="missing") makes what is missing.'
        )
    return run


def run_named(store: Instance, run_id: str) -> RunRecord:
    """Return a run by its id, or by how that begins.

    Args:
        store: The store.
        run_id: The id, or as much of it as only one run has.

    Raises:
        InvalidInvocationError: There is no such run, or several.
    """
    runs = store.runs()
    found = [run for run in runs if run.run_id.startswith(str(run_id))]
    if len(found) != 1:
        many = "No run has" if not found else f"{len(found)} runs have"
        near = did_you_mean(str(run_id), [run.run_id for run in runs])
        raise InvalidInvocationError(f"{many} an id that begins with {run_id!r}.{near} `%runs` lists the latest.")
    return found[0]


def _latest_unfinished(store: Instance) -> RunRecord:
    for run in store.runs():
        if run.status in UNFINISHED and store.run_targets(run.run_id):
            return run
    raise InvalidInvocationError("There is no run to go on with: none was interrupted, canceled or failed.")


def left_of(graph: AssetGraph, store: Instance, run: RunRecord) -> dict[AssetKey, np.ndarray]:
    """Return what a run planned and neither it nor a run since has made, by asset as a bool column by position.

    Args:
        graph: The assets as they are defined now, settled.
        store: The store.
        run: The run.

    Raises:
        InvalidInvocationError: An asset that it planned is not defined now, or has other partitions.
    """
    targets = store.run_targets(run.run_id)
    unknown = [key.to_user_string() for key in targets if key not in graph.nodes or graph.is_source(key)]
    if unknown:
        raise InvalidInvocationError(
            f"The run {run.run_id} planned {', '.join(unknown)}, not defined here: run the cells that define "
            f"{'it' if len(unknown) == 1 else 'them'}, then go on with the run."
        )
    newest_first = [each.run_id for each in store.runs()]
    since = set(newest_first[: newest_first.index(run.run_id) + 1])
    return {key: _left(graph, store, key, targets[key], since) for key in graph.order if key in targets}


def _left(graph: AssetGraph, store: Instance, key: AssetKey, subset: str, since: set[str]) -> np.ndarray:
    definition = graph.nodes[key].partitions_def
    table = store.pieces(key)
    rows = zip(table.partitions, table.states, table.run_ids, strict=True)
    made = {partition for partition, state, run_id in rows if state in _MADE and run_id in since}
    if definition is None:
        return np.array([None not in made])
    mask = np.zeros(definition.get_num_partitions(), dtype=bool)
    planned = _planned(definition, key, subset)
    keys = definition.get_partition_keys()
    mask[[at for at in planned.tolist() if keys[at] not in made]] = True
    return mask


def _planned(definition: PartitionsDefinition, key: AssetKey, subset: str) -> np.ndarray:
    try:
        return definition.deserialize_subset(subset).positions()
    except InvalidSubsetError as error:
        raise InvalidInvocationError(
            f"{key.to_user_string()} has other partitions now than when the run planned it ({error}). "
            'materialize(..., only="missing") makes what is missing.'
        ) from None


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
