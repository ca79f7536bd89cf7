"""Hooks of jobs over assets: called when a function that makes assets succeeded or failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import AssetGraph, AssetsDefinition
from notebook_assets.errors import UnknownResourceError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.ops import HookContext, HookDefinition
from notebook_assets.ops.op_context import Surroundings
from notebook_assets.resources import Resources
from notebook_assets.resources.resource_definition import definition_of
from notebook_assets.resources.resource_setup import ResourceSetup
from notebook_assets.run import ProgressListener, RunResult, Silent
from notebook_assets.run.run_config import computation_name, resource_config
from notebook_assets.run.run_events import HookCall
from notebook_assets.states import PieceState
from notebook_assets.store import Instance


@dataclass(frozen=True)
class HookedJob:
    """What hooks are told of the job whose assets are made."""

    name: str
    hooks: AbstractSet[HookDefinition]
    graph: AssetGraph
    resources: Mapping[str, object] = field(default_factory=dict)
    run_config: Any = None
    run_tags: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def hooks_called(job: HookedJob, store: Instance) -> Iterator[ProgressListener]:
    """Give a listener that calls the hooks of a job, for a run; their resources are there meanwhile.

    Args:
        job: The job.
        store: Where its assets are kept.

    Raises:
        UnknownResourceError: A hook needs a resource that is not given.

    >>> with hooks_called(HookedJob("all", frozenset(), AssetGraph([])), Instance.ephemeral()) as listener:
    ...     type(listener).__name__
    'Silent'
    """
    if not job.hooks:
        yield Silent()
        return
    needed = sorted({key for hook in job.hooks for key in hook.required_resource_keys})
    for name in needed:
        if name not in job.resources:
            raise UnknownResourceError(
                f"A hook of the job {job.name!r} needs the resource {name!r}, which is not given."
                f"{did_you_mean(name, job.resources)}"
            )
    setup = ResourceSetup(job.resources, resource_config(job.run_config), store)
    try:
        plain = {key for key, thing in job.resources.items() if definition_of(thing) is None}
        yield _Listener(job, store, Resources({key: setup.get(key) for key in sorted(plain.union(needed))}))
    finally:
        setup.close()


class _Values(Mapping[str, Any]):
    """The values that a function gave, by output; each is loaded when it is asked for."""

    def __init__(self, result: RunResult, made: Mapping[str, AssetKey], partition: str | None) -> None:
        self._result, self._made, self._partition = result, made, partition

    def __getitem__(self, name: str) -> Any:
        return self._result.asset_value(self._made[name], self._partition)

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class _Listener(Silent):
    """Calls the hooks once all assets of one call were dealt with."""

    def __init__(self, job: HookedJob, store: Instance, resources: Resources) -> None:
        self._job, self._store, self._resources = job, store, resources
        self._seen: list[AssetKey] = []

    def advanced(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        """Call the hooks, unless more of what the same call makes is to come."""
        definition = self._job.graph.nodes[key].definition
        if definition is None:
            return
        self._seen.append(key)
        if len(self._seen) < self._together(definition, result, key, partition):
            return
        keys, self._seen = self._seen, []
        failed = [each for each in _last(result.failures, partition, keys) if each.key in keys]
        skipped = {each.key for each in _last(result.skips, partition, keys)}
        if failed or skipped.issuperset(keys):
            when, error = ("failure", failed[0].error) if failed else ("", None)
        else:
            when, error = "success", None
        for hook in sorted(self._job.hooks, key=lambda hook: hook.name):
            if hook.when == when:
                made = {name: each for name, each in definition.outputs.items() if each in keys}
                self._call(hook, definition, result, partition, error, {} if failed else made)

    @staticmethod
    def _together(definition: AssetsDefinition, result: RunResult, key: AssetKey, partition: str | None) -> int:
        """Return how many assets the call that made this one was to make."""
        if not definition.is_multi:
            return 1
        at = result.keys[key].index(partition)
        return sum(at in result.planned_positions.get(each, ()) for each in definition.keys)

    def _call(
        self,
        hook: HookDefinition,
        definition: AssetsDefinition,
        result: RunResult,
        partition: str | None,
        error: BaseException | None,
        made: Mapping[str, AssetKey],
    ) -> None:
        """Call a hook; one that fails is told of, and changes nothing else."""
        job, name = self._job, computation_name(definition)
        around = Surroundings(
            run_id=result.run_id,
            resources=self._resources,
            job_name=job.name,
            given_instance=self._store,
            run_tags=job.run_tags,
            partition_key=partition,
        )
        context = HookContext(
            op=definition.node_def,
            step_key=name,
            around=around,
            op_exception=error,
            op_output_values=_Values(result, _materialized(made, result), partition),
            hook_def=hook,
        )
        failed: Exception | None = None
        try:
            hook.fn(context)
        except Exception as raised:
            failed = raised
            context.log.error("The hook %s failed after %s: %s", hook.name, name, raised)
        result.hook_calls.append(HookCall(name, partition, hook.name, failed))


def _last(records: Any, partition: str | None, keys: list[AssetKey]) -> list[Any]:
    """Return the newest failures or skips, as many as there are assets, that are of a partition."""
    return [each for each in records[-len(keys) :] if each.partition == partition and each.key in keys]


def _materialized(made: Mapping[str, AssetKey], result: RunResult) -> dict[str, AssetKey]:
    return {name: key for name, key in made.items() if result.counts.get(key, {}).get(PieceState.MATERIALIZED)}
