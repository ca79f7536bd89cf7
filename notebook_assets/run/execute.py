"""Carry out a plan in this process: piece by piece, each recorded as it is done."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.resources import Resources
from notebook_assets.run.copies import ValueCache
from notebook_assets.run.listeners import ProgressListener, Silent
from notebook_assets.run.plan import Plan
from notebook_assets.run.result import RunResult
from notebook_assets.run.steps import AssetSteps, RunScope
from notebook_assets.store import Instance


@dataclass(frozen=True)
class RunRequest:
    """What to run and with what: a plan over a graph, the live statuses, the resources, and what to call it."""

    graph: AssetGraph
    plan: Plan
    statuses: Mapping[AssetKey, AssetStatus]
    instance: Instance
    resources: Mapping[str, object] = field(default_factory=dict)
    selection: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    progress: ProgressListener = field(default_factory=Silent)


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

    A piece that fails stops only what needs it. Every piece is recorded before the next begins.

    Raises:
        InvalidInvocationError: A resource or an IO manager is missing; nothing has run.
        RunInterrupted: Someone interrupted it; what was done until then is kept.
        StoreError: The store can't be written any more; what was recorded is kept.
    """
    instance, plan = request.instance, request.plan
    result = RunResult(run_id="", instance=instance, planned=plan.total)
    result.planned_by_asset = {planned.key: len(planned.positions) for planned in plan.assets}
    scope = RunScope(
        result=result,
        instance=instance,
        resources=Resources(_all_resources(request)),
        cache=ValueCache(),
        statuses=request.statuses,
        tags=dict(request.tags),
        read_later=frozenset(
            dependency.key for planned in plan.assets for dependency in request.graph.nodes[planned.key].dependencies
        ),
    )
    prepared = [(_prepare(request, scope, planned.key), planned.positions.tolist()) for planned in plan.assets]
    if not plan.total:
        result.status = "success"
        return result
    result.run_id = instance.begin_run(selection=request.selection, tags=request.tags, planned=plan.total)
    began = time.perf_counter()
    result.status = "failed"  # until it is known to be better: an error below must not leave it "running"
    try:
        request.progress.started(result)
        for steps, positions in prepared:
            try:
                for position in positions:
                    steps.make(position)
                    request.progress.advanced(result, steps.definition.key, steps.status.keys[position])
            finally:
                steps.flush()
        skipped_for_want = any(not skip.is_excused for skip in result.skips)
        result.status = "failed" if result.failures or skipped_for_want else "success"
    except KeyboardInterrupt:
        result.status = "canceled"
        raise RunInterrupted(result) from None
    finally:
        result.seconds = time.perf_counter() - began
        instance.finish_run(result.run_id, result.status)
        request.progress.finished(result)
    return result


def _prepare(request: RunRequest, scope: RunScope, key: AssetKey) -> AssetSteps:
    definition = request.graph.nodes[key].definition
    if definition is None:
        raise InvalidInvocationError(f"{key} is made elsewhere, so there is nothing to materialize here.")
    for name in definition.required_resource_keys:
        if name not in scope.resources:
            raise InvalidInvocationError(
                f"{key} needs the resource {name!r}, which is not given; add resources={{{name!r}: ...}}."
            )
    return AssetSteps(definition, request.statuses[key], scope)


def _all_resources(request: RunRequest) -> dict[str, object]:
    """The resources that the definitions bring along, and over them those that the run was given."""
    found: dict[str, object] = {}
    for node in request.graph.nodes.values():
        found.update(node.resource_defs)
    found.update(request.resources)
    return found
