"""Checks that are carried out by themselves, on what was made before."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetCheckKey, AssetChecksDefinition, AssetGraph
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run.checks_in_run import check_steps
from notebook_assets.run.checks_told import blocking_errors
from notebook_assets.run.resource_scope import ResourceScope
from notebook_assets.run.result import RunResult
from notebook_assets.run.run_config import config_of_run, resource_config
from notebook_assets.run.run_scope import RunScope
from notebook_assets.store import Instance, RunRecord, new_run

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class ChecksRequest:
    """Which checks to carry out on which pieces: by asset, a bool column by position."""

    graph: AssetGraph
    keys: Collection[AssetCheckKey]
    statuses: Mapping[AssetKey, AssetStatus]
    pieces: Mapping[AssetKey, np.ndarray]
    instance: Instance
    resources: Mapping[str, object] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    run_config: Any = None
    """What the checks and the resources are configured with: a RunConfig, or a dict."""
    run_id: str = ""
    """What to call the run; by default it gets a name of its own."""


def carry_out_checks(request: ChecksRequest) -> RunResult:
    """Carry out checks on what is there; pieces without a value are passed over.

    Raises:
        InvalidInvocationError: A check is carried out by its asset's function only.
        UnknownResourceError: One needs a resource that is not given.
        InvalidConfigError: The configuration does not fit; nothing has run.
        ResourceFunctionError: A resource can't be set up; nothing has run.
    """
    own = sorted(key for key in request.keys if request.graph.checks.definition(key) is None)
    if own:
        raise InvalidInvocationError(
            f"{own[0].to_user_string()} is carried out by the function of {own[0].asset_key}; materialize that."
        )
    names = ", ".join(sorted(key.to_user_string() for key in request.keys))
    run = new_run(f"checks of {names}", request.tags, 0, request.run_id)
    result = RunResult(run_id=run.run_id, instance=request.instance, planned=0, graph=request.graph)
    resources = ResourceScope(
        request.graph, request.resources, resource_config(request.run_config), request.instance, run
    )
    try:
        scope = RunScope(
            result,
            request.instance,
            resources,
            request.statuses,
            dict(request.tags),
            config_of_run(request.graph, (), request.run_config, resources, _functions(request)),
        )
        return _carried_out(request, scope, run)
    finally:
        resources.close()


def _functions(request: ChecksRequest) -> list[AssetChecksDefinition]:
    return request.graph.checks.carried_out([key.asset_key for key in request.keys], request.keys)


def _carried_out(request: ChecksRequest, scope: RunScope, run: RunRecord) -> RunResult:
    """Set up what the checks need, and carry them out."""
    result = scope.result
    scope.checks.prepare(request.graph, request.statuses, scope, (), request.keys)
    steps = [
        check_steps(checks, keys, request.graph, request.statuses, scope)
        for checks in _functions(request)
        if (keys := [spec.key for spec in checks.specs if spec.key in request.keys])
    ]
    request.instance.begin_run(selection=run.selection, tags=run.tags, planned=0, run_id=run.run_id)
    began, ended = time.perf_counter(), "failed"
    try:
        for each in steps:
            wanted = request.pieces[each.asset_keys[0]]
            for position in np.flatnonzero(wanted).tolist():
                if each.has_value(position):
                    scope.checks.carry_out(each, position)
        wrong = result.check_failures or blocking_errors(result.check_evaluations)
        ended = "failed" if wrong else "success"
    except KeyboardInterrupt:
        ended = "canceled"
        raise
    finally:
        result.seconds, result.status = time.perf_counter() - began, ended
        scope.loop.close()
        request.instance.finish_run(result.run_id, ended)
    return result
