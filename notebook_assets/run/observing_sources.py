"""Observe sources: call the functions that look at them, and keep what they saw."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import (
    AssetGraph,
    DataVersion,
    DataVersionsByPartition,
    ObserveFunction,
    ObserveResult,
)
from notebook_assets.errors import OutputTypeError, UnknownPartitionError, a_kind
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources import Resources
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.calling import call_function
from notebook_assets.run.checks_outcome import evaluation, finding, fitted
from notebook_assets.run.config_checking import plain
from notebook_assets.run.observing_context import LookContext
from notebook_assets.run.observing_result import ObservationFailure, ObservationResult, ObservedPiece
from notebook_assets.run.private_loop import PrivateLoop
from notebook_assets.run.resource_scope import ResourceScope
from notebook_assets.run.retries import tried
from notebook_assets.run.run_config import CheckedConfig, config_of_run, resource_config
from notebook_assets.run.tracebacks import from_user_code, traceback_text
from notebook_assets.store import Instance, RunRecord, Seen, new_run

_ALLOWED = "a DataVersion, a DataVersionsByPartition or an ObserveResult"


@dataclass(frozen=True)
class ObserveRequest:
    """Which sources to observe, and with what; ``partition_key`` where it is about one of their partitions."""

    graph: AssetGraph
    keys: Sequence[AssetKey]
    instance: Instance
    resources: Mapping[str, object] = field(default_factory=dict)
    partition_key: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    run_config: Any = None
    """What the functions and the resources are configured with: a RunConfig, or a dict."""
    run_id: str = ""
    """What to call the run; by default it gets a name of its own."""


def observe_sources(request: ObserveRequest) -> ObservationResult:
    """Observe sources, each function once; one that fails does not stop the others.

    Raises:
        UnknownResourceError: A function needs a resource that is not given.
        InvalidConfigError: The configuration does not fit; nothing was called.
        ResourceFunctionError: A resource can't be set up; nothing was called.
    """
    names = ", ".join(key.to_user_string() for key in request.keys)
    run = new_run(f"observe {names}", request.tags, len(request.keys), request.run_id)
    scope = ResourceScope(request.graph, request.resources, resource_config(request.run_config), request.instance, run)
    try:
        functions = _functions(request)
        looking = [function for function, _ in functions]
        config = config_of_run(request.graph, (), request.run_config, scope, looking)
        looks = [_prepared(request, scope, config, function, keys) for function, keys in functions]
        return _carried_out(request, looks, run)
    finally:
        scope.close()


@dataclass(frozen=True)
class _Look:
    """One function that observes sources, with all that it is given."""

    function: ObserveFunction
    keys: Sequence[AssetKey]
    resources: Resources
    arguments: Mapping[str, Any]
    op_config: Any
    run: RunRecord


def _prepared(
    request: ObserveRequest,
    scope: ResourceScope,
    config: CheckedConfig,
    function: ObserveFunction,
    keys: Sequence[AssetKey],
) -> _Look:
    name = f"The observation of {', '.join(map(str, function.keys))}"
    resources = scope.ready(request.graph.nodes[keys[0]], function.required_resource_keys, name)
    return _Look(
        function, keys, resources, config.arguments(function, resources), plain(config.of(function)), scope.run
    )


def _carried_out(request: ObserveRequest, looks: Sequence[_Look], run: RunRecord) -> ObservationResult:
    request.instance.begin_run(selection=run.selection, tags=run.tags, planned=run.planned, run_id=run.run_id)
    result = ObservationResult(run.run_id, request.instance)
    loop, began, ended = PrivateLoop(), time.perf_counter(), "failed"
    try:
        for look in looks:
            _observe(request, look, loop, result)
        ended = "failed" if result.failures else "success"
    except KeyboardInterrupt:
        ended = "canceled"
        raise
    finally:
        loop.close()
        result.seconds, result.status = time.perf_counter() - began, ended
        request.instance.finish_run(run.run_id, ended)
    return result


def _functions(request: ObserveRequest) -> list[tuple[ObserveFunction, list[AssetKey]]]:
    """Return each function with the sources that it is to look at."""
    found: dict[int, tuple[ObserveFunction, list[AssetKey]]] = {}
    for key in request.keys:
        source = request.graph.nodes[key].source
        if source is not None and source.observing is not None:
            function = source.observing
            entry = found.setdefault(id(function), (function, []))
            entry[1].append(key)
    return [(function, keys if function.can_subset else list(function.keys)) for function, keys in found.values()]


def _observe(request: ObserveRequest, look: _Look, loop: PrivateLoop, result: ObservationResult) -> None:
    """Call one function and record what it saw; all of it, or nothing."""
    function, keys = look.function, look.keys
    try:
        given = tried(
            lambda retries: _given(call_function(function, look.arguments, _context(request, look, retries)), loop),
            None,  # its decorators take no policy, but it may raise RetryRequested
            lambda retry: piece_log().warning("The observation of %s %s", ", ".join(map(str, keys)), retry.words()),
        )
        seen = [_read(request, function, keys, each) for each in given]
        _check_each_once(function, keys, [key for key, _, _ in seen])
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a user's function may raise anything
        BaseException.with_traceback(error, from_user_code(error, function.fn))
        result.failures.append(ObservationFailure(tuple(keys), error, traceback_text(error)))
        return
    for key, pieces, checked in seen:
        before = request.instance.observed_columns(key)
        versions = dict(zip(before.partitions, before.data_versions, strict=True))
        request.instance.record_observations(key, pieces, run_id=result.run_id)
        result.pieces += [ObservedPiece(key, each, versions.get(each.partition)) for each in pieces]
        found = fitted(checked, function.check_specs, f"The observation of {key}") if checked else []
        evaluated = [evaluation(each, request.partition_key, 0) for each in found]
        if evaluated:
            findings = [finding(each) for each in evaluated]
            request.instance.record_checks(key, request.partition_key, run_id=result.run_id, findings=findings)
            result.check_evaluations += evaluated


def _context(request: ObserveRequest, look: _Look, retries: int) -> LookContext:
    return LookContext(
        look.keys,
        request.graph.nodes[look.keys[0]].partitions_def,
        request.partition_key,
        look.resources,
        look.run.run_id,
        request.instance,
        request.tags,
        look.op_config,
        retries,
        look.run,
    )


def _given(returned: Any, loop: PrivateLoop) -> list[Any]:
    if inspect.iscoroutine(returned):
        returned = loop.run(returned)
    if inspect.isgenerator(returned):
        return list(returned)
    if inspect.isasyncgen(returned):
        return loop.collect(returned)
    return list(returned) if isinstance(returned, tuple | list) else [returned]


def _read(
    request: ObserveRequest, function: ObserveFunction, keys: Sequence[AssetKey], given: Any
) -> tuple[AssetKey, list[Seen], Sequence[Any]]:
    """Return the source, what was seen of it, and results of checks."""
    key = _key_of(function, keys, given)
    name, definition = key.to_user_string(), request.graph.nodes[key].partitions_def
    if isinstance(given, DataVersionsByPartition):
        if definition is None:
            raise OutputTypeError(f"{name} has no partitions; its observation returns a DataVersion.")
        _check_keys(name, definition, given)
        versions = given.data_versions_by_partition.items()
        return key, [Seen(partition, version.value) for partition, version in versions], ()
    version = given if isinstance(given, DataVersion) else given.data_version
    if definition is not None and version is not None and request.partition_key is None:
        raise OutputTypeError(
            f"{name} has partitions: its observation returns DataVersionsByPartition({{key: version, ...}}), or it is "
            "called for one of them: observe(..., partition_key=...)."
        )
    partition = request.partition_key if definition is not None else None
    if isinstance(given, DataVersion):
        return key, [Seen(partition, given.value)], ()
    text = None if version is None else version.value
    return key, [Seen(partition, text, None, given.values, given.tags or {})], given.check_results or ()


def _key_of(function: ObserveFunction, keys: Sequence[AssetKey], given: Any) -> AssetKey:
    if not isinstance(given, DataVersion | DataVersionsByPartition | ObserveResult):
        raise OutputTypeError(
            f"The observation of {', '.join(map(str, keys))} gave {_shown(given)}; it gives {_ALLOWED}."
        )
    asked = AssetKey.from_coercible(given.asset_key) if isinstance(given, ObserveResult) and given.asset_key else None
    if asked is None:
        if len(function.keys) > 1:
            raise OutputTypeError(
                f"{', '.join(map(str, function.keys))} are observed by one function, which says by "
                "ObserveResult(asset_key=...) which of them it saw."
            )
        return function.keys[0] if function.keys else keys[0]
    if asked not in function.keys:
        raise OutputTypeError(
            f"The observation of {', '.join(map(str, function.keys))} gave an ObserveResult of {asked}, which it does "
            "not observe."
        )
    return asked


def _check_each_once(function: ObserveFunction, keys: Sequence[AssetKey], seen: Sequence[AssetKey]) -> None:
    """Refuse that a function of several sources tells of one twice, or of one not at all that it had to look at."""
    if len(function.keys) < 2:
        return
    twice = next((key for at, key in enumerate(seen) if key in seen[:at]), None)
    if twice is not None:
        raise OutputTypeError(f"The observation of {', '.join(map(str, function.keys))} told of {twice} twice.")
    lacking = [key for key in keys if key not in seen]
    if lacking and not function.can_subset:
        raise OutputTypeError(
            f"The observation of {', '.join(map(str, function.keys))} did not tell of {', '.join(map(str, lacking))}. "
            "Define it with can_subset=True where it need not see all."
        )


def _check_keys(name: str, definition: PartitionsDefinition, given: DataVersionsByPartition) -> None:
    for partition in given.data_versions_by_partition:
        if not definition.has_partition_key(partition):
            raise UnknownPartitionError(f"The observation of {name} names {partition!r}, which is no partition of it.")


def _shown(value: Any) -> str:
    return repr(value) if value is None or isinstance(value, str | int | float) else f"{a_kind(value)}"
