"""Runs that did not make all that they planned: which there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from notebook_assets.errors import InvalidInvocationError, NotebookAssetsError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.states import PieceState
from notebook_assets.store import Instance, RunRecord
from notebook_assets.store.run_summaries import made_since
from notebook_assets.store.stored_definitions import stored_definition

_MADE = (PieceState.MATERIALIZED, PieceState.EMPTY)
UNFINISHED = ("interrupted", "canceled", "failed")


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
        raise InvalidInvocationError(_goes_on(run, store.runs_out_of_sight()))
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
    if not isinstance(run_id, str) or not run_id:
        raise InvalidInvocationError(f"A run is named by its id, or by how that begins; got {run_id!r}.")
    found = [run for run in runs if run.run_id.startswith(run_id)]
    if len(found) != 1:
        many = "No run has" if not found else f"{len(found)} runs have"
        near = did_you_mean(run_id, [run.run_id for run in runs])
        raise InvalidInvocationError(f"{many} an id that begins with {run_id!r}.{near} `%runs` lists the latest.")
    return found[0]


def is_all_made(store: Instance, run_id: str) -> bool:
    """Whether all that a run planned is made, by it or by a later one; False where that can't be known.

    Args:
        store: The store.
        run_id: The run.

    >>> store = Instance.ephemeral()
    >>> run = store.begin_run(targets=[(AssetKey("daily"), "")])
    >>> is_all_made(store, run)
    False
    """
    planned = {key: _planned_keys(store, key, subset) for key, subset in store.run_targets(run_id).items()}
    if any(made_since(store, key, run_id) < len(keys) for key, keys in planned.items()):
        return False  # by far the most frequent case, and known at once
    newest_first = [run.run_id for run in store.runs()]
    since = set(newest_first[: newest_first.index(run_id) + 1])
    return all(keys <= _made_by(store, key, since) for key, keys in planned.items())


def _planned_keys(store: Instance, key: AssetKey, subset: str) -> set[str | None]:
    described = store.description(key)
    definition = None if described is None else stored_definition(described)
    if definition is None:
        return {None}
    try:
        return set(definition.deserialize_subset(subset).get_partition_keys())
    except NotebookAssetsError:  # it has other partitions now, say
        return {None}


def _made_by(store: Instance, key: AssetKey, runs: Collection[str]) -> set[str | None]:
    table = store.pieces(key)
    rows = zip(table.partitions, table.states, table.run_ids, strict=True)
    return {partition for partition, state, run in rows if state in _MADE and run in runs}


def _latest_unfinished(store: Instance) -> RunRecord:
    for run in store.runs():
        if run.status in UNFINISHED and store.run_targets(run.run_id):
            return run
    raise InvalidInvocationError("There is no run to go on with: none was interrupted, canceled or failed.")


def _goes_on(run: RunRecord, out_of_sight: Mapping[str, str]) -> str:
    if run.run_id not in out_of_sight:
        return f"The run {run.run_id} of {run.selection} goes on still."
    host = out_of_sight[run.run_id]
    close = f"close_dead_runs(hosts={host!r})" if host else f"finish_run({run.run_id!r}, 'interrupted')"
    return (
        f"The run {run.run_id} of {run.selection} goes on still, as far as the store knows: its process on {host!r} "
        f"can't be seen from here. If that is over: instance.{close}."
    )
