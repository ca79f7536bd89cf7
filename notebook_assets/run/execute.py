"""Carry out a plan in this process: piece by piece, each recorded as it is done."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetCheckKey, AssetGraph, RetryPolicy
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run.cancel import CancelToken
from notebook_assets.run.checks_in_run import Piece
from notebook_assets.run.checks_told import blocking_errors
from notebook_assets.run.code_keeping import keep_codes
from notebook_assets.run.config_kept import tags_with_config
from notebook_assets.run.executor_choice import IN_PROCESS, THREADS, Executor, check_order, executor_of
from notebook_assets.run.executor_loop import Pool, RunLoop
from notebook_assets.run.executor_threads import ThreadPool
from notebook_assets.run.io_managers import io_manager_of, load_piece
from notebook_assets.run.listeners import ProgressListener, Silent
from notebook_assets.run.mending import mendable_skips
from notebook_assets.run.plan import Plan
from notebook_assets.run.planned_targets import planned_targets
from notebook_assets.run.prepared_units import prepared_units
from notebook_assets.run.private_loop import PrivateLoop, PrivateLoops
from notebook_assets.run.resource_scope import ResourceScope
from notebook_assets.run.result import RunResult
from notebook_assets.run.run_config import config_of_run, resource_config
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.shared_files import refuse_shared_files
from notebook_assets.run.work_units import WorkUnit
from notebook_assets.store import Instance, new_run

if TYPE_CHECKING:
    from notebook_assets.run import executor_processes
    from notebook_assets.run.executor_processes import ProcessPool
else:
    executor_processes = lazy_module("notebook_assets.run.executor_processes")


@dataclass(frozen=True)
class RunRequest:
    """What to run and with what: a plan over a graph, the live statuses, the resources, and what to call it.

    ``only`` is the word that chose which pieces to make, and ``hint`` what the result is to say at its end.
    """

    graph: AssetGraph
    plan: Plan
    statuses: Mapping[AssetKey, AssetStatus]
    instance: Instance
    resources: Mapping[str, object] = field(default_factory=dict)
    selection: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    progress: ProgressListener = field(default_factory=Silent)
    only: str = ""
    hint: str = ""
    run_config: Any = None
    """What the functions and the resources are configured with: a RunConfig, or a dict."""
    checks: Collection[AssetCheckKey] | None = None
    """The checks to carry out; by default all of the assets that are made."""
    run_id: str = ""
    """What to call the run; by default it gets a name of its own."""
    retry_policy: RetryPolicy | None = None
    """How often what fails is tried again, where a definition has no policy of its own."""
    refused: Mapping[Piece, Sequence[str]] = field(default_factory=dict)
    """Pieces that the run must not use unless it makes them again, with the names of the checks that found errors."""
    executor: object = None
    """Who makes the pieces: None or "in_process", "threads", "processes", or an Executor."""
    max_workers: int | None = None
    """How many calls are made at once; by default as many as there are processors."""
    timeout: float | None = None
    """How many seconds one call may take; in processes only."""
    order: str = "oldest"
    """Which pieces come first where several can: those of the "oldest" partitions, or of the "newest"."""
    cancel: CancelToken | None = None
    """Asks the run to end."""
    parent: str | None = None
    """The run that this one goes on with."""


class RunInterrupted(KeyboardInterrupt):
    """A run was interrupted; ``result`` says what was done until then, all of which is kept."""

    def __init__(self, result: RunResult) -> None:
        super().__init__(result.headline())
        self.result = result

    def _render_traceback_(self) -> list[str]:
        """Show one line in a notebook: where it was interrupted is of no interest."""
        return [str(self)]


def execute(request: RunRequest) -> RunResult:
    """Carry out a plan; return what came of it.

    A piece that fails stops only what needs it. Every piece is recorded as soon as it is made.

    Raises:
        InvalidInvocationError: A resource or an IO manager is missing, or the executor, the timeout or the order is
            none; nothing has run.
        InvalidConfigError: The configuration does not fit; nothing has run.
        InvalidDefinitionError: Two assets would be kept in one file; nothing has run.
        ResourceFunctionError: A resource can't be set up; nothing has run.
        RunInterrupted: Someone interrupted it; what was done until then is kept.
        StoreError: The store can't be written any more; what was recorded is kept.
    """
    executor = executor_of(request.executor, request.max_workers, request.timeout)
    check_order(request.order)
    result = _new_result(request)
    made = [planned.key for planned in request.plan.assets]
    run = new_run(request.selection, request.tags, request.plan.total)
    run = replace(run, run_id=request.run_id) if request.run_id else run
    given = resource_config(request.run_config)
    resources = ResourceScope(request.graph, request.resources, given, request.instance, run)
    scope = RunScope(
        result=result,
        instance=request.instance,
        resources=resources,
        statuses=request.statuses,
        tags=dict(request.tags),
        config=config_of_run(
            request.graph, made, request.run_config, resources, request.graph.checks.carried_out(made, request.checks)
        ),
        retry_policy=request.retry_policy,
        load=partial(_load_meanwhile, request, resources),
        loop=PrivateLoops() if executor.name == THREADS else PrivateLoop(),
        is_apart=executor.name != IN_PROCESS,
    )
    result.load = partial(_load, request, resources)
    try:
        return _carried_out(request, scope, executor)
    finally:
        resources.close()


def _carried_out(request: RunRequest, scope: RunScope, executor: Executor) -> RunResult:
    """Set up what the run needs, and make everything."""
    instance, plan, result = request.instance, request.plan, scope.result
    units = prepared_units(request.graph, plan, request.statuses, scope)
    refuse_shared_files(request.graph, plan, request.statuses, scope.resources, instance)
    order = [planned.key for planned in plan.assets]
    scope.checks.prepare(request.graph, request.statuses, scope, order, request.checks)
    if request.refused:
        scope.checks.heed(request.refused, {(each.key, at) for each in plan.assets for at in each.positions.tolist()})
    if not plan.total:
        result.status = "success"
        return result
    pool = _pool(units, request, scope, executor)
    tags = tags_with_config(request.tags, scope.config.sections)
    result.run_id = instance.begin_run(
        selection=request.selection,
        tags=tags,
        planned=plan.total,
        run_id=scope.resources.run_id,
        parent=request.parent,
        targets=planned_targets(plan, request.statuses),
    )
    began = time.perf_counter()
    ended = "failed"  # until it is known to be better: an error must not leave it "running"
    try:
        request.progress.started(result)
        keep_codes(
            instance,
            ((member.key, member.records.code, member.definition) for unit in units for member in unit.members),
        )
        _make_all(units, request, scope, pool)
        ended = _how_it_ended(result)
    except KeyboardInterrupt:
        ended = "canceled"
    finally:
        result.seconds = time.perf_counter() - began
        _finish(request, scope, ended)
    if ended == "canceled":
        raise RunInterrupted(result)
    if any(not skip.is_excused for skip in result.skips):
        attempted = (
            (member.key, at, member.readers)
            for unit in units
            for member, at in zip(unit.members, unit.planned, strict=True)
        )
        result.mendable = mendable_skips(attempted, request.statuses, scope.blocked)
    return result


def _new_result(request: RunRequest) -> RunResult:
    return RunResult(
        run_id="",
        instance=request.instance,
        planned=request.plan.total,
        planned_by_asset={planned.key: len(planned.positions) for planned in request.plan.assets},
        only=request.only,
        hint=request.hint,
        keys={planned.key: request.statuses[planned.key].keys for planned in request.plan.assets},
        graph=request.graph,
        planned_positions={planned.key: planned.positions for planned in request.plan.assets},
    )


def _load(
    request: RunRequest, resources: ResourceScope, instance: Instance, key: AssetKey, partition: str | None
) -> Any:
    """Load a piece where its asset keeps it, after the run."""
    try:
        return _load_meanwhile(replace(request, instance=instance), resources, key, partition)
    finally:
        resources.close()  # what was torn down at the end of the run was set up anew


def _load_meanwhile(
    request: RunRequest,
    resources: ResourceScope,
    key: AssetKey,
    partition: str | None,
    python_type: type | None = None,
) -> Any:
    """Load a piece where its asset keeps it."""
    node = request.graph.nodes.get(key)
    manager = io_manager_of(node, resources.of(node)) if node is not None else None
    if node is None or manager is None:
        return request.instance.load(key, partition)
    return load_piece(node, manager, partition, resources.of(node), python_type=python_type)


def _pool(units: Sequence[WorkUnit], request: RunRequest, scope: RunScope, executor: Executor) -> Pool | None:
    """Return who computes the calls of a run; None where they are made here."""
    if executor.name == IN_PROCESS:
        return None
    if executor.name == THREADS:
        return ThreadPool(executor.workers)
    pool: ProcessPool = executor_processes.ProcessPool(executor.workers, scope, request.timeout)
    pool.prepare(unit.work(unit.groups[0]) for unit in units if unit.groups)
    return pool


def _make_all(units: Sequence[WorkUnit], request: RunRequest, scope: RunScope, pool: Pool | None) -> None:
    newest = request.order == "newest"
    loop = RunLoop(units, scope.result, request.progress, scope.checks, newest=newest, cancel=request.cancel)
    if pool is None:
        loop.here()
        return
    with scope.loop.left_behind_on_error():
        loop.by(pool)


def _how_it_ended(result: RunResult) -> str:
    skipped_for_want = any(not skip.is_excused for skip in result.skips)
    checked_wrong = result.check_failures or blocking_errors(result.check_evaluations)
    return "failed" if result.failures or skipped_for_want or checked_wrong else "success"


def _finish(request: RunRequest, scope: RunScope, ended: str) -> None:
    """Close the run in the store, tell the listener, and stop the private loop, whatever state the store is in."""
    result = scope.result
    result.status = ended
    try:
        request.instance.finish_run(result.run_id, ended)
    except StoreError:
        if ended == "success":  # else the error that ended the run is on its way already
            raise
    finally:
        scope.loop.close()
        request.progress.finished(result)
